"""The mails that were kept of a customer."""
