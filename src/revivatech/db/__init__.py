"""PostgreSQL: the pool, transactions whose effects leave after the commit, typed rows, migrations."""

from revivatech.db.database import Database, Reader, Transaction, without_limit
from revivatech.db.questions import Inquiry, Question, ask, fetch
from revivatech.db.rows import execute, fetch_all, fetch_one, fetch_value, fetch_values, joined, one_changed

__all__ = [
    "Database",
    "Inquiry",
    "Question",
    "Reader",
    "Transaction",
    "ask",
    "execute",
    "fetch",
    "fetch_all",
    "fetch_one",
    "fetch_value",
    "fetch_values",
    "joined",
    "one_changed",
    "without_limit",
]
