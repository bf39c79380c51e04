"""What accounts ask of the slices above them; app.py binds it."""

from typing import Protocol
from uuid import UUID

from revivatech.db import Reader


class RepairCounts(Protocol):
    """How many repairs a customer has, for the profile."""

    async def __call__(self, reader: Reader, customer_id: UUID) -> int:
        """The number of the customer's repairs, ended ones too."""


async def no_repairs(reader: Reader, customer_id: UUID) -> int:  # noqa: ARG001 - the port's shape
    """None: what a portal without repairs answers."""
    return 0
