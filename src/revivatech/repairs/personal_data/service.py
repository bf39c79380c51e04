"""The part of repairs in exports and erasures."""

from collections.abc import Sequence
from uuid import UUID

from typing_extensions import override

from revivatech.db import Reader, Transaction
from revivatech.db.personal_data import Kept, Table, Tables
from revivatech.repairs.personal_data import queries


class Repairs(Tables):
    """Repairs, their history and devices. An erasure leaves what a law keeps: which work, when, for how much."""

    def __init__(self, tables: Sequence[Table] = queries.TABLES) -> None:
        super().__init__("repairs", tables)

    @override
    async def blocks(self, reader: Reader, customer_id: UUID) -> str:
        """`open_repair` while a device is with the shop: it could not be given back to nobody."""
        return "open_repair" if await queries.open_repairs(reader, customer_id) else ""

    @override
    async def kept(self, reader: Reader, customer_id: UUID, years: int) -> list[Kept]:
        return [
            Kept("repairs", row.reason, row.rows, row.until) for row in await queries.kept(reader, customer_id, years)
        ]

    @override
    async def erase(self, tx: Transaction, customer_id: UUID, years: int) -> list[Kept]:
        await queries.delete_over(tx, [customer_id], years)
        return await super().erase(tx, customer_id, years)

    @override
    async def end_keeping(self, tx: Transaction, customer_ids: Sequence[UUID], years: int) -> None:
        await queries.delete_over(tx, customer_ids, years)
