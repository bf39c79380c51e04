"""Changing the password while signed in."""

from revivatech.accounts.activity.service import note
from revivatech.accounts.contracts import Client
from revivatech.accounts.emails.links import service as links
from revivatech.accounts.emails.links.service import OPENING
from revivatech.accounts.emails.notices import service as notices
from revivatech.accounts.registration import queries
from revivatech.accounts.secrets.password_rules import hash_new, known_of, require_length
from revivatech.accounts.sessions import service as sessions
from revivatech.accounts.sessions.queries import sign_in
from revivatech.accounts.two_factor.reauthentication import ProofNeeded, prove
from revivatech.db import Database
from revivatech.kit.actor import CustomerActor
from revivatech.kit.errors import FieldError, NotSignedIn
from revivatech.realtime.contracts import CustomerChanged
from revivatech.settings import Settings


async def change(
    db: Database, settings: Settings, actor: CustomerActor, current: str, password: str, client: Client
) -> None:
    """Give the account that password; every other session and every link of it ends, its owner is told (R3).

    Raises ProofNeeded (403, names `currentPassword`), TooManyFailures, InvalidInput, PasswordBlocklisted.
    """
    try:
        await prove(db, settings, "customer", actor.id, password=current, address=client.address)
    except ProofNeeded as refusal:
        # The form has two passwords, and it is this one that was wrong.
        raise ProofNeeded(refusal.detail, errors=[FieldError("currentPassword", refusal.detail)]) from None
    async with db.read() as reader:
        seen = await queries.read(reader, actor.id)
    if seen is None:
        raise NotSignedIn("The account is gone.")
    known = await known_of(db, seen.email, seen.first_name, seen.last_name)
    password_hash = await hash_new(password, known, two_factor=seen.two_factor_enabled)
    async with db.transaction() as tx:
        account = await queries.by_id(tx, actor.id)
        if account is None or account.is_disabled:
            raise NotSignedIn("The account is gone.")
        require_length(password, two_factor=account.two_factor_enabled)
        await sign_in.give_password(tx, "customer", account.id, password_hash)
        await queries.forget_registration(tx, account.id)
        await sessions.end_others(tx, "customer", account.id, actor.session_id, "password")
        await links.end(tx, "customer", account.id, *OPENING)
        if account.email is not None:
            await notices.post(
                tx, "customer", account.id, "password_changed", account.email, address=client.address or ""
            )
        await note(tx, account.id, "password_changed", client)
        tx.note(CustomerChanged(account.id))
