"""The table staff_audit_log."""

from collections.abc import Mapping
from uuid import UUID

from psycopg.types.json import Jsonb

from revivatech.accounts.audit.contracts import AuditEntry
from revivatech.db import Reader, Transaction, execute, fetch_all
from revivatech.kit.numbers import Moment
from revivatech.kit.paging import Position


class AuditPosition(Position, frozen=True):
    """The last entry of a page."""

    created_at: Moment
    id: UUID


async def note(
    tx: Transaction,
    action: str,
    *,
    actor_id: UUID | None,
    user_id: UUID | None,
    customer_id: UUID | None,
    facts: Mapping[str, str],
    address: str | None,
    request_id: str | None,
) -> None:
    """Append to the log."""
    # clock_timestamp: two entries of one transaction keep their order.
    await execute(
        tx,
        """
        INSERT INTO staff_audit_log (action, actor_id, user_id, customer_id, facts, ip_address, request_id, created_at)
        VALUES (%s, %s, %s, %s, %s, %s::inet, %s, clock_timestamp())
        """,
        [action, actor_id, user_id, customer_id, Jsonb(dict(facts)), address, request_id],
    )


async def log(reader: Reader, after: AuditPosition | None, limit: int) -> list[AuditEntry]:
    """At most `limit` entries after that position, the newest first."""
    return await fetch_all(
        reader,
        AuditEntry,
        """
        SELECT e.id, e.action, e.actor_id, coalesce(a.first_name || ' ' || a.last_name, '') AS actor_name,
          e.user_id, coalesce(u.first_name || ' ' || u.last_name, '') AS user_name, e.customer_id, e.facts,
          host(e.ip_address) AS ip_address, e.request_id, e.created_at
        FROM staff_audit_log e LEFT JOIN users a ON a.id = e.actor_id LEFT JOIN users u ON u.id = e.user_id
        WHERE %(at)s::timestamptz IS NULL OR (e.created_at, e.id) < (%(at)s, %(id)s)
        ORDER BY e.created_at DESC, e.id DESC LIMIT %(limit)s
        """,
        {"at": after.created_at if after else None, "id": after.id if after else None, "limit": limit},
    )
