"""What happens before the router: checks, kept responses, headers."""
