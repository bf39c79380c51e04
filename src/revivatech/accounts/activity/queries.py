"""The tables customer_activity_log and staff_access_log."""

from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from msgspec import structs
from psycopg.types.json import Jsonb

from revivatech.accounts.contracts import Client
from revivatech.db import Reader, Transaction, execute, fetch_all
from revivatech.kit.numbers import Moment
from revivatech.kit.paging import Position
from revivatech.kit.structs import Value


class ActivityPosition(Position):
    """The last entry of a page, and which list it belongs to."""

    at: Moment
    id: UUID


class EntryRow(Value):
    """An entry of either table; those of the staff bear no address and no program."""

    id: UUID
    kind: str
    metadata: dict[str, Any]
    ip_address: str | None
    user_agent: str | None
    created_at: datetime


class Visit(Value):
    """A staff member has opened something of a customer's; `name` is how the customer knows it."""

    customer_id: UUID
    user_id: UUID
    object_kind: str
    object_id: UUID
    name: str


OWN: LiteralString = """
    SELECT id, activity_type AS kind, metadata, host(ip_address) AS ip_address, user_agent, created_at
    FROM customer_activity_log WHERE customer_id = %(customer_id)s
"""
STAFFS: LiteralString = """
    SELECT l.id, 'staff_opened_' || l.object_kind AS kind,
      jsonb_build_object('name', u.first_name, 'object', l.object_name) AS metadata,
      NULL::text AS ip_address, NULL::text AS user_agent, l.created_at
    FROM staff_access_log l JOIN users u ON u.id = l.user_id WHERE l.customer_id = %(customer_id)s
"""
NEWEST: LiteralString = "ORDER BY created_at DESC, id DESC LIMIT %(limit)s"


def _both(*after: LiteralString) -> LiteralString:
    """The newest of both tables together, each behind the position if there is one; each gives no more than a page."""
    own, staffs = after or ("", "")
    parts = ("SELECT * FROM ((", OWN, own, NEWEST, ") UNION ALL (", STAFFS, staffs, NEWEST, ")) entries", NEWEST)
    return " ".join(parts)


FROM_START = _both()
AFTER = _both("AND (created_at, id) < (%(at)s, %(id)s)", "AND (l.created_at, l.id) < (%(at)s, %(id)s)")


async def entries(reader: Reader, customer_id: UUID, after: ActivityPosition | None, limit: int) -> list[EntryRow]:
    """At most `limit` entries of that customer after that position, newest first."""
    parameters: dict[str, object] = {"customer_id": customer_id, "limit": limit}
    if after is None:
        return await fetch_all(reader, EntryRow, FROM_START, parameters)
    return await fetch_all(reader, EntryRow, AFTER, parameters | {"at": after.at, "id": after.id})


async def note(
    tx: Transaction, customer_id: UUID, kind: str, description: str, metadata: dict[str, str], client: Client
) -> None:
    """Append to what the customer's account has seen."""
    await execute(
        tx,
        """
        INSERT INTO customer_activity_log
          (customer_id, activity_type, description, metadata, ip_address, user_agent)
        VALUES (%s, %s, %s, %s, %s::inet, %s)
        """,
        [customer_id, kind, description, Jsonb(metadata), client.address, client.user_agent],
    )


async def note_visit(tx: Transaction, visit: Visit) -> bool:
    """Return whether this was the staff member's first look at it in this hour, which is now on record."""
    noted = await execute(
        tx,
        """
        INSERT INTO staff_access_log (customer_id, user_id, object_kind, object_id, object_name)
        VALUES (%(customer_id)s, %(user_id)s, %(object_kind)s, %(object_id)s, %(name)s)
        ON CONFLICT (user_id, object_id, hour) DO NOTHING
        """,
        structs.asdict(visit),
    )
    return noted == 1


async def forget_old_visits(tx: Transaction, batch: int) -> int:
    """Return how many visits of more than two years ago were deleted, at most a batch; the transaction forgets."""
    return await execute(
        tx,
        """
        DELETE FROM staff_access_log WHERE id IN (
          SELECT id FROM staff_access_log WHERE created_at < now() - interval '2 years'
          ORDER BY created_at LIMIT %s
        )
        """,
        [batch],
    )
