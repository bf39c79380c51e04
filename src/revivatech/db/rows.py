"""Statements in, typed rows out: the few calls that `queries` are made of."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, LiteralString, TypeVar

import msgspec
from psycopg import AsyncCursor
from psycopg.sql import Composed

from revivatech.db.database import Reader, Transaction

Row = TypeVar("Row", bound=msgspec.Struct)
Params = Mapping[str, object] | Sequence[object]
Statement = LiteralString | Composed


def joined(*pieces: LiteralString) -> LiteralString:
    """The pieces as one statement. Each is written in the program; what comes from outside is a parameter."""
    return " ".join(pieces)


async def fetch_all(reader: Reader, kind: type[Row], statement: Statement, params: Params = ()) -> list[Row]:
    """Each row as a struct of that kind; the columns must be its fields, in their order."""
    async with reader.connection.cursor(row_factory=_rows_of(kind)) as cursor:
        await cursor.execute(statement, params)
        return await cursor.fetchall()


async def fetch_one(reader: Reader, kind: type[Row], statement: Statement, params: Params = ()) -> Row | None:
    """The first row as a struct of that kind, None where there is none."""
    async with reader.connection.cursor(row_factory=_rows_of(kind)) as cursor:
        await cursor.execute(statement, params)
        return await cursor.fetchone()


async def fetch_value(reader: Reader, statement: Statement, params: Params = ()) -> Any:  # noqa: ANN401 - any column
    """The first column of the first row, None where there is no row."""
    async with reader.connection.cursor() as cursor:
        await cursor.execute(statement, params)
        row = await cursor.fetchone()
        return row[0] if row else None


async def fetch_values(reader: Reader, statement: Statement, params: Params = ()) -> list[Any]:
    """The first column of each row."""
    async with reader.connection.cursor() as cursor:
        await cursor.execute(statement, params)
        return [row[0] for row in await cursor.fetchall()]


async def execute(tx: Transaction, statement: Statement, params: Params = ()) -> int:
    """How many rows the statement changed."""
    async with tx.connection.cursor() as cursor:
        await cursor.execute(statement, params)
        return cursor.rowcount


async def one_changed(tx: Transaction, statement: Statement, params: Params = ()) -> bool:
    """Whether the statement changed exactly one row: a claim that was won."""
    return await execute(tx, statement, params) == 1


@cache
def _rows_of(kind: type[Row]) -> Callable[[AsyncCursor[Any]], Callable[[Sequence[Any]], Row]]:
    """A row factory that builds the struct by position, having checked that the columns are its fields."""

    def factory(cursor: AsyncCursor[Any]) -> Callable[[Sequence[Any]], Row]:
        result = cursor.pgresult
        # Read from the result itself: `cursor.description` makes an object a column, at a tenth of a query's cost.
        columns = tuple(result.fname(number) for number in range(result.nfields)) if result else ()
        if columns and columns != _field_names(kind):
            raise TypeError(f"{kind.__name__} has the fields {_field_names(kind)}, the rows have {columns}")
        return lambda values: kind(*values)

    return factory


@cache
def _field_names(kind: type[msgspec.Struct]) -> tuple[bytes, ...]:
    """The struct's fields as the server spells columns."""
    return tuple(name.encode() for name in kind.__struct_fields__)
