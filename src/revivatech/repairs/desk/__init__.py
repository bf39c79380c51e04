"""Repairs at the desk: the list, intake, and the API of the staff."""
