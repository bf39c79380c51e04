"""Signing in by a link in a mail: one factor, as a password is."""

from revivatech.accounts.contracts import Client
from revivatech.accounts.emails.links.service import LinkOver
from revivatech.accounts.registration import mailed_links, queries
from revivatech.accounts.registration.contracts import SignInLinksOff
from revivatech.accounts.secrets.access_tokens import AccessTokens
from revivatech.accounts.secrets.credentials import Presented
from revivatech.accounts.sessions.known_devices import service as known
from revivatech.accounts.sessions.start_session import (
    ClientArrival,
    SignInResult,
    arrive_browser,
    arrive_client,
)
from revivatech.db import Database, Transaction
from revivatech.realtime.contracts import CustomerChanged
from revivatech.settings import Settings


async def enter(
    db: Database, settings: Settings, token: str, client: Client, presented: Presented | None
) -> SignInResult:
    """A browser's session, or what waits for the second factor. Raises LinkOver, SignInLinksOff, WrongPassword."""
    async with db.transaction() as tx:
        account = await _take(tx, settings, token)
        arrival = await arrive_browser(tx, settings, "customer", account.id, client, presented)
        await known.trust(tx, "customer", account.id, client)
        return arrival


async def enter_client(
    db: Database, settings: Settings, access: AccessTokens, token: str, client: Client
) -> ClientArrival:
    """A program's session, or what waits for the second factor. Raises LinkOver, SignInLinksOff, WrongPassword."""
    async with db.transaction() as tx:
        account = await _take(tx, settings, token)
        return await arrive_client(tx, settings, access, "customer", account.id, client)


async def _take(tx: Transaction, settings: Settings, token: str) -> queries.Joined:
    if not settings.sign_in_links:
        raise SignInLinksOff
    link, account = await mailed_links.take(tx, settings, "sign_in", token)
    # A password that a stranger may have set for an address nobody had confirmed must not become good by this.
    if account.has_password and not account.is_verified:
        raise LinkOver
    if not await queries.verify(tx, account.id, link.email):
        raise LinkOver
    if not account.is_verified:
        tx.note(CustomerChanged(account.id))
    return account
