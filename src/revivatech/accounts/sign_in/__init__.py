"""Signing in with a password, and the second step."""
