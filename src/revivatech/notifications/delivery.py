"""A notification on its way out of the portal, by the channels that its customer wants it by at that moment."""

from datetime import datetime
from uuid import UUID

import structlog

from revivatech.accounts import service as accounts
from revivatech.db import Database, Transaction
from revivatech.jobs.queue import enqueue
from revivatech.kit.text import one_line
from revivatech.mail import outcomes
from revivatech.mail.message import compose, message_id_for
from revivatech.mail.sender import MailRefused, Sender
from revivatech.notifications import queries
from revivatech.notifications.contracts import Delivery, NoticeDelivered
from revivatech.notifications.masking import masked_email, masked_phone
from revivatech.notifications.preferences import service as preferences
from revivatech.notifications.preferences import tokens
from revivatech.notifications.preferences.quiet import quiet_until
from revivatech.notifications.preferences.tokens import Subscription
from revivatech.realtime import event_log as events
from revivatech.settings import Settings
from revivatech.shop import service as shop
from revivatech.sms.segments import fitted
from revivatech.sms.sender import SmsRefused, SmsSender
from revivatech.web.formats import zone

log = structlog.get_logger(__name__)

# Each is paid for; a title of this length says what there is to say.
MOST_SEGMENTS = 3


async def send_mail(db: Database, sender: Sender, settings: Settings, notification_id: UUID) -> None:
    """Send the notification's mail unless it was sent or the customer does not want such mail (any more).

    What the sender raises leaves it to be tried again. A crash between sending and noting it sends the mail a second
    time, under the same Message-ID.
    """
    async with db.read() as reader:
        notification = await queries.to_send(reader, notification_id, "email")
        if notification is None:
            return
        is_wanted = await preferences.may_send(reader, notification.customer_id, notification.topic, "email")
        customer = await accounts.customer(reader, notification.customer_id)
        settings_of_shop = await shop.current(reader)
    if customer is None:
        return
    if not is_wanted or not customer.email:
        await _note(db, notification_id, notification, Delivery("email", "unavailable" if is_wanted else "unwanted"))
        return
    message_id = message_id_for(notification_id, settings.mail_from)
    portal_url = settings.public_url.rstrip("/")
    subscription = Subscription(customer.id, notification.topic, "email")
    unsubscribe_url = f"{portal_url}/unsubscribe/{tokens.text_of(settings, subscription)}"
    mail = compose(
        "notifications/repair_update",
        customer.language,
        customer.email,
        message_id,
        headers=unsubscribe_headers(unsubscribe_url),
        customer_id=customer.id,
        shop=settings_of_shop,
        person=customer,
        notification=notification,
        number=notification.data.get("repairNumber") or "",
        url=portal_url + (notification.data.get("url") or "/customer/dashboard"),
        unsubscribe_url=unsubscribe_url,
        preferences_url=f"{portal_url}/customer/account/preferences",
    )
    try:
        await outcomes.send(db, sender, mail, customer.id)
    except MailRefused as refusal:
        log.warning("mail_refused", notification=str(notification_id), reason=str(refusal))
        await _note(db, notification_id, notification, Delivery("email", "refused", masked_email(customer.email)))
        return
    async with db.transaction() as tx:
        delivery = Delivery("email", "sent", masked_email(customer.email))
        await _note_in(tx, notification_id, notification, delivery, message_id)
        await outcomes.end_trouble(tx, customer.id)
    log.info("mail_sent", notification=str(notification_id))


async def send_sms(db: Database, sms: SmsSender, settings: Settings, notification_id: UUID, now: datetime) -> None:
    """Send the notification by SMS unless it was, or the customer does not want it so, or has proven no number.

    In their quiet hours it is put off until these are over, whatever its priority; then all of this is asked again.
    What the sender raises leaves it to be tried again; like a mail, it may be sent twice after a crash.
    """
    async with db.read() as reader:
        notification = await queries.to_send(reader, notification_id, "sms")
        if notification is None:
            return
        wishes = await preferences.wishes(reader, notification.customer_id)
        customer = await accounts.customer(reader, notification.customer_id)
        number = await accounts.proven_phone(reader, notification.customer_id)
        settings_of_shop = await shop.current(reader)
    if customer is None:
        return
    is_wanted = wishes.choices.is_on((notification.topic, "sms"))
    if not sms.is_configured or number is None or not is_wanted:
        await _note(db, notification_id, notification, Delivery("sms", "unavailable" if is_wanted else "unwanted"))
        return
    if (later := quiet_until(wishes.quiet, zone(customer.timezone), now)) is not None:
        async with db.transaction() as tx:
            await enqueue_sms(tx, notification_id, at=later)
        log.info("sms_put_off", notification=str(notification_id), until=later.isoformat())
        return
    url = settings.public_url.rstrip("/") + (notification.data.get("url") or "/customer/dashboard")
    try:
        before = one_line(settings_of_shop.name) + ": "
        await sms.send(number, fitted(before, one_line(notification.title), f" {url}", MOST_SEGMENTS))
    except SmsRefused as refusal:
        log.warning("sms_refused", notification=str(notification_id), reason=str(refusal))
        await _note(db, notification_id, notification, Delivery("sms", "refused", masked_phone(number)))
        return
    await _note(db, notification_id, notification, Delivery("sms", "sent", masked_phone(number)))
    log.info("sms_sent", notification=str(notification_id))


async def _note(db: Database, notification_id: UUID, notification: queries.ToSend, delivery: Delivery) -> None:
    async with db.transaction() as tx:
        await _note_in(tx, notification_id, notification, delivery)


async def _note_in(
    tx: Transaction, notification_id: UUID, notification: queries.ToSend, delivery: Delivery, reference: str = ""
) -> None:
    """Note what became of the notice, and have open pages of the desk show it."""
    await queries.note_delivery(tx, notification_id, notification.customer_id, delivery, reference)
    if repair_id := notification.data.get("repairId"):
        events.tell_staff(tx, "notification:delivered", NoticeDelivered(0, UUID(repair_id)))


async def enqueue_sms(tx: Transaction, notification_id: UUID, *, at: datetime | None = None) -> None:
    """Have `send_sms` run after the commit, not before `at`."""
    await enqueue(tx, "notifications:send_sms", queue="sms", at=at, notification_id=str(notification_id))


def unsubscribe_headers(url: str) -> dict[str, str]:
    """Return what lets a mail program offer to unsubscribe with one click (RFC 8058)."""
    return {"List-Unsubscribe": f"<{url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
