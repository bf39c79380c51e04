"""The shop's desk: the same services as everywhere, with the permissions of staff."""
