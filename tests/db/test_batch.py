"""Queries that are asked together: one statement, each answer with its own rows."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import msgspec
import pytest

from revivatech.db import Database, Query, fetch, fetch_batch
from revivatech.kit.structs import Value
from support.statements import Statements

pytestmark = pytest.mark.anyio


class Line(Value):
    """A row of the kinds of value that the program keeps."""

    id: UUID
    amount: Decimal | None
    at: datetime
    text: str
    share: float


class Number(Value):
    """A row of one number."""

    n: int


LINES = """
    SELECT %(id)s::uuid AS id, %(amount)s::numeric(10, 2) AS amount, %(at)s::timestamptz AS at, %(text)s::text AS text,
      %(share)s::float8 AS share
"""
UP_TO = "SELECT n FROM generate_series(1, %(last)s::int) AS n ORDER BY n DESC"
ID = UUID("019e0000-0000-7000-8000-000000000001")
AT = datetime(2026, 11, 22, 14, 2, 3, 456789, tzinfo=UTC)


def line(amount: Decimal | None, text: str = "ink") -> Query[Line]:
    """A question whose one row holds these values."""
    return Query(Line, LINES, {"id": ID, "amount": amount, "at": AT, "text": text, "share": 0.1})


def up_to(last: int) -> Query[Number]:
    """A question whose rows count down from that number to 1."""
    return Query(Number, UP_TO, {"last": last})


async def test_together_is_one_statement(db: Database, count_statements: Statements) -> None:
    """Each with its own parameters, though they have the same names; in order; none where there is none."""
    async with db.read() as reader:
        with count_statements.watched() as sent:
            three, none, two = await fetch_batch(reader, up_to(3), up_to(0), up_to(2))

    assert [row.n for row in three] == [3, 2, 1]
    assert none == []
    assert [row.n for row in two] == [2, 1]
    assert len(sent) == 1


@pytest.mark.parametrize("amount", [Decimal("20.00"), Decimal("99999999.99"), None])
async def test_together_answers_what_alone_answers(db: Database, amount: Decimal | None) -> None:
    """Money to the cent, times to the microsecond, any text."""
    question = line(amount, 'é "quoted" \\ 100 %(id)s\n')
    async with db.read() as reader:
        alone = await fetch(reader, question)
        together, _ = await fetch_batch(reader, question, up_to(1))

    assert alone == together == [Line(ID, amount, AT, 'é "quoted" \\ 100 %(id)s\n', 0.1)]
    assert str(together[0].amount) == str(amount)


async def test_a_row_without_a_field_is_a_fault(db: Database) -> None:
    """A statement and its struct that have come apart are noticed."""
    async with db.read() as reader:
        with pytest.raises(msgspec.ValidationError, match="id"):
            await fetch_batch(reader, Query(Line, UP_TO, {"last": 1}), up_to(1))
