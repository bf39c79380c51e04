"""One line of the table of budgets."""

from typing import NamedTuple


class Budget(NamedTuple):
    """One line of the table."""

    name: str
    budget: str
    measured: str
    holds: bool
    other: str = ""
