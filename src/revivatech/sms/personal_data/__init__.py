"""The SMS that were kept, and for how long."""
