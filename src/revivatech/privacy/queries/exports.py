"""The table privacy_exports."""

from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from revivatech.db import Reader, Transaction, execute, fetch_all, fetch_one, fetch_value, fetch_values, one_changed
from revivatech.kit.structs import Value
from revivatech.privacy.contracts import ExportStatus


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


async def open_one(reader: Reader, customer_id: UUID) -> ExportRow | None:
    """The customer's export that is not done yet."""
    return await fetch_one(
        reader, ExportRow, EXPORT + " WHERE customer_id = %s AND status IN ('waiting', 'running')", [customer_id]
    )


async def add(tx: Transaction, customer_id: UUID) -> UUID | None:
    """The id of a new export; None where the customer has an open one, whose transaction has committed by now."""
    export_id: UUID | None = await fetch_value(
        tx, "INSERT INTO privacy_exports (customer_id) VALUES (%s) ON CONFLICT DO NOTHING RETURNING id", [customer_id]
    )
    return export_id


async def recent(reader: Reader, customer_id: UUID) -> int:
    """Return how many exports the customer asked for since yesterday."""
    return int(
        await fetch_value(
            reader,
            "SELECT count(*) FROM privacy_exports WHERE customer_id = %s AND created_at > now() - interval '1 day'",
            [customer_id],
        )
    )


async def of_customer(reader: Reader, customer_id: UUID, limit: int) -> list[ExportRow]:
    """The customer's exports, the newest first."""
    return await fetch_all(
        reader,
        ExportRow,
        EXPORT + " WHERE customer_id = %s ORDER BY created_at DESC, id DESC LIMIT %s",
        [customer_id, limit],
    )


async def one(reader: Reader, customer_id: UUID, export_id: UUID) -> ExportRow | None:
    """That export of that customer."""
    return await fetch_one(reader, ExportRow, EXPORT + " WHERE id = %s AND customer_id = %s", [export_id, customer_id])


async def begin(tx: Transaction, export_id: UUID) -> UUID | None:
    """Begin the export and return whose it is; None where it is done or given up."""
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
    """Return whether the export is still wanted."""
    return await one_changed(
        tx, "UPDATE privacy_exports SET progress = %s WHERE id = %s AND status = 'running'", [progress, export_id]
    )


async def end(tx: Transaction, export_id: UUID, size_bytes: int, seconds: float) -> datetime | None:
    """Return when the export ends, now that it is ready; None where it was given up meanwhile."""
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


async def fail(tx: Transaction, export_id: UUID) -> bool:
    """Return whether the export was under way; it may be asked for again."""
    return await one_changed(
        tx,
        """
        UPDATE privacy_exports SET status = 'failed', ended_at = now()
        WHERE id = %s AND status IN ('waiting', 'running')
        """,
        [export_id],
    )


async def give_up(tx: Transaction, hours: int) -> int:
    """Return how many exports were begun so long ago that nothing works on them any more; they count as failed."""
    return await execute(
        tx,
        """
        UPDATE privacy_exports SET status = 'failed', ended_at = now()
        WHERE status IN ('waiting', 'running') AND created_at < now() - make_interval(hours => %s)
        """,
        [hours],
    )


async def over(tx: Transaction) -> list[ExportRow]:
    """The exports whose time is over, now marked so, with a lock on each."""
    return await fetch_all(
        tx,
        ExportRow,
        """
        UPDATE privacy_exports SET status = 'expired' WHERE status = 'ready' AND expires_at <= now()
        RETURNING id, customer_id, status, progress, size_bytes, created_at, expires_at
        """,
    )


async def forget_old(tx: Transaction) -> None:
    """Delete the records of exports that ended a year ago."""
    await execute(tx, "DELETE FROM privacy_exports WHERE ended_at < now() - interval '1 year'")


async def known(reader: Reader, ids: Sequence[UUID]) -> set[UUID]:
    """Those of the ids whose export is ready or being made."""
    statement = "SELECT id FROM privacy_exports WHERE id = ANY (%s) AND status IN ('waiting', 'running', 'ready')"
    return set(await fetch_values(reader, statement, [list(ids)]))
