"""Telling customers, and keeping what they have read."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from revivatech.accounts import service as accounts
from revivatech.accounts.contracts import Customer
from revivatech.db import Database, Query, Reader, Transaction
from revivatech.jobs.queue import enqueue
from revivatech.kit.actor import CustomerActor
from revivatech.kit.clock import utcnow
from revivatech.kit.errors import NotFound
from revivatech.kit.numbers import Seq
from revivatech.kit.paging import Page, Position, encode_cursor, list_name, read_cursor
from revivatech.kit.text import one_line
from revivatech.notifications import queries
from revivatech.notifications.contracts import (
    Channel,
    Delivery,
    Message,
    Notification,
    NotificationData,
    NotificationNew,
    NotificationsRead,
    Place,
    Topic,
    Unread,
)
from revivatech.notifications.delivery import enqueue_sms
from revivatech.notifications.masking import masked_email, masked_phone
from revivatech.notifications.preferences import service as preferences
from revivatech.notifications.queries import Planned
from revivatech.realtime import event_log

LONGEST_TITLE = 255


class NotificationPosition(Position):
    """The last notification of a page."""

    seq: Seq


async def tell(tx: Transaction, customer: Customer, message: Message) -> UUID:
    """Tell the customer with the commit: a notification, its event and, where there is an address or number, jobs.

    Its id comes back. The jobs of the same transaction send mail and SMS, if the customer still wants them then.
    """
    title = one_line(message.title)
    if len(title) > LONGEST_TITLE:
        title = title[: LONGEST_TITLE - 1] + "…"
    message = msgspec.structs.replace(message, title=title)
    notification_id = await queries.new_id(tx)
    created_at = utcnow()
    data = NotificationData(message.repair_id, message.url, message.repair_number)
    event = NotificationNew(
        0, notification_id, message.type, message.title, message.message, message.priority, data, created_at
    )
    seq = await event_log.publish(tx, customer.id, "notification:new", event)
    stored = msgspec.to_builtins(data)
    await queries.insert(tx, notification_id, customer.id, seq, message, stored, created_at)
    planned = [Planned("portal", "sent", None)] if customer.has_portal else []
    if customer.email:
        planned.append(Planned("email", "waiting", masked_email(customer.email)))
        await enqueue(tx, "notifications:send_mail", queue="mail", notification_id=str(notification_id))
    # Few want an SMS: who does not now, or has proven no number, costs no job.
    if number := await _number(tx, customer, message.topic):
        planned.append(Planned("sms", "waiting", masked_phone(number)))
        await enqueue_sms(tx, notification_id)
    if planned:
        await queries.plan(tx, notification_id, customer.id, planned)
    return notification_id


async def deliveries_of(reader: Reader, notification_ids: Sequence[UUID]) -> dict[UUID, tuple[Delivery, ...]]:
    """Return what became of each of those notifications; one that can reach nobody is not named."""
    found: dict[UUID, tuple[Delivery, ...]] = {}
    for row in await queries.deliveries(reader, notification_ids) if notification_ids else ():
        one = Delivery(row.channel, row.state, row.recipient, row.sent_at)
        found[row.notification_id] = (*found.get(row.notification_id, ()), one)
    return found


async def reach(reader: Reader, customer: Customer, topic: Topic) -> tuple[Place, ...]:
    """Return where a notice about that topic would reach the customer now."""
    wishes = await preferences.wishes(reader, customer.id)
    places: list[Place] = []
    if customer.email and wishes.choices.is_on((topic, "email")):
        places.append("email")
    if customer.phone and wishes.choices.is_on((topic, "sms")) and await accounts.proven_phone(reader, customer.id):
        places.append("sms")
    return (*places, "portal") if customer.has_portal else tuple(places)


async def _number(tx: Transaction, customer: Customer, topic: Topic) -> str | None:
    """Return the proven number by which the customer wants that topic as an SMS."""
    if not customer.phone or not await preferences.may_send(tx, customer.id, topic, "sms"):
        return None
    return await accounts.proven_phone(tx, customer.id)


async def list_notifications(
    reader: Reader, customer_id: UUID, *, unread: bool | None, limit: int, cursor: str | None
) -> Page[Notification]:
    """The customer's notifications, newest first; all, only the unread or only the read. Raises InvalidInput."""
    name = list_name("notifications", unread)
    last = read_cursor(cursor, NotificationPosition, name)
    rows = await queries.page(reader, customer_id, unread=unread, before=last.seq if last else None, limit=limit + 1)
    items = [_view(row) for row in rows[:limit]]
    return Page(items, encode_cursor(NotificationPosition(name, items[-1].seq)) if len(rows) > limit else None)


async def may_send(reader: Reader, customer_id: UUID, topic: Topic, channel: Channel) -> bool:
    """Return whether the customer wants that topic by that channel; ask at the moment of sending."""
    return await preferences.may_send(reader, customer_id, topic, channel)


def unread_query(customer_id: UUID) -> Query[Unread]:
    """Return how many notifications the customer has not read, in one row."""
    return queries.unread_query(customer_id)


async def mark_read(db: Database, actor: CustomerActor, notification_id: UUID) -> int:
    """Mark one as read; how many are still unread comes back. Raises NotFound."""
    async with db.transaction() as tx:
        if await queries.mark_read(tx, actor.id, notification_id):
            return await _say_what_is_left(tx, actor.id)
        if await queries.seq_of(tx, actor.id, notification_id) is None:
            raise NotFound
        return await queries.unread_count(tx, actor.id)


async def require_notification(reader: Reader, actor: CustomerActor, notification_id: UUID) -> None:
    """Raise NotFound unless the notification is one of the customer's."""
    if await queries.seq_of(reader, actor.id, notification_id) is None:
        raise NotFound


async def mark_all_read(db: Database, actor: CustomerActor, up_to: UUID | None) -> int:
    """Mark as read what was there: all up to and with `up_to`, or up to the newest of this moment.

    How many are still unread comes back: what arrived meanwhile. Raises NotFound for an `up_to` that is not theirs.
    """
    async with db.transaction() as tx:
        seq = await queries.seq_of(tx, actor.id, up_to) if up_to else await queries.newest_seq(tx, actor.id)
        if seq is None:
            raise NotFound
        if await queries.mark_read_up_to(tx, actor.id, seq):
            return await _say_what_is_left(tx, actor.id)
        return await queries.unread_count(tx, actor.id)


async def follow(db: Database, actor: CustomerActor, notification_id: UUID) -> str:
    """Mark one as read and answer the page that it leads to. Raises NotFound."""
    await mark_read(db, actor, notification_id)
    async with db.read() as reader:
        return await queries.url_of(reader, actor.id, notification_id) or "/customer/notifications"


async def _say_what_is_left(tx: Transaction, customer_id: UUID) -> int:
    """Tell the customer's other pages how many are unread now."""
    unread = await queries.unread_count(tx, customer_id)
    await event_log.publish(tx, customer_id, "notification:read", NotificationsRead(0, unread))
    return unread


def _view(row: queries.NotificationRow) -> Notification:
    return Notification(
        row.id,
        row.seq,
        row.type,
        row.title,
        row.message,
        row.priority,
        msgspec.convert(row.data, NotificationData),
        row.read_at,
        row.created_at,
    )
