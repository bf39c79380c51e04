"""What the desk does for a customer's account."""
