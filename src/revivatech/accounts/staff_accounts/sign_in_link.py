"""Signing in by an emailed link, for colleagues: one factor, as a password is; a second factor is still asked."""

from uuid import UUID

from revivatech.accounts.contracts import Client
from revivatech.accounts.emails.links import service as links
from revivatech.accounts.emails.links.service import LinkOver
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
from revivatech.accounts.staff_accounts.queries import accounts
from revivatech.db import Database, Transaction
from revivatech.settings import Settings


async def look(db: Database, settings: Settings, text: str) -> None:
    """Return while the link works; it is left as it is. Raises LinkOver."""
    async with db.read() as reader:
        link = await links.look(reader, settings, "staff", "sign_in", text)
        member = await accounts.member(reader, link.owner_id) if link else None
    if member is None or member.is_disabled or not member.has_joined:
        raise LinkOver


async def enter(
    db: Database, settings: Settings, text: str, client: Client, presented: Presented | None
) -> SignInResult:
    """Return a browser's session, or what waits for the second factor.

    Raises LinkOver, SignInLinksOff, WrongPassword.
    """
    async with db.transaction() as tx:
        user_id = await _take(tx, settings, text)
        arrival = await arrive_browser(tx, settings, "staff", user_id, client, presented)
        await known.trust(tx, "staff", user_id, client)
        return arrival


async def enter_client(
    db: Database, settings: Settings, access: AccessTokens, text: str, client: Client
) -> ClientArrival:
    """Return a program's session, or what waits for the second factor.

    Raises LinkOver, SignInLinksOff, WrongPassword.
    """
    async with db.transaction() as tx:
        return await arrive_client(tx, settings, access, "staff", await _take(tx, settings, text), client)


async def _take(tx: Transaction, settings: Settings, text: str) -> UUID:
    """Return whose link it was; it is spent, the account locked before it as everywhere. Raises LinkOver."""
    if not settings.sign_in_links:
        raise SignInLinksOff
    link = await links.look(tx, settings, "staff", "sign_in", text)
    member = await accounts.lock(tx, link.owner_id) if link else None
    # Someone who has not joined chooses a password by their invitation first.
    if member is None or member.is_disabled or not member.has_joined:
        raise LinkOver
    await links.spend(tx, settings, "staff", "sign_in", text)
    return member.id
