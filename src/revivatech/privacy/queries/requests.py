"""Open requests of customers, of every kind."""

from datetime import datetime
from uuid import UUID

from revivatech.db import Reader, fetch_all
from revivatech.kit.structs import Value


class RequestRow(Value, frozen=True):
    """An open request."""

    id: UUID
    kind: str
    status: str
    customer_id: UUID
    asked_at: datetime
    execute_at: datetime | None


async def still_open(reader: Reader) -> list[RequestRow]:
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
