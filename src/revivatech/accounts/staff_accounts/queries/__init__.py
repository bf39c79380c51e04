"""Statements about staff accounts and customers' accounts at the desk."""
