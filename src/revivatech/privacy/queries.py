"""The tables of privacy: exports, erasures, and who was told of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from psycopg.types.json import Jsonb

from revivatech.db import Reader, Transaction, execute, fetch_all, fetch_one, fetch_value, fetch_values, one_changed
from revivatech.db.personal import Table
from revivatech.kit.structs import Value
from revivatech.privacy.contracts import ErasureStatus, ExportStatus

EXPORTS = Table(
    "privacy_exports",
    "privacy/exports",
    own=("status", "size_bytes", "created_at", "ended_at", "expires_at"),
    technical=("id", "customer_id", "progress"),
)
# The record of an erasure names nobody, and is what proves that it was done.
ERASURES = Table(
    "privacy_erasures",
    "privacy/erasures",
    kept=("status", "created_at", "execute_at", "ended_at"),
    technical=("id", "customer_id", "kept"),
    stays="proves that the erasure was done",
)
CALLS = Table(
    "privacy_processor_calls",
    "",
    technical=("customer_id", "processor", "created_at", "done_at"),
    stays="has processors told until they have answered",
)
TABLES = (EXPORTS, ERASURES, CALLS)


# ------------------------------------------------------------------ exports


class ExportRow(Value, frozen=True):
    """An export."""

    id: UUID
    customer_id: UUID
    status: ExportStatus
    progress: int
    size_bytes: int | None
    created_at: datetime
    expires_at: datetime | None


EXPORT: LiteralString = """
    SELECT id, customer_id, status, progress, size_bytes, created_at, expires_at FROM privacy_exports
"""


async def open_export(reader: Reader, customer_id: UUID) -> ExportRow | None:
    """The customer's export that is not done yet."""
    return await fetch_one(
        reader, ExportRow, EXPORT + " WHERE customer_id = %s AND status IN ('waiting', 'running')", [customer_id]
    )


async def new_export(tx: Transaction, customer_id: UUID) -> UUID | None:
    """The id of a new export; None where the customer has an open one, whose transaction has committed by now."""
    export_id: UUID | None = await fetch_value(
        tx, "INSERT INTO privacy_exports (customer_id) VALUES (%s) ON CONFLICT DO NOTHING RETURNING id", [customer_id]
    )
    return export_id


async def recent_exports(reader: Reader, customer_id: UUID) -> int:
    """How many exports the customer asked for since yesterday."""
    return int(
        await fetch_value(
            reader,
            "SELECT count(*) FROM privacy_exports WHERE customer_id = %s AND created_at > now() - interval '1 day'",
            [customer_id],
        )
    )


async def exports_of(reader: Reader, customer_id: UUID, limit: int) -> list[ExportRow]:
    """The customer's exports, the newest first."""
    return await fetch_all(
        reader,
        ExportRow,
        EXPORT + " WHERE customer_id = %s ORDER BY created_at DESC, id DESC LIMIT %s",
        [customer_id, limit],
    )


async def export(reader: Reader, customer_id: UUID, export_id: UUID) -> ExportRow | None:
    """That export of that customer."""
    return await fetch_one(reader, ExportRow, EXPORT + " WHERE id = %s AND customer_id = %s", [export_id, customer_id])


async def begin_export(tx: Transaction, export_id: UUID) -> UUID | None:
    """Whose export this is, now being made; None where it is done or given up."""
    customer_id: UUID | None = await fetch_value(
        tx,
        """
        UPDATE privacy_exports SET status = 'running', progress = 0
        WHERE id = %s AND status IN ('waiting', 'running') RETURNING customer_id
        """,
        [export_id],
    )
    return customer_id


async def note_progress(tx: Transaction, export_id: UUID, progress: int) -> bool:
    """Whether the export is still wanted."""
    return await one_changed(
        tx, "UPDATE privacy_exports SET progress = %s WHERE id = %s AND status = 'running'", [progress, export_id]
    )


async def end_export(tx: Transaction, export_id: UUID, size_bytes: int, seconds: float) -> datetime | None:
    """When the export ends, now that it is ready; None where it was given up meanwhile."""
    expires_at: datetime | None = await fetch_value(
        tx,
        """
        UPDATE privacy_exports
        SET status = 'ready', progress = 100, size_bytes = %s, ended_at = now(),
          expires_at = now() + make_interval(secs => %s)
        WHERE id = %s AND status = 'running' RETURNING expires_at
        """,
        [size_bytes, seconds, export_id],
    )
    return expires_at


async def fail_export(tx: Transaction, export_id: UUID) -> bool:
    """Whether the export was under way; it may be asked for again."""
    return await one_changed(
        tx,
        """
        UPDATE privacy_exports SET status = 'failed', ended_at = now()
        WHERE id = %s AND status IN ('waiting', 'running')
        """,
        [export_id],
    )


async def give_up_exports(tx: Transaction, hours: int) -> int:
    """How many exports were begun so long ago that nothing works on them any more; they count as failed."""
    return await execute(
        tx,
        """
        UPDATE privacy_exports SET status = 'failed', ended_at = now()
        WHERE status IN ('waiting', 'running') AND created_at < now() - make_interval(hours => %s)
        """,
        [hours],
    )


async def over_exports(tx: Transaction) -> list[ExportRow]:
    """The exports whose time is over, now marked so, with a lock on each."""
    return await fetch_all(
        tx,
        ExportRow,
        """
        UPDATE privacy_exports SET status = 'expired' WHERE status = 'ready' AND expires_at <= now()
        RETURNING id, customer_id, status, progress, size_bytes, created_at, expires_at
        """,
    )


async def forget_exports(tx: Transaction) -> None:
    """Delete the records of exports that ended a year ago."""
    await execute(tx, "DELETE FROM privacy_exports WHERE ended_at < now() - interval '1 year'")


async def known_exports(reader: Reader, ids: Sequence[UUID]) -> set[UUID]:
    """Those of the ids whose export is ready or being made."""
    statement = "SELECT id FROM privacy_exports WHERE id = ANY (%s) AND status IN ('waiting', 'running', 'ready')"
    return set(await fetch_values(reader, statement, [list(ids)]))


# ------------------------------------------------------------------ erasures


class ErasureRow(Value, frozen=True):
    """An erasure."""

    id: UUID
    customer_id: UUID
    status: ErasureStatus
    created_at: datetime
    execute_at: datetime


ERASURE: LiteralString = "SELECT id, customer_id, status, created_at, execute_at FROM privacy_erasures"


async def open_erasure(reader: Reader, customer_id: UUID) -> ErasureRow | None:
    """The customer's erasure that waits for its day."""
    return await fetch_one(
        reader, ErasureRow, ERASURE + " WHERE customer_id = %s AND status = 'waiting'", [customer_id]
    )


async def new_erasure(tx: Transaction, customer_id: UUID, seconds: float) -> ErasureRow | None:
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


async def cancel_erasure(tx: Transaction, customer_id: UUID) -> bool:
    """Whether an erasure waited whose day has not come; it is taken back."""
    return await one_changed(
        tx,
        """
        UPDATE privacy_erasures SET status = 'cancelled', ended_at = now()
        WHERE customer_id = %s AND status = 'waiting' AND execute_at > now()
        """,
        [customer_id],
    )


async def due_erasures(reader: Reader) -> list[ErasureRow]:
    """The erasures whose day has come, the oldest first."""
    return await fetch_all(
        reader, ErasureRow, ERASURE + " WHERE status = 'waiting' AND execute_at <= now() ORDER BY execute_at LIMIT 1000"
    )


async def claim_erasure(tx: Transaction, erasure_id: UUID) -> bool:
    """Whether the erasure is this transaction's to do."""
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


# ------------------------------------------------------------------ processors


class CallRow(Value, frozen=True):
    """Word of an erasure that a processor has not taken yet."""

    customer_id: UUID
    processor: str
    created_at: datetime


async def add_call(tx: Transaction, customer_id: UUID, processor: str) -> None:
    """Have the processor told, once."""
    await execute(
        tx,
        "INSERT INTO privacy_processor_calls (customer_id, processor) VALUES (%s, %s) ON CONFLICT DO NOTHING",
        [customer_id, processor],
    )


async def open_calls(reader: Reader) -> list[CallRow]:
    """Whom to tell still, the oldest first."""
    return await fetch_all(
        reader,
        CallRow,
        """
        SELECT customer_id, processor, created_at FROM privacy_processor_calls WHERE done_at IS NULL
        ORDER BY created_at LIMIT 1000
        """,
    )


async def call_done(tx: Transaction, customer_id: UUID, processor: str) -> None:
    """Note that the processor has erased the customer."""
    await execute(
        tx,
        "UPDATE privacy_processor_calls SET done_at = now() WHERE customer_id = %s AND processor = %s",
        [customer_id, processor],
    )


# ------------------------------------------------------------------ the staff's queue


class RequestRow(Value, frozen=True):
    """What somebody asked and has not got yet."""

    id: UUID
    kind: str
    status: str
    customer_id: UUID
    asked_at: datetime
    execute_at: datetime | None


async def requests(reader: Reader) -> list[RequestRow]:
    """Every open request, the oldest first. A failed export is open until a later one of its customer is ready."""
    return await fetch_all(
        reader,
        RequestRow,
        """
        SELECT id, 'export' AS kind, status, customer_id, created_at AS asked_at, NULL::timestamptz AS execute_at
        FROM privacy_exports e WHERE status IN ('waiting', 'running') OR (status = 'failed' AND NOT EXISTS (
          SELECT FROM privacy_exports l WHERE l.customer_id = e.customer_id AND l.created_at > e.created_at
        ))
        UNION ALL
        SELECT id, 'erasure', status, customer_id, created_at, execute_at FROM privacy_erasures
        WHERE status = 'waiting'
        ORDER BY asked_at, id LIMIT 500
        """,
    )
