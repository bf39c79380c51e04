"""Emails of an account: their templates, the links in them, and notices of changes."""
