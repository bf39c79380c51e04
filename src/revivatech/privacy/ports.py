"""Ports of privacy: each slice's part in exports and erasures, and processors that are told."""

from collections.abc import AsyncIterator, Sequence
from typing import Protocol
from uuid import UUID

from revivatech.db import Database, Reader, Transaction
from revivatech.db.personal_data import Kept, Table


class Keeper(Protocol):
    """One part of the program that keeps personal data. `db.personal_data.Tables` does all of it for plain tables."""

    @property
    def name(self) -> str:
        """The part's name, for logs."""

    @property
    def tables(self) -> Sequence[Table]:
        """Its tables, in the order in which they are erased."""

    async def blocks(self, reader: Reader, customer_id: UUID) -> str:
        """Return why the customer cannot be erased now, as a word (`open_repair`); empty where they can."""

    async def kept(self, reader: Reader, customer_id: UUID, years: int) -> list[Kept]:
        """Return what an erasure would leave now, where records of money are kept for so many years."""

    async def erase(self, tx: Transaction, customer_id: UUID, years: int) -> list[Kept]:
        """Erase what is personal and answer what stays, why and until when; done twice it changes nothing more."""

    async def end_keeping(self, tx: Transaction, customer_ids: Sequence[UUID], years: int) -> None:
        """Delete what was kept of erased customers and need not be any longer."""

    async def forget_old(self, tx: Transaction, addresses_days: int) -> int:
        """Return how many rows were cleaned of what is older than its period, at most some thousand; 0 at the end."""

    def files(self, customer_id: UUID) -> AsyncIterator[tuple[str, AsyncIterator[bytes]]]:
        """The customer's own files: each with its name in an export and its bytes."""

    async def sweep(self, db: Database, customer_id: UUID) -> None:
        """Remove what is outside the database; done again if interrupted."""


class Processor(Protocol):
    """Somebody who has a customer's data on the shop's behalf: a CRM, a chat, a mail service (GDPR 19)."""

    @property
    def name(self) -> str:
        """Its name, at most 50 characters; stays the same for ever."""

    async def forget(self, customer_id: UUID) -> None:
        """Return when it has erased the customer or never had them. Whatever this raises has it asked again later."""
