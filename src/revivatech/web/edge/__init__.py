"""The edge: checks, kept responses and headers, before the router."""
