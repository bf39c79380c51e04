"""Changing the e-mail address: nothing changes until the new one is confirmed, and the old one is told (R14)."""

from revivatech.accounts.activity.service import note
from revivatech.accounts.contracts import Client
from revivatech.accounts.emails.links import service as links
from revivatech.accounts.emails.links.service import OPENING, LinkOver
from revivatech.accounts.emails.notices import service as notices
from revivatech.accounts.registration import mailed_links, queries
from revivatech.accounts.registration.contracts import (
    CHANGE_SECONDS,
    DAY,
    MOST_EMAIL_CHANGES,
    SAME_EMAIL,
)
from revivatech.accounts.sessions import throttle
from revivatech.accounts.two_factor.reauthentication import prove
from revivatech.db import Database
from revivatech.kit.actor import CustomerActor
from revivatech.kit.email import checked_email
from revivatech.kit.errors import FieldError, InvalidInput, NotSignedIn
from revivatech.mail import outcomes
from revivatech.realtime.contracts import CustomerChanged
from revivatech.settings import Settings


async def ask(
    db: Database,
    settings: Settings,
    actor: CustomerActor,
    email: str,
    *,
    password: str,
    code: str,
    client: Client,
) -> None:
    """Mail the new address a link that confirms it, and tell the old one. Alike for an address of another account (R6).

    Where a second factor is on, `code` proves it. Raises ProofNeeded, TooManyFailures, InvalidInput, TooMany.
    """
    email = checked_email(email)
    await prove(db, settings, "customer", actor.id, password=password, address=client.address, code=code)
    await throttle.count(db, settings, "changes of e-mail by", str(actor.id), most=MOST_EMAIL_CHANGES, seconds=DAY)
    async with db.transaction() as tx:
        account = await queries.by_id(tx, actor.id)
        if account is None or account.is_disabled:
            raise NotSignedIn("The account is gone.")
        if account.email == email:
            raise InvalidInput(SAME_EMAIL, errors=[FieldError("email", SAME_EMAIL)])
        owner = await queries.seen_by_email(tx, email)
        if owner is None:
            await mailed_links.mail_link(tx, account.id, "change_email", "email_change", email, CHANGE_SECONDS)
        else:
            await links.end(tx, "customer", account.id, "change_email")
            if not owner.is_disabled and await mailed_links.may_mail(tx, owner.id, "already_registered"):
                await notices.post(tx, "customer", owner.id, "already_registered", email)
        if account.email is not None:
            await notices.post(
                tx, "customer", account.id, "email_change_asked", account.email, address=client.address or ""
            )
        await note(tx, account.id, "email_change_asked", client)


async def confirm(db: Database, settings: Settings, token: str, client: Client) -> None:
    """Make the new address, at which the link was read, the account's. Raises LinkOver, EmailTaken."""
    async with db.transaction() as tx:
        link, account = await mailed_links.take(tx, settings, "change_email", token)
        if not await queries.change_email(tx, account.id, link.email):
            raise LinkOver
        await outcomes.end_trouble(tx, account.id)
        await queries.forget_registration(tx, account.id)
        await links.end(tx, "customer", account.id, "verify_email", *OPENING)
        if account.email is not None:
            await notices.post(tx, "customer", account.id, "email_changed", account.email)
        await note(tx, account.id, "email_changed", client)
        tx.note(CustomerChanged(account.id))
