"""Ports of accounts, which app.py binds to the slices above."""

from typing import Protocol
from uuid import UUID

from revivatech.db import Reader


class RepairCounts(Protocol):
    """Counts a customer's repairs, for the profile."""

    async def __call__(self, reader: Reader, customer_id: UUID) -> int:
        """The number of the customer's repairs, ended ones too."""


async def no_repairs(reader: Reader, customer_id: UUID) -> int:  # noqa: ARG001 - the port's shape
    """None: what a portal without repairs answers."""
    return 0
