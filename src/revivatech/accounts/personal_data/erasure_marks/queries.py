"""The table erased_marks, and the customer's row for the last time."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from revivatech.db import Reader, Transaction, execute, fetch_all, fetch_one, fetch_value
from revivatech.kit.structs import Value


class Person(Value, frozen=True):
    """By what a person may be known again."""

    email: str | None
    first_name: str
    last_name: str
    phone: str | None
    import_key: str | None


class MarkRow(Value, frozen=True):
    """A mark, and when its person was erased."""

    mark: bytes
    erased_at: datetime


async def person(tx: Transaction, customer_id: UUID) -> Person | None:
    """The customer as they are; None where they are erased already."""
    return await fetch_one(
        tx,
        Person,
        """
        SELECT email, first_name, last_name, phone, import_key FROM customers
        WHERE id = %s AND erased_at IS NULL FOR UPDATE
        """,
        [customer_id],
    )


async def add(tx: Transaction, marks: Sequence[bytes], key_id: str, erased_at: datetime) -> None:
    """Keep the marks; of two erasures of one person the later one counts."""
    await execute(
        tx,
        """
        INSERT INTO erased_marks (mark, key_id, erased_at)
        SELECT DISTINCT mark, %(key_id)s, %(erased_at)s::timestamptz FROM unnest(%(marks)s::bytea[]) AS mark
        ON CONFLICT (mark) DO UPDATE SET erased_at = greatest(erased_marks.erased_at, excluded.erased_at)
        """,
        {"marks": list(marks), "key_id": key_id, "erased_at": erased_at},
    )


async def found(reader: Reader, marks: Sequence[bytes]) -> list[MarkRow]:
    """Those of the marks that are kept."""
    return await fetch_all(
        reader, MarkRow, "SELECT mark, erased_at FROM erased_marks WHERE mark = ANY (%s)", [list(marks)]
    )


async def some(reader: Reader) -> bool:
    """Return whether anybody's marks are kept."""
    return bool(await fetch_value(reader, "SELECT EXISTS (SELECT FROM erased_marks)"))


async def of_other_keys(reader: Reader, key_ids: Sequence[str]) -> int:
    """Return how many marks were made with none of these keys."""
    return int(await fetch_value(reader, "SELECT count(*) FROM erased_marks WHERE key_id <> ALL (%s)", [list(key_ids)]))
