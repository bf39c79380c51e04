"""What notifications keep of a customer."""
