"""Statements about sessions, refresh tokens and failed sign-ins."""
