"""Mails about an account: links to follow, and word of what happened to it."""
