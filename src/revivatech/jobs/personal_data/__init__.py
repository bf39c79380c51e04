"""Jobs that were given up on behalf of a customer."""
