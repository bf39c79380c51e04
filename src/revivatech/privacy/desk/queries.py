"""Requests written down by staff, in the tables privacy_exports and privacy_erasures."""

from typing import LiteralString
from uuid import UUID

from revivatech.db import Reader, Transaction, execute, fetch_all, one_changed
from revivatech.privacy.desk.contracts import NotedRequest

# The caller fills in whether the customer has an e-mail address: customers are another slice's.
NOTED: LiteralString = """
    SELECT * FROM (
      SELECT id, 'export' AS kind, status, customer_id, noted_by, identity, created_at,
        NULL::timestamptz AS execute_at, expires_at, true AS has_email
      FROM privacy_exports WHERE noted_by IS NOT NULL
      UNION ALL
      SELECT id, 'erasure', status, customer_id, noted_by, identity, created_at, execute_at, NULL, true
      FROM privacy_erasures WHERE noted_by IS NOT NULL
    ) AS noted
"""


async def note_export(tx: Transaction, export_id: UUID, user_id: UUID, identity: str) -> None:
    """Write down who asked for the export, and how they made sure of the customer."""
    await execute(
        tx, "UPDATE privacy_exports SET noted_by = %s, identity = %s WHERE id = %s", [user_id, identity, export_id]
    )


async def note_erasure(tx: Transaction, erasure_id: UUID, user_id: UUID, identity: str) -> None:
    """The same of an erasure."""
    await execute(
        tx, "UPDATE privacy_erasures SET noted_by = %s, identity = %s WHERE id = %s", [user_id, identity, erasure_id]
    )


async def cancel_erasure(tx: Transaction, customer_id: UUID) -> bool:
    """Return whether an erasure that the shop wrote down waited, and its day has not come; it is taken back."""
    return await one_changed(
        tx,
        """
        UPDATE privacy_erasures SET status = 'cancelled', ended_at = now()
        WHERE customer_id = %s AND status = 'waiting' AND execute_at > now() AND noted_by IS NOT NULL
        """,
        [customer_id],
    )


async def noted_for(reader: Reader, customer_id: UUID, limit: int) -> list[NotedRequest]:
    """Return what the shop wrote down for that customer, the newest first."""
    return await fetch_all(
        reader,
        NotedRequest,
        NOTED + " WHERE customer_id = %s ORDER BY created_at DESC, id LIMIT %s",
        [customer_id, limit],
    )


async def ready(reader: Reader, limit: int) -> list[NotedRequest]:
    """Exports that the shop asked for and that can be fetched now, the oldest first."""
    return await fetch_all(
        reader,
        NotedRequest,
        NOTED + " WHERE kind = 'export' AND status = 'ready' AND expires_at > now() ORDER BY created_at LIMIT %s",
        [limit],
    )
