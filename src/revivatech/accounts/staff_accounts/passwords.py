"""A colleague's password: forgotten and set anew by a link in a mail, or changed while signed in."""

from uuid import UUID

import structlog

from revivatech.accounts.contracts import Client
from revivatech.accounts.emails.links import service as links
from revivatech.accounts.emails.links.service import LinkOver
from revivatech.accounts.emails.notices import service as notices
from revivatech.accounts.secrets.password_rules import hash_new, known_of, require_length
from revivatech.accounts.sessions import service as sessions
from revivatech.accounts.sessions.known_devices import service as known
from revivatech.accounts.sessions.queries import sign_in
from revivatech.accounts.staff_accounts.queries import accounts
from revivatech.accounts.staff_accounts.queries.accounts import Member
from revivatech.accounts.two_factor.reauthentication import ProofNeeded, prove
from revivatech.db import Database, Transaction
from revivatech.kit.actor import StaffActor
from revivatech.kit.errors import FieldError, NotSignedIn
from revivatech.settings import Settings

log = structlog.get_logger(__name__)


async def look_reset(db: Database, settings: Settings, text: str) -> Member:
    """Return whose link that is, left as it is. Raises LinkOver."""
    async with db.read() as reader:
        link = await links.look(reader, settings, "staff", "reset_password", text)
        member = await accounts.member(reader, link.owner_id) if link else None
    if member is None or member.is_disabled:
        raise LinkOver
    return member


async def reset(db: Database, settings: Settings, text: str, password: str, client: Client) -> None:
    """Give the account that password; every session of it ends, and nobody is signed in by it (R8).

    Raises LinkOver, InvalidInput, PasswordBlocklisted.
    """
    seen = await look_reset(db, settings, text)
    password_hash = await new_hash(db, seen, password)
    async with db.transaction() as tx:
        member = await _open(tx, seen.id)
        if member is None:
            raise LinkOver
        await links.spend(tx, settings, "staff", "reset_password", text)
        require_length(password, two_factor=member.two_factor_enabled)
        await sign_in.give_password(tx, "staff", member.id, password_hash)
        await sessions.end_all(tx, "staff", member.id, "password")
        await known.trust(tx, "staff", member.id, client)
        await _tell(tx, member, client)
    log.info("staff_password_reset", user=str(seen.id), address=client.address)


async def change(
    db: Database, settings: Settings, actor: StaffActor, current: str, password: str, client: Client
) -> None:
    """Give the account that password; every other session and every link of it ends, its owner is told (R3).

    Raises ProofNeeded (403, names `currentPassword`), TooManyFailures, InvalidInput, PasswordBlocklisted.
    """
    try:
        await prove(db, settings, "staff", actor.id, password=current, address=client.address)
    except ProofNeeded as refusal:
        # The form has two passwords, and it is this one that was wrong.
        raise ProofNeeded(refusal.detail, errors=[FieldError("currentPassword", refusal.detail)]) from None
    async with db.read() as reader:
        seen = await accounts.member(reader, actor.id)
    if seen is None:
        raise NotSignedIn("The account is gone.")
    password_hash = await new_hash(db, seen, password)
    async with db.transaction() as tx:
        member = await _open(tx, actor.id)
        if member is None:
            raise NotSignedIn("The account is gone.")
        require_length(password, two_factor=member.two_factor_enabled)
        await sign_in.give_password(tx, "staff", member.id, password_hash)
        await sessions.end_others(tx, "staff", member.id, actor.session_id, "password")
        await _tell(tx, member, client)
    log.info("staff_password_changed", user=str(actor.id), session=str(actor.session_id), address=client.address)


async def new_hash(db: Database, member: Member, password: str) -> str:
    """The hash of a new password of that person. Raises InvalidInput, PasswordBlocklisted; both name `password`."""
    words = await known_of(db, member.email, member.first_name, member.last_name)
    return await hash_new(password, words, two_factor=member.two_factor_enabled)


async def _open(tx: Transaction, user_id: UUID) -> Member | None:
    """The account, locked, unless it was closed meanwhile."""
    member = await accounts.lock(tx, user_id)
    return None if member is None or member.is_disabled else member


async def _tell(tx: Transaction, member: Member, client: Client) -> None:
    await links.end(tx, "staff", member.id, "reset_password", "invitation", "sign_in")
    await notices.post(tx, "staff", member.id, "password_changed", member.email, address=client.address or "")
