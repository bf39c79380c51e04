"""The table privacy_erasures."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from psycopg.types.json import Jsonb

from revivatech.db import Reader, Transaction, execute, fetch_all, fetch_one, fetch_value, fetch_values, one_changed
from revivatech.kit.structs import Value
from revivatech.privacy.contracts import ErasureStatus


class ErasureRow(Value, frozen=True):
    """An erasure."""

    id: UUID
    customer_id: UUID
    status: ErasureStatus
    created_at: datetime
    execute_at: datetime


ERASURE: LiteralString = "SELECT id, customer_id, status, created_at, execute_at FROM privacy_erasures"


async def open_one(reader: Reader, customer_id: UUID) -> ErasureRow | None:
    """The customer's erasure that waits for its day."""
    return await fetch_one(
        reader, ErasureRow, ERASURE + " WHERE customer_id = %s AND status = 'waiting'", [customer_id]
    )


async def add(tx: Transaction, customer_id: UUID, seconds: float) -> ErasureRow | None:
    """A new erasure for in so many seconds; None where one waits already."""
    return await fetch_one(
        tx,
        ErasureRow,
        """
        INSERT INTO privacy_erasures (customer_id, execute_at) VALUES (%s, now() + make_interval(secs => %s))
        ON CONFLICT DO NOTHING RETURNING id, customer_id, status, created_at, execute_at
        """,
        [customer_id, seconds],
    )


async def cancel(tx: Transaction, customer_id: UUID) -> bool:
    """Return whether an erasure waited whose day has not come; it is taken back."""
    return await one_changed(
        tx,
        """
        UPDATE privacy_erasures SET status = 'cancelled', ended_at = now()
        WHERE customer_id = %s AND status = 'waiting' AND execute_at > now()
        """,
        [customer_id],
    )


async def due(reader: Reader) -> list[ErasureRow]:
    """The erasures whose day has come, the oldest first."""
    return await fetch_all(
        reader, ErasureRow, ERASURE + " WHERE status = 'waiting' AND execute_at <= now() ORDER BY execute_at LIMIT 1000"
    )


async def claim(tx: Transaction, erasure_id: UUID) -> bool:
    """Return whether the erasure is this transaction's to do."""
    return await one_changed(
        tx,
        """
        UPDATE privacy_erasures SET status = 'executed', ended_at = now()
        WHERE id = %s AND status = 'waiting' AND execute_at <= now()
        """,
        [erasure_id],
    )


async def hold_replay(tx: Transaction) -> None:
    """Until the commit nobody else replays: after a restore every process begins with it."""
    await execute(tx, "SELECT pg_advisory_xact_lock(hashtextextended('privacy replay', 0))")


async def record_replay(tx: Transaction, customer_id: UUID) -> UUID:
    """The id of the executed erasure of that customer, made anew where the restored database does not know it."""
    erasure_id: UUID = await fetch_value(
        tx,
        """
        WITH waiting AS (
          UPDATE privacy_erasures SET status = 'executed', ended_at = now()
          WHERE customer_id = %(customer)s AND status = 'waiting' RETURNING id
        ), made AS (
          INSERT INTO privacy_erasures (customer_id, status, execute_at, ended_at)
          SELECT %(customer)s, 'executed', now(), now() WHERE NOT EXISTS (SELECT FROM waiting) RETURNING id
        )
        SELECT id FROM waiting UNION ALL SELECT id FROM made
        """,
        {"customer": customer_id},
    )
    return erasure_id


async def without_record(reader: Reader, customer_ids: Sequence[UUID]) -> set[UUID]:
    """Those of the customers of whose erasure this database knows nothing."""
    statement = """
        SELECT id FROM unnest(%s::uuid[]) AS given (id)
        WHERE NOT EXISTS (SELECT FROM privacy_erasures e WHERE e.customer_id = given.id AND e.status = 'executed')
    """
    return set(await fetch_values(reader, statement, [list(customer_ids)]))


async def note_kept(tx: Transaction, erasure_id: UUID, kept: Sequence[dict[str, Any]]) -> None:
    """Write down what the erasure left, as {what, reason, rows, until}."""
    await execute(tx, "UPDATE privacy_erasures SET kept = %s WHERE id = %s", [Jsonb(list(kept)), erasure_id])


async def recently_executed(reader: Reader, minutes: int) -> list[ErasureRow]:
    """The erasures of the last minutes."""
    return await fetch_all(
        reader,
        ErasureRow,
        ERASURE + " WHERE status = 'executed' AND ended_at > now() - make_interval(mins => %s)",
        [minutes],
    )


async def keeping(reader: Reader) -> list[ErasureRow]:
    """The erasures that left something."""
    return await fetch_all(reader, ErasureRow, ERASURE + " WHERE status = 'executed' AND kept <> '[]'")
