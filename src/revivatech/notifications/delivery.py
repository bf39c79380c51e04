"""A notification on its way out of the portal."""

from uuid import UUID

import structlog

from revivatech.accounts import service as accounts
from revivatech.db import Database
from revivatech.mail.message import compose, message_id_for
from revivatech.mail.sender import MailRefused, Sender
from revivatech.notifications import queries
from revivatech.settings import Settings
from revivatech.shop import service as shop

log = structlog.get_logger(__name__)


async def send_mail(db: Database, sender: Sender, settings: Settings, notification_id: UUID) -> None:
    """Send the notification's mail unless it was sent; what the sender raises leaves it to be tried again.

    A crash between sending and noting it sends the mail a second time, under the same Message-ID.
    """
    async with db.read() as reader:
        notification = await queries.to_send(reader, notification_id, "email")
        if notification is None:
            return
        customer = await accounts.customer(reader, notification.customer_id)
        settings_of_shop = await shop.current(reader)
    if customer is None or not customer.email:
        return
    message_id = message_id_for(notification_id, settings.mail_from)
    url = settings.public_url.rstrip("/") + (notification.data.get("url") or "/customer/dashboard")
    mail = compose(
        "notifications/repair_update",
        customer.language,
        customer.email,
        message_id,
        shop=settings_of_shop,
        person=customer,
        notification=notification,
        url=url,
    )
    try:
        await sender.send(mail)
    except MailRefused as refusal:
        log.warning("mail_refused", notification=str(notification_id), reason=str(refusal))
        return
    async with db.transaction() as tx:
        await queries.delivered(tx, notification_id, "email", customer.id, message_id)
    log.info("mail_sent", notification=str(notification_id))
