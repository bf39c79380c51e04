"""Passwords, tokens, keys and signed identifiers."""
