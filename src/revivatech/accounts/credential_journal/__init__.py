"""The credentials of accounts beside the database, so that a restored backup revives none that were revoked (R155)."""
