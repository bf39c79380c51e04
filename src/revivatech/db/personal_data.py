"""Declarations of personal data: made by a table's owner, then shown and erased by the same statements everywhere.

A slice declares its tables in its own queries, column by column. What the declaration leaves out fails a test, so that
nobody adds a column without saying whose it is and what becomes of it.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date
from typing import Any, LiteralString
from uuid import UUID

import msgspec
from psycopg.rows import dict_row
from psycopg.sql import SQL, Composed, Identifier

from revivatech.db.database import Database, Reader, Transaction
from revivatech.db.rows import execute, fetch_value
from revivatech.kit.structs import Value

BATCH = 500


class Table(Value, frozen=True):
    """A table with rows of customers, every column in exactly one of four lists.

    `own` is the person's: they get it with an export, and it is erased. `hidden` is erased too but never leaves the
    house: credentials, and the shop's notes to itself; each with its reason. `kept` is shown and stays after an erasure
    because a law asks for it; it names nobody. `technical` says nothing of a person.

    At an erasure the rows are deleted, or, where `blanks` is given, each `own` and `hidden` column takes the value that
    `blanks` has for it. `file` names the rows in an export, empty where they are not in it.
    """

    name: LiteralString
    file: str
    own: tuple[str, ...] = ()
    hidden: Mapping[str, str] = msgspec.field(default_factory=dict)
    kept: tuple[str, ...] = ()
    technical: tuple[str, ...] = ()
    blanks: Mapping[str, LiteralString] = msgspec.field(default_factory=dict)
    # Why the rows stay as they are when their customer is erased; empty where they do not.
    stays: str = ""
    # Which rows are the customer's, and in which order they are shown.
    whose: LiteralString = "customer_id = %(customer)s"
    order: LiteralString = "created_at, id"

    @property
    def shown(self) -> tuple[str, ...]:
        """The columns that the person gets."""
        return self.own + self.kept

    @property
    def columns(self) -> tuple[str, ...]:
        """Every declared column."""
        return (*self.own, *self.hidden, *self.kept, *self.technical)


async def read_as_of_now(tx: Transaction) -> None:
    """Have everything read in this transaction be of one moment; its first statement."""
    await execute(tx, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


async def begin_forgetting(tx: Transaction) -> None:
    """Let this transaction delete what is otherwise only appended to."""
    await execute(tx, "SET LOCAL revivatech.forgetting = 'on'")


async def count(reader: Reader, table: Table, customer_id: UUID) -> int:
    """Return how many rows of the table are the customer's."""
    statement = SQL("SELECT count(*) FROM {} WHERE {}").format(Identifier(table.name), SQL(table.whose))
    return int(await fetch_value(reader, statement, {"customer": customer_id}))


async def rows(tx: Transaction, table: Table, customer_id: UUID) -> AsyncIterator[Sequence[Mapping[str, Any]]]:
    """The customer's rows in their order, the shown columns only, some hundred at a time: any number fits in memory."""
    statement = SQL("SELECT {} FROM {} WHERE {} ORDER BY {}").format(
        SQL(", ").join(map(Identifier, table.shown)), Identifier(table.name), SQL(table.whose), SQL(table.order)
    )
    async with tx.connection.cursor(name="personal", row_factory=dict_row) as cursor:
        await cursor.execute(statement, {"customer": customer_id})
        while batch := await cursor.fetchmany(BATCH):
            yield batch


async def types(reader: Reader, table: Table) -> dict[str, str]:
    """PostgreSQL's name for the type of each shown column."""
    async with reader.connection.cursor() as cursor:
        await cursor.execute(
            """
            SELECT attname, format_type(atttypid, NULL) FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0
            """,
            [table.name],
        )
        found: dict[str, str] = dict(await cursor.fetchall())
    return {column: found[column] for column in table.shown}


async def erase(tx: Transaction, table: Table, customer_id: UUID) -> int:
    """Return how many rows of the customer were deleted, or blanked where a law keeps the rest."""
    return await execute(tx, _erasing(table), {"customer": customer_id})


def _erasing(table: Table) -> Composed:
    if not table.blanks:
        return SQL("DELETE FROM {} WHERE {}").format(Identifier(table.name), SQL(table.whose))
    values = SQL(", ").join(
        SQL("{} = {}").format(Identifier(column), SQL(value)) for column, value in table.blanks.items()
    )
    return SQL("UPDATE {} SET {} WHERE {}").format(Identifier(table.name), values, SQL(table.whose))


class Kept(Value, frozen=True):
    """Rows that an erasure leaves without the person: of what kind, why, how many, and the day after which they go."""

    what: str
    reason: str
    rows: int
    until: date


class Tables:
    """The customers' rows in one slice's tables; a slice with rules of its own refines it."""

    def __init__(self, name: str, tables: Sequence[Table]) -> None:
        self.name = name
        self.tables = tuple(tables)

    async def blocks(self, reader: Reader, customer_id: UUID) -> str:  # noqa: ARG002 - for those who refine it
        """Return why the customer cannot be erased now, as a word; empty where they can."""
        return ""

    async def kept(self, reader: Reader, customer_id: UUID, years: int) -> list[Kept]:  # noqa: ARG002
        """Return what an erasure would leave now, where records of money are kept for so many years."""
        return []

    async def erase(self, tx: Transaction, customer_id: UUID, years: int) -> list[Kept]:
        """Erase the customer's rows, in the order of the tables, and answer what stays, why and until when."""
        kept = await self.kept(tx, customer_id, years)
        for table in self.tables:
            if not table.stays:
                await erase(tx, table, customer_id)
        return kept

    async def end_keeping(self, tx: Transaction, customer_ids: Sequence[UUID], years: int) -> None:
        """Delete what was kept of erased customers and need not be any longer."""

    async def forget_old(self, tx: Transaction, addresses_days: int) -> int:  # noqa: ARG002
        """Clean some hundred rows of what is older than its period; return how many, 0 when there are no more."""
        return 0

    async def files(self, customer_id: UUID) -> AsyncIterator[tuple[str, AsyncIterator[bytes]]]:  # noqa: ARG002
        """The customer's own files: each with its name in an export and its bytes."""
        return
        yield

    async def sweep(self, db: Database, customer_id: UUID) -> None:
        """Remove what is outside the database; done again if interrupted."""
