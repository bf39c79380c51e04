"""The passkeys that an account has, as pages and as JSON."""
