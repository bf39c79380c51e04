"""The part of accounts in exports, erasures and retention."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from uuid import UUID

from typing_extensions import override

from revivatech.accounts.activity import service as activity
from revivatech.accounts.personal_data import queries
from revivatech.accounts.profile import avatars
from revivatech.accounts.sessions import service as sessions
from revivatech.db import Database, Reader, Transaction
from revivatech.db.personal_data import Kept, Tables
from revivatech.kit.errors import NotFound
from revivatech.storage import Files


class Accounts(Tables):
    """Everything around the account, and its picture; the customer's row stays and names nobody."""

    def __init__(self, files: Files) -> None:
        super().__init__("accounts", queries.TABLES)
        self._files = files

    @override
    async def erase(self, tx: Transaction, customer_id: UUID, years: int) -> list[Kept]:
        # Sessions that were begun in the days of grace are refused everywhere before their rows are gone.
        await sessions.end_all(tx, "customer", customer_id, "disabled")
        return await super().erase(tx, customer_id, years)

    @override
    async def files(self, customer_id: UUID) -> AsyncIterator[tuple[str, AsyncIterator[bytes]]]:
        for key in await self._pictures(customer_id):
            chunks = await self._files.stream(key)
            if chunks is not None:
                yield f"pictures/{key.rpartition('/')[2]}", chunks

    @override
    async def sweep(self, db: Database, customer_id: UUID) -> None:
        for key in await self._pictures(customer_id):
            await self._files.delete(key)

    async def _pictures(self, customer_id: UUID) -> list[str]:
        return [file.key async for file in self._files.list(f"{avatars.PREFIX}/{customer_id}")]

    @override
    async def forget_old(self, tx: Transaction, addresses_days: int) -> int:
        forgotten = await queries.forget_addresses(tx, addresses_days) + await queries.forget_entries(tx)
        return forgotten + await activity.forget_old_visits(tx)


async def not_erased(reader: Reader, ids: Sequence[UUID]) -> list[UUID]:
    """Those of the customers whose row still names somebody, as after a backup was restored."""
    return await queries.not_erased(reader, ids)


async def begin_erasure(tx: Transaction, customer_id: UUID, at: datetime) -> None:
    """From now on signing in leads to nothing but taking the erasure back; every session ends. Raises NotFound."""
    if not await queries.set_erasure(tx, customer_id, at):
        raise NotFound
    await sessions.end_all(tx, "customer", customer_id, "revoked")


async def cancel_erasure(tx: Transaction, customer_id: UUID) -> None:
    """Give the account back to its owner. Raises NotFound where it is erased already."""
    if not await queries.set_erasure(tx, customer_id, None):
        raise NotFound
