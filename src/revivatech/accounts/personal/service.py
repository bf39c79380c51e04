"""The part of accounts in exports, erasures and retention."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from typing_extensions import override

from revivatech.accounts import sessions
from revivatech.accounts.personal import queries
from revivatech.db import Reader, Transaction
from revivatech.db.personal import Kept, Table, Tables
from revivatech.kit.errors import NotFound


class Accounts(Tables):
    """Profile, sessions, links, mails and activity; the customer's row stays and names nobody."""

    def __init__(self, tables: Sequence[Table] = queries.TABLES) -> None:
        super().__init__("accounts", tables)

    @override
    async def erase(self, tx: Transaction, customer_id: UUID, years: int) -> list[Kept]:
        # Sessions that were begun in the days of grace are refused everywhere before their rows are gone.
        await sessions.end_all(tx, "customer", customer_id, "disabled")
        return await super().erase(tx, customer_id, years)

    @override
    async def forget_old(self, tx: Transaction, addresses_days: int) -> int:
        return await queries.forget_addresses(tx, addresses_days) + await queries.forget_activity(tx)


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
