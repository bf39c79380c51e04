"""The log of what staff did to accounts: each entry is a row that nobody rewrites, and a line of the program's log."""

from uuid import UUID

import structlog

from revivatech.accounts.audit import queries
from revivatech.accounts.audit.contracts import Action, AuditEntry
from revivatech.accounts.contracts import Client
from revivatech.db import Reader, Transaction
from revivatech.kit.actor import Actor, StaffActor
from revivatech.kit.paging import Page, encode_cursor, read_cursor

log = structlog.get_logger(__name__)

LIST = "audit"


async def note(
    tx: Transaction,
    actor: Actor,
    action: Action,
    client: Client,
    *,
    user_id: UUID | None = None,
    customer_id: UUID | None = None,
    **facts: str,
) -> None:
    """Write down who did what to whom, from where, in which request (R148). A fact is never a secret or a customer's.

    Joins the transaction of the change: there is no change without its entry, and no entry without its change.
    """
    actor_id = actor.id if isinstance(actor, StaffActor) else None
    request_id = structlog.contextvars.get_contextvars().get("request_id")
    await queries.note(
        tx,
        action,
        actor_id=actor_id,
        user_id=user_id,
        customer_id=customer_id,
        facts=facts,
        address=client.address,
        request_id=request_id,
    )
    log.info(
        action,
        actor=str(actor_id) if actor_id else "system",
        session=str(actor.session_id) if isinstance(actor, StaffActor) else None,
        user=str(user_id) if user_id else None,
        customer=str(customer_id) if customer_id else None,
        address=client.address,
        **facts,
    )


async def entries(reader: Reader, *, cursor: str | None, limit: int) -> Page[AuditEntry]:
    """A page of the log, the newest first. Raises InvalidInput for a cursor of another list."""
    after = read_cursor(cursor, queries.AuditPosition, LIST)
    rows = await queries.log(reader, after, limit + 1)
    shown = rows[:limit]
    more = len(rows) > limit
    return Page(shown, encode_cursor(queries.AuditPosition(LIST, shown[-1].created_at, shown[-1].id)) if more else None)
