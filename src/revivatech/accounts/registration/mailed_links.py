"""Links that are mailed, as several ways of registration need them."""

from uuid import UUID

from revivatech.accounts.emails.links import service as links
from revivatech.accounts.emails.links.service import Link, LinkOver, Purpose
from revivatech.accounts.emails.notices import service as notices
from revivatech.accounts.emails.notices.service import AskedBy, LinkInMail
from revivatech.accounts.registration import queries
from revivatech.accounts.registration.contracts import (
    DAY,
    INVITATION_SECONDS,
    MOST_MAILS,
    VERIFY_SECONDS,
)
from revivatech.accounts.registration.queries import Joined
from revivatech.db import Database, Transaction
from revivatech.settings import Settings


async def look(db: Database, settings: Settings, purpose: Purpose, token: str) -> Joined:
    """Return whose living link that is, left as it is. Raises LinkOver."""
    async with db.read() as reader:
        link = await links.look(reader, settings, "customer", purpose, token)
        account = await queries.read(reader, link.owner_id) if link else None
    if account is None or account.is_disabled:
        raise LinkOver
    return account


async def take(tx: Transaction, settings: Settings, purpose: Purpose, token: str) -> tuple[Link, Joined]:
    """The link, spent, and its account, locked. Raises LinkOver; of two at once, one gets it.

    The account is locked first, as by whoever makes links, so that none waits for the other in a circle.
    """
    seen = await links.look(tx, settings, "customer", purpose, token)
    account = await queries.by_id(tx, seen.owner_id) if seen else None
    if account is None or account.is_disabled:
        raise LinkOver
    return await links.spend(tx, settings, "customer", purpose, token), account


async def may_mail(tx: Transaction, account_id: UUID, kind: str, asked_by: AskedBy = "anyone") -> bool:
    """Return whether the account was given fewer than five mails of that kind, asked for by those, in a day (R122)."""
    return await notices.recently(tx, "customer", account_id, kind, DAY, asked_by) < MOST_MAILS


async def mail_link(
    tx: Transaction,
    account_id: UUID,
    purpose: Purpose,
    kind: str,
    email: str,
    seconds: int,
    *,
    asked_by: AskedBy = "anyone",
    **facts: str,
) -> UUID:
    """Mail a fresh link of that purpose and return its id. The one before ends. The account's row is locked."""
    link_id = await links.make(tx, "customer", account_id, purpose, email=email, seconds=seconds)
    link = LinkInMail(purpose, link_id)
    await notices.post(tx, "customer", account_id, kind, email, link=link, asked_by=asked_by, **facts)
    return link_id


async def mail_verification(tx: Transaction, account_id: UUID, email: str, asked_by: AskedBy = "anyone") -> None:
    """Mail the link that confirms the address."""
    await mail_link(tx, account_id, "verify_email", "verify_email", email, VERIFY_SECONDS, asked_by=asked_by)


async def mail_invitation(tx: Transaction, account_id: UUID, email: str, asked_by: AskedBy = "anyone") -> UUID:
    """Mail the link with which the owner claims an account that has no password, and return its id."""
    return await mail_link(tx, account_id, "invitation", "invitation", email, INVITATION_SECONDS, asked_by=asked_by)
