"""Statements in, typed rows out: the few calls that `queries` are made of."""

from collections.abc import Awaitable, Mapping, Sequence
from typing import Any, LiteralString, TypeVar

import msgspec
from psycopg import AsyncCursor
from psycopg.rows import TupleRow
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
    cursor = await _sent(reader, statement, params)
    _check_columns(kind, statement, cursor)
    return [kind(*row) for row in await cursor.fetchall()]


async def fetch_one(reader: Reader, kind: type[Row], statement: Statement, params: Params = ()) -> Row | None:
    """The first row as a struct of that kind, None where there is none."""
    cursor = await _sent(reader, statement, params)
    _check_columns(kind, statement, cursor)
    row = await cursor.fetchone()
    return None if row is None else kind(*row)


async def fetch_value(reader: Reader, statement: Statement, params: Params = ()) -> Any:  # noqa: ANN401 - any column
    """The first column of the first row, None where there is no row."""
    cursor = await _sent(reader, statement, params)
    row = await cursor.fetchone()
    return row[0] if row else None


async def fetch_values(reader: Reader, statement: Statement, params: Params = ()) -> list[Any]:
    """The first column of each row."""
    cursor = await _sent(reader, statement, params)
    return [row[0] for row in await cursor.fetchall()]


async def execute(tx: Transaction, statement: Statement, params: Params = ()) -> int:
    """Return how many rows the statement changed."""
    cursor = await _sent(tx, statement, params)
    return cursor.rowcount


async def one_changed(tx: Transaction, statement: Statement, params: Params = ()) -> bool:
    """Return whether the statement changed exactly one row: a claim that was won."""
    return await execute(tx, statement, params) == 1


def _sent(reader: Reader, statement: Statement, params: Params) -> Awaitable[AsyncCursor[TupleRow]]:
    """The connection's cursor with the answer, all of which has arrived: nobody may wait before it is fetched."""
    return reader.connection.cursor_of_all.execute(statement, params)


# As many as there are in the program. What is composed cannot be looked up, and is seldom asked.
_checked: set[tuple[type[msgspec.Struct], LiteralString | None]] = set()


def _check_columns(kind: type[msgspec.Struct], statement: Statement, cursor: AsyncCursor[TupleRow]) -> None:
    """Raise TypeError where the columns are not the struct's fields; looked at once a statement."""
    text = statement if isinstance(statement, str) else None
    if (kind, text) in _checked:
        return
    result = cursor.pgresult
    # Read from the result itself: `cursor.description` makes an object a column.
    columns = tuple((result.fname(number) or b"").decode() for number in range(result.nfields)) if result else ()
    if columns != kind.__struct_fields__:
        raise TypeError(f"{kind.__name__} has the fields {kind.__struct_fields__}, the rows have {columns}")
    if text is not None:
        _checked.add((kind, text))
