"""A customer whom the shop has written down at the counter makes that account theirs, with its repairs."""

from collections.abc import Sequence
from uuid import UUID

from revivatech.accounts.activity.service import note
from revivatech.accounts.audit import service as audit
from revivatech.accounts.contracts import Client
from revivatech.accounts.emails.links import service as links
from revivatech.accounts.emails.links.service import OPENING, LinkOver
from revivatech.accounts.registration import mailed_links, queries
from revivatech.accounts.registration.contracts import DAY, MOST_MAILS, NotInvitable
from revivatech.accounts.secrets.password_rules import hash_new, known_of, require_length
from revivatech.accounts.sessions import service as sessions
from revivatech.accounts.sessions.known_devices import service as known
from revivatech.accounts.sessions.queries import sign_in
from revivatech.db import Database, Reader, Transaction
from revivatech.kit.actor import StaffActor
from revivatech.kit.errors import NotFound, TooMany
from revivatech.kit.i18n import marked
from revivatech.kit.permissions import Permission, require
from revivatech.realtime.contracts import CustomerChanged
from revivatech.settings import Settings
from revivatech.shop import service as shop


async def invite_customer(db: Database, actor: StaffActor, customer_id: UUID, client: Client) -> None:
    """Mail the customer the link of 14 days that makes the account theirs; an earlier one ends.

    Raises NotAllowed, NotFound, NotInvitable (no e-mail address, a password already, a closed account), TooMany.
    """
    require(actor, Permission.INVITE_CUSTOMERS)
    async with db.transaction() as tx:
        account = await queries.by_id(tx, customer_id)
        if account is None:
            raise NotFound
        if account.email is None:
            raise NotInvitable(marked("This customer has no e-mail address."))
        if account.has_password or account.is_disabled:
            raise NotInvitable(marked("This customer has an account already, or a closed one."))
        if not await mailed_links.may_mail(tx, account.id, "invitation", "shop"):
            raise TooMany(
                marked("This customer was invited five times today. Please wait until tomorrow."),
                limit=MOST_MAILS,
                retry_after=DAY,
            )
        await mailed_links.mail_invitation(tx, account.id, account.email, "shop")
        await audit.note(tx, actor, "customer_invited", client, customer_id=customer_id)


async def keep_from_strangers(tx: Transaction, customer_ids: Sequence[UUID]) -> None:
    """Before the shop writes something into these accounts: who has not confirmed an address proves it first (R14).

    Somebody may have registered with the address of another. Such a password is withdrawn, its sessions end, and an
    invitation goes to the address: whoever reads it has the account, and what the shop has written. A part.
    """
    for account in await queries.withdraw_passwords(tx, customer_ids):
        await queries.forget_registration(tx, account.id)
        await sessions.end_all(tx, "customer", account.id, "password")
        await links.end(tx, "customer", account.id, "verify_email", *OPENING)
        if await mailed_links.may_mail(tx, account.id, "invitation", "shop"):
            await mailed_links.mail_invitation(tx, account.id, account.email, "shop")


async def may_be_invited(reader: Reader, customer_id: UUID) -> bool:
    """Return whether an invitation would help: an email address, no password, no closed account."""
    account = await queries.read(reader, customer_id)
    return account is not None and account.email is not None and not account.has_password and not account.is_disabled


async def look(db: Database, settings: Settings, token: str) -> queries.Joined:
    """Whom the link invites. Raises LinkOver."""
    return await mailed_links.look(db, settings, "invitation", token)


async def accept(db: Database, settings: Settings, token: str, password: str, client: Client) -> None:
    """Make the account its owner's: with a password, a confirmed address, and all the repairs it has.

    Raises LinkOver, InvalidInput, PasswordBlocklisted.
    """
    seen = await look(db, settings, token)
    words = await known_of(db, seen.email, seen.first_name, seen.last_name)
    password_hash = await hash_new(password, words, two_factor=seen.two_factor_enabled)
    async with db.transaction() as tx:
        link, account = await mailed_links.take(tx, settings, "invitation", token)
        if account.has_password or not await queries.verify(tx, account.id, link.email):
            raise LinkOver
        require_length(password, two_factor=account.two_factor_enabled)
        await sign_in.give_password(tx, "customer", account.id, password_hash)
        await queries.accept_terms(tx, account.id, await shop.terms_version(tx, account.language))
        await queries.forget_registration(tx, account.id)
        await sessions.end_all(tx, "customer", account.id, "password")
        await links.end(tx, "customer", account.id, "verify_email", *OPENING)
        await known.trust(tx, "customer", account.id, client)
        await note(tx, account.id, "account_claimed", client)
        tx.note(CustomerChanged(account.id))
