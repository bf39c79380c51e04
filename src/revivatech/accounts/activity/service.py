"""Writing the log, and reading it."""

from typing import Literal
from uuid import UUID

from revivatech.accounts.activity import queries
from revivatech.accounts.activity.contracts import ActivityEntry
from revivatech.accounts.activity.labels import say
from revivatech.accounts.activity.queries import ActivityPosition, EntryRow, Visit
from revivatech.accounts.contracts import UNKNOWN_CLIENT, Client
from revivatech.accounts.secrets.user_agents import device_name
from revivatech.db import Reader, Transaction
from revivatech.kit.actor import CustomerActor, StaffActor
from revivatech.kit.paging import Page, encode_cursor, read_cursor

LIST = "account-activity"
BATCH = 1000


async def note(tx: Transaction, customer_id: UUID, kind: str, client: Client = UNKNOWN_CLIENT, **facts: str) -> None:
    """Append to what the customer's account has seen; a part: the entry stands or falls with the act."""
    await queries.note(tx, customer_id, kind, say(kind, facts, "en"), facts, client)


async def note_visit(
    tx: Transaction,
    actor: StaffActor,
    customer_id: UUID,
    kind: Literal["repair", "customer"],
    object_id: UUID,
    name: str,
) -> None:
    """Put on record that a staff member has opened something of a customer's (R135); a part.

    One row a staff member, object and hour. The record is append-only: the table refuses everything else.
    """
    await queries.note_visit(tx, Visit(customer_id, actor.id, kind, object_id, name))


async def forget_old_visits(tx: Transaction) -> int:
    """Delete visits of more than two years ago, at most a batch, within a transaction; return how many.

    The table refuses to lose a row in any other (db.personal.begin_forgetting).
    """
    return await queries.forget_old_visits(tx, BATCH)


async def activity(
    reader: Reader, actor: CustomerActor, language: str, *, limit: int, cursor: str | None = None
) -> Page[ActivityEntry]:
    """A page of what the customer's account has seen, newest first. Raises InvalidInput for a foreign cursor."""
    rows = await queries.entries(reader, actor.id, read_cursor(cursor, ActivityPosition, LIST), limit + 1)
    shown = rows[:limit]
    more = len(rows) > limit
    return Page(
        [_entry(row, language) for row in shown],
        encode_cursor(ActivityPosition(LIST, shown[-1].created_at, shown[-1].id)) if more else None,
    )


def _entry(row: EntryRow, language: str) -> ActivityEntry:
    return ActivityEntry(
        row.id,
        row.kind,
        say(row.kind, row.metadata, language),
        device_name(row.user_agent or ""),
        row.ip_address,
        row.created_at,
    )
