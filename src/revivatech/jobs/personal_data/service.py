"""The queue's part in erasures."""

from uuid import UUID

from typing_extensions import override

from revivatech.db import Transaction
from revivatech.db.personal_data import Kept, Tables
from revivatech.jobs.personal_data import queries


class Jobs(Tables):
    """Jobs that ended badly are kept for a month; those of an erased customer are not."""

    def __init__(self) -> None:
        super().__init__("jobs", ())

    @override
    async def erase(self, tx: Transaction, customer_id: UUID, years: int) -> list[Kept]:
        await queries.forget(tx, customer_id)
        return []
