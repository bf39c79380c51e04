"""Work that leaves with the commit: deferred in the caller's transaction, run at least once."""
