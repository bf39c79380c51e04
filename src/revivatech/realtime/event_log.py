"""Writing and reading the customer's event log."""

from uuid import UUID

import msgspec

from revivatech.db import Query, Reader, Transaction
from revivatech.realtime import queries
from revivatech.realtime.contracts import CustomerChanged, Event, EventPage, LastSeq, StaffEvent

MOST_EVENTS = 500


async def publish(tx: Transaction, customer_id: UUID, kind: str, payload: msgspec.Struct) -> int:
    """Append an event to the customer's log and send it to their sockets after the commit; its seq comes back.

    The payload's struct has a field `seq` (0 when handed in); the log fills it.
    """
    raw = msgspec.json.encode(payload)
    seq = await queries.append(tx, customer_id, kind, raw.decode())
    body = msgspec.json.decode(raw)
    body["seq"] = seq
    tx.note(CustomerChanged(customer_id))
    tx.note(Event(customer_id, seq, kind, msgspec.Raw(msgspec.json.encode(body))))
    return seq


def tell_staff(tx: Transaction, kind: str, payload: msgspec.Struct) -> None:
    """Send an event to every open page of the staff after the commit."""
    tx.note(StaffEvent(kind, msgspec.Raw(msgspec.json.encode(payload))))


async def events_since(reader: Reader, customer_id: UUID, seq: int, limit: int = MOST_EVENTS) -> EventPage:
    """The events after `seq`, oldest first, at most `limit`.

    `resync` is true when events between `seq` and the oldest kept one are gone, or when `seq` is one that the log
    never reached: the client must read everything anew and go on from `last_seq`.
    """
    last = await queries.last_seq(reader, customer_id)
    if seq == last:
        return EventPage([], resync=False, last_seq=last)
    first = await queries.first_seq(reader, customer_id)
    if seq > last or first == 0 or seq + 1 < first:
        return EventPage([], resync=True, last_seq=last)
    return EventPage(await queries.events_after(reader, customer_id, seq, limit), resync=False, last_seq=last)


def last_seq_query(customer_id: UUID) -> Query[LastSeq]:
    """The seq of the customer's newest event, 0 where there is none: where a page's socket begins to listen."""
    return queries.last_seq_query(customer_id)
