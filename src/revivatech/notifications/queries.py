"""The tables customer_notifications and notification_deliveries."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from revivatech.db import Query, Reader, Transaction, execute, fetch_all, fetch_one, fetch_value, one_changed
from revivatech.kit.structs import Value
from revivatech.notifications.contracts import Delivery, DeliveryState, Message, Place, Priority, Topic, Unread


class NotificationRow(Value):
    """A notification as it is stored."""

    id: UUID
    seq: int
    type: str
    title: str
    message: str
    priority: Priority
    data: dict[str, Any]
    read_at: datetime | None
    created_at: datetime


class ToSend(Value):
    """A notification on its way to a mailbox."""

    customer_id: UUID
    type: str
    topic: Topic
    title: str
    message: str
    data: dict[str, Any]


async def new_id(tx: Transaction) -> UUID:
    """A fresh key, known before its row because the event names it."""
    fresh: UUID = await fetch_value(tx, "SELECT uuidv7()")
    return fresh


async def insert(
    tx: Transaction,
    notification_id: UUID,
    customer_id: UUID,
    seq: int,
    message: Message,
    data: dict[str, str],
    created_at: datetime,
) -> None:
    """Store the notification under the seq of its event."""
    await execute(
        tx,
        """
        INSERT INTO customer_notifications
          (id, customer_id, seq, type, topic, title, message, data, priority, created_at)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
        """,
        [
            notification_id,
            customer_id,
            seq,
            message.type,
            message.topic,
            message.title,
            message.message,
            Jsonb(data),
            message.priority,
            created_at,
        ],
    )


async def page(
    reader: Reader, customer_id: UUID, *, unread: bool | None, before: int | None, limit: int
) -> list[NotificationRow]:
    """The customer's notifications, newest first, older than the seq `before`; all, only unread or only read ones."""
    return await fetch_all(
        reader,
        NotificationRow,
        """
        SELECT id, seq, type, title, message, priority, data, read_at, created_at FROM customer_notifications
        WHERE customer_id = %(customer_id)s
          AND (%(before)s::bigint IS NULL OR seq < %(before)s)
          AND (%(unread)s::boolean IS NULL OR (read_at IS NULL) = %(unread)s)
          AND (expires_at IS NULL OR expires_at > now())
        ORDER BY seq DESC LIMIT %(limit)s
        """,
        {"customer_id": customer_id, "before": before, "unread": unread, "limit": limit},
    )


UNREAD = """
    SELECT count(*) AS unread FROM customer_notifications
    WHERE customer_id = %(customer_id)s AND read_at IS NULL AND (expires_at IS NULL OR expires_at > now())
"""


async def unread_count(reader: Reader, customer_id: UUID) -> int:
    """Return how many notifications the customer has not read."""
    return int(await fetch_value(reader, UNREAD, {"customer_id": customer_id}))


def unread_query(customer_id: UUID) -> Query[Unread]:
    """The same, in one row."""
    return Query(Unread, UNREAD, {"customer_id": customer_id})


async def seq_of(reader: Reader, customer_id: UUID, notification_id: UUID) -> int | None:
    """The seq of that customer's notification, None where they have no such one."""
    seq: int | None = await fetch_value(
        reader,
        "SELECT seq FROM customer_notifications WHERE id = %s AND customer_id = %s",
        [notification_id, customer_id],
    )
    return seq


async def url_of(reader: Reader, customer_id: UUID, notification_id: UUID) -> str | None:
    """The page that the notification leads to."""
    url: str | None = await fetch_value(
        reader,
        "SELECT data ->> 'url' FROM customer_notifications WHERE id = %s AND customer_id = %s",
        [notification_id, customer_id],
    )
    return url


async def mark_read(tx: Transaction, customer_id: UUID, notification_id: UUID) -> bool:
    """Return whether an unread notification is read now."""
    return await one_changed(
        tx,
        """
        UPDATE customer_notifications SET read_at = now()
        WHERE id = %s AND customer_id = %s AND read_at IS NULL
        """,
        [notification_id, customer_id],
    )


async def mark_read_up_to(tx: Transaction, customer_id: UUID, seq: int) -> int:
    """Return how many notifications up to that seq are read now and were not before."""
    return await execute(
        tx,
        "UPDATE customer_notifications SET read_at = now() WHERE customer_id = %s AND seq <= %s AND read_at IS NULL",
        [customer_id, seq],
    )


async def newest_seq(reader: Reader, customer_id: UUID) -> int:
    """The seq of the newest notification, 0 where there is none."""
    return int(
        await fetch_value(reader, "SELECT max(seq) FROM customer_notifications WHERE customer_id = %s", [customer_id])
        or 0
    )


async def to_send(reader: Reader, notification_id: UUID, channel: str) -> ToSend | None:
    """The notification unless it has left by that channel already."""
    return await fetch_one(
        reader,
        ToSend,
        """
        SELECT customer_id, type, topic, title, message, data FROM customer_notifications n
        WHERE id = %s AND NOT EXISTS (
          SELECT FROM notification_deliveries d
          WHERE d.notification_id = n.id AND d.channel = %s AND d.outcome = 'sent'
        )
        """,
        [notification_id, channel],
    )


class Planned(Value, frozen=True):
    """A notice in one place, as it begins."""

    channel: Place
    state: DeliveryState
    recipient: str | None


async def plan(tx: Transaction, notification_id: UUID, customer_id: UUID, planned: Sequence[Planned]) -> None:
    """Store where the notification is to reach its customer."""
    await execute(
        tx,
        """
        INSERT INTO notification_deliveries (notification_id, customer_id, channel, outcome, recipient, sent_at)
        SELECT %s, %s, channel, state, recipient, CASE WHEN state = 'sent' THEN now() END
        FROM unnest(%s::text[], %s::text[], %s::text[]) AS planned (channel, state, recipient)
        """,
        [
            notification_id,
            customer_id,
            [one.channel for one in planned],
            [one.state for one in planned],
            [one.recipient for one in planned],
        ],
    )


async def note_delivery(
    tx: Transaction, notification_id: UUID, customer_id: UUID, delivery: Delivery, reference: str = ""
) -> None:
    """Note what became of the notification in that place; what was sent stays so."""
    await execute(
        tx,
        """
        INSERT INTO notification_deliveries AS d
          (notification_id, customer_id, channel, outcome, recipient, reference, sent_at)
        VALUES (%(id)s, %(customer_id)s, %(channel)s, %(state)s, %(recipient)s, %(reference)s,
          CASE WHEN %(state)s = 'sent' THEN now() END)
        ON CONFLICT (notification_id, channel) DO UPDATE SET outcome = excluded.outcome, reference = excluded.reference,
          recipient = coalesce(excluded.recipient, d.recipient), sent_at = excluded.sent_at
        WHERE d.outcome <> 'sent'
        """,
        {
            "id": notification_id,
            "customer_id": customer_id,
            "channel": delivery.channel,
            "state": delivery.state,
            "recipient": delivery.recipient,
            "reference": reference,
        },
    )


class DeliveryRow(Value, frozen=True):
    """The outcome of one notification in one place."""

    notification_id: UUID
    channel: Place
    state: DeliveryState
    recipient: str | None
    sent_at: datetime | None


async def deliveries(reader: Reader, notification_ids: Sequence[UUID]) -> list[DeliveryRow]:
    """Return what became of those notifications, the portal last."""
    return await fetch_all(
        reader,
        DeliveryRow,
        """
        SELECT notification_id, channel, outcome AS state, recipient, sent_at FROM notification_deliveries
        WHERE notification_id = ANY(%s)
        ORDER BY notification_id, array_position(ARRAY['email', 'sms', 'push', 'portal'], channel)
        """,
        [list(notification_ids)],
    )
