"""Writing mails about an account with the change they tell of, and sending them."""

from typing import Any, Literal, cast
from uuid import UUID

import structlog

from revivatech.accounts.contracts import Realm
from revivatech.accounts.emails.links import service as links
from revivatech.accounts.emails.links.service import Purpose
from revivatech.accounts.emails.notices import queries
from revivatech.db import Database, Reader, Transaction
from revivatech.jobs.queue import enqueue
from revivatech.kit.structs import Value
from revivatech.mail import outcomes
from revivatech.mail.message import compose, message_id_for
from revivatech.mail.sender import MailRefused, Sender
from revivatech.settings import Settings
from revivatech.shop import service as shop

log = structlog.get_logger(__name__)

# Where each kind of link leads; its text is appended.
PATHS: dict[tuple[Realm, Purpose], str] = {
    ("customer", "verify_email"): "/customer/verify-email?token=",
    ("customer", "reset_password"): "/customer/reset-password?token=",
    ("customer", "change_email"): "/customer/confirm-email?token=",
    ("customer", "sign_in"): "/customer/sign-in/link?token=",
    ("customer", "invitation"): "/customer/welcome?token=",
    ("staff", "reset_password"): "/staff/reset-password?token=",
    ("staff", "invitation"): "/staff/welcome?token=",
    ("staff", "sign_in"): "/staff/sign-in/link?token=",
}


# Who had a mail sent: anyone who knows the address; its owner, as far as a known browser or an earlier mail shows; or
# the shop. Each has a limit of its own, so that strangers do not use up the others' (R122).
AskedBy = Literal["anyone", "owner", "shop"]


class LinkInMail(Value, frozen=True):
    """A link that a mail carries."""

    purpose: Purpose
    id: UUID


async def post(
    tx: Transaction,
    realm: Realm,
    owner_id: UUID,
    kind: str,
    recipient: str,
    *,
    link: LinkInMail | None = None,
    asked_by: AskedBy = "anyone",
    **facts: str,
) -> None:
    """Have the mail `accounts/<kind>` sent after the commit.

    Its templates (emails/<kind>/subject.txt, body.txt, body.html) know `shop`, `person` (first_name, language), `url`
    (of the link, or of the portal), `portal_url` and every fact. A fact is text and never a secret: it is stored.
    """
    stored = dict(facts) | ({"purpose": link.purpose} if link else {})
    if asked_by != "anyone":
        stored["asked_by"] = asked_by
    mail_id = await queries.add(tx, realm, owner_id, kind, recipient, link.id if link else None, stored)
    await enqueue(tx, "accounts:send_mail", queue="mail", mail_id=str(mail_id))


async def recently(
    reader: Reader, realm: Realm, owner_id: UUID, kind: str, seconds: int, asked_by: AskedBy = "anyone"
) -> int:
    """Return how many mails of that kind, asked for by those, the account was given lately: for limits (R122)."""
    return await queries.recent(reader, realm, owner_id, kind, seconds, asked_by)


async def send(db: Database, sender: Sender, settings: Settings, mail_id: UUID) -> None:
    """Send the mail unless it was sent; what the sender raises leaves it to be tried again."""
    async with db.read() as reader:
        mail = await queries.pending(reader, mail_id)
        settings_of_shop = await shop.current(reader)
    if mail is None:
        return
    portal_url = settings.public_url.rstrip("/")
    message = compose(
        f"accounts/{mail.kind}",
        mail.language,
        mail.recipient,
        message_id_for(mail_id, settings.mail_from),
        customer_id=mail.customer_id,
        **cast(dict[str, Any], mail.facts),
        shop=settings_of_shop,
        person=mail,
        url=portal_url + _path(settings, mail),
        portal_url=portal_url,
    )
    # What becomes of a mail to another address than theirs, as to one that they have not confirmed yet, is no news.
    whose = mail.customer_id if mail.is_own_address else None
    try:
        await outcomes.send(db, sender, message, whose)
    except MailRefused as refusal:
        log.warning("mail_refused", mail=str(mail_id), reason=str(refusal))
        return
    async with db.transaction() as tx:
        await queries.sent(tx, mail_id)
        if whose is not None:
            await outcomes.end_trouble(tx, whose)
    log.info("mail_sent", mail=str(mail_id), kind=mail.kind)


def _path(settings: Settings, mail: queries.Pending) -> str:
    """Return where the mail leads: its link, else the security page (customers) or the desk."""
    if mail.link_id is None:
        return "/customer/account/security" if mail.realm == "customer" else "/staff/account"
    purpose = cast(Purpose, mail.facts["purpose"])
    return PATHS[mail.realm, purpose] + links.text_of(settings, mail.realm, purpose, mail.link_id)
