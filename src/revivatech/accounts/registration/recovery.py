"""A forgotten password: a link by mail, with which its owner sets a new one."""

from revivatech.accounts.activity.service import note
from revivatech.accounts.contracts import Client
from revivatech.accounts.emails.links import service as links
from revivatech.accounts.emails.links.service import OPENING, LinkOver
from revivatech.accounts.emails.notices import service as notices
from revivatech.accounts.registration import mailed_links, queries
from revivatech.accounts.secrets.password_rules import hash_new, known_of, require_length
from revivatech.accounts.sessions import service as sessions
from revivatech.accounts.sessions.known_devices import service as known
from revivatech.accounts.sessions.queries import sign_in
from revivatech.db import Database
from revivatech.realtime.contracts import CustomerChanged
from revivatech.settings import Settings


async def reset(db: Database, settings: Settings, token: str, password: str, client: Client) -> None:
    """Give the account that password; every session of it ends, and nobody is signed in by it (R8).

    Raises LinkOver, InvalidInput, PasswordBlocklisted.
    """
    seen = await mailed_links.look(db, settings, "reset_password", token)
    words = await known_of(db, seen.email, seen.first_name, seen.last_name)
    password_hash = await hash_new(password, words, two_factor=seen.two_factor_enabled)
    async with db.transaction() as tx:
        link, account = await mailed_links.take(tx, settings, "reset_password", token)
        # Who reads the mail has proven the address with it.
        if not await queries.verify(tx, account.id, link.email):
            raise LinkOver
        require_length(password, two_factor=account.two_factor_enabled)
        await sign_in.give_password(tx, "customer", account.id, password_hash)
        await queries.forget_registration(tx, account.id)
        await sessions.end_all(tx, "customer", account.id, "password")
        await links.end(tx, "customer", account.id, "verify_email", *OPENING)
        await known.trust(tx, "customer", account.id, client)
        await notices.post(tx, "customer", account.id, "password_changed", link.email, address=client.address or "")
        await note(tx, account.id, "password_reset", client)
        tx.note(CustomerChanged(account.id))
