"""The staff's queue: who has asked for what, and by when they must have it (R136)."""

from datetime import timedelta

from revivatech.accounts import service as accounts
from revivatech.accounts.service import Permission
from revivatech.db import Database, Reader
from revivatech.kit.actor import StaffActor
from revivatech.kit.clock import utcnow
from revivatech.kit.structs import Value
from revivatech.privacy.contracts import OpenRequest
from revivatech.privacy.queries import calls
from revivatech.privacy.queries import requests as stored
from revivatech.privacy.queries.calls import CallRow
from revivatech.privacy.queries.requests import RequestRow
from revivatech.privacy.retention_rules import answer_by

# The alarm before the date.
SOON = timedelta(days=5)


class Queue(Value, frozen=True):
    """The queue: open requests, the most urgent first, and processors that have not answered."""

    requests: list[OpenRequest]
    calls: list[CallRow]


async def queue(db: Database, actor: StaffActor) -> Queue:
    """The staff's queue. Raises NotAllowed unless the role may read it."""
    accounts.require(actor, Permission.READ_PRIVACY)
    async with db.read() as reader:
        rows = await stored.still_open(reader)
        people = await accounts.customers(reader, [row.customer_id for row in rows])
        waiting = await calls.still_open(reader)
    found = [_request(row, people[row.customer_id].name if row.customer_id in people else "") for row in rows]
    return Queue(sorted(found, key=lambda one: one.due_at), waiting)


async def due_seconds(reader: Reader) -> dict[str, float]:
    """For each kind of request how many seconds are left to answer the most urgent one; negative is late."""
    left: dict[str, float] = {}
    for row in await stored.still_open(reader):
        seconds = (answer_by(row.asked_at) - utcnow()).total_seconds()
        left[row.kind] = min(seconds, left.get(row.kind, seconds))
    return left


def _request(row: RequestRow, name: str) -> OpenRequest:
    due = answer_by(row.asked_at)
    now = utcnow()
    # An erasure's week is part of the answer; it is late when it was not done on its day.
    is_late = due <= now or (row.execute_at is not None and row.execute_at + timedelta(hours=1) <= now)
    return OpenRequest(
        id=row.id,
        kind="export" if row.kind == "export" else "erasure",
        status=row.status,
        customer_id=row.customer_id,
        customer=name,
        asked_at=row.asked_at,
        due_at=due,
        execute_at=row.execute_at,
        is_late=is_late,
        is_soon=not is_late and due - now < SOON,
    )
