"""Confirming the address that an account was registered with."""

from revivatech.accounts.activity.service import note
from revivatech.accounts.contracts import Client
from revivatech.accounts.emails.links import service as links
from revivatech.accounts.emails.links.service import OPENING, LinkOver
from revivatech.accounts.registration import mailed_links, queries
from revivatech.accounts.sessions import service as sessions
from revivatech.db import Database
from revivatech.realtime.contracts import CustomerChanged
from revivatech.settings import Settings


async def verify(db: Database, settings: Settings, token: str, client: Client) -> str | None:
    """Confirm the address. Nobody is signed in by it. Raises LinkOver.

    Where somebody registered once more, nobody knows whose password is whose, nor which mail was read: none holds from
    now on, and every session begun before ends. What comes back is the text of an invitation to choose one, which is
    mailed as well: of several who claimed the address, the one who reads its mail has the account.
    """
    chosen = None
    async with db.transaction() as tx:
        link, account = await mailed_links.take(tx, settings, "verify_email", token)
        if not await queries.verify(tx, account.id, link.email):
            raise LinkOver
        if await queries.apply_registration(tx, account.id):
            await sessions.end_all(tx, "customer", account.id, "password")
            await links.end(tx, "customer", account.id, *OPENING)
            chosen = await mailed_links.mail_invitation(tx, account.id, link.email)
        await note(tx, account.id, "email_confirmed", client)
        tx.note(CustomerChanged(account.id))
    return links.text_of(settings, "customer", "invitation", chosen) if chosen else None
