"""The tables customer_event_heads and customer_events."""

from datetime import datetime
from uuid import UUID

from revivatech.db import Query, Reader, Transaction, execute, fetch_all, fetch_value
from revivatech.kit.structs import Value
from revivatech.realtime.contracts import LastSeq, LoggedEvent


async def append(tx: Transaction, customer_id: UUID, kind: str, payload: str) -> int:
    """The seq of the new event.

    Updating the head row takes its lock until the commit, so that seq order is commit order and has no gaps.
    """
    return int(
        await fetch_value(
            tx,
            """
            WITH head AS (
              INSERT INTO customer_event_heads AS h (customer_id, last_seq) VALUES (%(customer_id)s, 1)
              ON CONFLICT (customer_id) DO UPDATE SET last_seq = h.last_seq + 1
              RETURNING last_seq
            )
            INSERT INTO customer_events (customer_id, seq, type, payload)
            SELECT %(customer_id)s, last_seq,
              %(type)s, jsonb_set(%(payload)s::jsonb, '{seq}', to_jsonb(last_seq))
            FROM head
            RETURNING seq
            """,
            {"customer_id": customer_id, "type": kind, "payload": payload},
        )
    )


async def append_past(
    tx: Transaction, customer_id: UUID, kinds: list[str], payloads: list[str], at: list[datetime]
) -> int:
    """The seq of the last of these events of the past, which are appended in their order; nobody is told of them.

    What a payload says of its own seq is kept: the log of a customer who is being made begins with 1.
    """
    return int(
        await fetch_value(
            tx,
            """
            WITH head AS (
              INSERT INTO customer_event_heads AS h (customer_id, last_seq)
              VALUES (%(customer_id)s, cardinality(%(kinds)s::text[]))
              ON CONFLICT (customer_id) DO UPDATE SET last_seq = h.last_seq + excluded.last_seq
              RETURNING last_seq
            ), past AS (
              SELECT * FROM unnest(%(kinds)s::text[], %(payloads)s::jsonb[], %(at)s::timestamptz[])
                WITH ORDINALITY AS past (type, payload, at, nth)
            )
            INSERT INTO customer_events (customer_id, seq, type, payload, created_at)
            SELECT %(customer_id)s, last_seq - cardinality(%(kinds)s::text[]) + nth, type, payload, at FROM head, past
            RETURNING (SELECT last_seq FROM head)
            """,
            {"customer_id": customer_id, "kinds": kinds, "payloads": payloads, "at": at},
        )
    )


LAST_SEQ = """
    SELECT coalesce((SELECT last_seq FROM customer_event_heads WHERE customer_id = %(customer_id)s), 0) AS last_seq
"""


async def last_seq(reader: Reader, customer_id: UUID) -> int:
    """The seq of the customer's newest event, 0 where there is none."""
    return int(await fetch_value(reader, LAST_SEQ, {"customer_id": customer_id}))


def last_seq_query(customer_id: UUID) -> Query[LastSeq]:
    """The same, in one row."""
    return Query(LastSeq, LAST_SEQ, {"customer_id": customer_id})


async def first_seq(reader: Reader, customer_id: UUID) -> int:
    """The seq of the oldest event still kept, 0 where there is none."""
    return int(
        await fetch_value(reader, "SELECT min(seq) FROM customer_events WHERE customer_id = %s", [customer_id]) or 0
    )


async def events_after(reader: Reader, customer_id: UUID, seq: int, limit: int) -> list[LoggedEvent]:
    """The events after that seq, oldest first."""
    return await fetch_all(
        reader,
        LoggedEvent,
        """
        SELECT seq, type, payload, created_at FROM customer_events
        WHERE customer_id = %s AND seq > %s ORDER BY seq LIMIT %s
        """,
        [customer_id, seq, limit],
    )


class Head(Value, frozen=True):
    """The seq of a customer's newest event."""

    customer_id: UUID
    last_seq: int


async def heads(reader: Reader, customer_ids: list[UUID]) -> list[Head]:
    """The heads of those customers who have events."""
    return await fetch_all(
        reader,
        Head,
        "SELECT customer_id, last_seq FROM customer_event_heads WHERE customer_id = ANY(%s)",
        [customer_ids],
    )


async def delete_older(tx: Transaction, before: datetime, most: int) -> int:
    """Return how many of the oldest events were deleted, at most `most`. The heads stay, so that no seq comes twice."""
    return await execute(
        tx,
        """
        DELETE FROM customer_events WHERE ctid = ANY(ARRAY(
          SELECT ctid FROM customer_events WHERE created_at < %s ORDER BY created_at LIMIT %s
        ))
        """,
        [before, most],
    )
