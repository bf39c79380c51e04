"""Taking a device in at the counter: whose it is, which of theirs, what is wrong."""
