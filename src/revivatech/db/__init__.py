"""PostgreSQL: the pool, transactions whose effects leave after the commit, typed rows, migrations."""

from revivatech.db.batch import (
    BatchedRead,
    Query,
    fetch,
    fetch_batch,
)
from revivatech.db.database import Database, Reader, Transaction, without_limit
from revivatech.db.rows import execute, fetch_all, fetch_one, fetch_value, fetch_values, joined, one_changed

__all__ = [
    "BatchedRead",
    "Database",
    "Query",
    "Reader",
    "Transaction",
    "execute",
    "fetch",
    "fetch_all",
    "fetch_batch",
    "fetch_one",
    "fetch_value",
    "fetch_values",
    "joined",
    "one_changed",
    "without_limit",
]
