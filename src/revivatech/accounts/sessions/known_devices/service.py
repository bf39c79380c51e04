"""Knowing a device again, and telling the owner of one that was not seen before."""

import secrets
from uuid import UUID

from revivatech.accounts.contracts import Client, Realm
from revivatech.accounts.emails.notices import service as notices
from revivatech.accounts.secrets.user_agents import device_name
from revivatech.accounts.sessions.known_devices import queries
from revivatech.accounts.sessions.known_devices.fingerprints import REMEMBERED_DAYS, of_browser, of_program
from revivatech.db import Reader, Transaction
from revivatech.kit.network import network_of

# As long as browsers keep a cookie at most.
COOKIE_SECONDS = 400 * 86_400


def new_device() -> str:
    """An unguessable name for a browser's cookie."""
    return secrets.token_urlsafe(32)


async def trust(tx: Transaction, realm: Realm, owner_id: UUID, client: Client) -> None:
    """Know this browser from now on: its user has just read the account's mail.

    What strangers do at the sign-in then no longer keeps them out (`throttle`). Not for programs, which have no cookie.
    """
    if client.device is not None:
        await queries.see(tx, realm, owner_id, of_browser(client.device), REMEMBERED_DAYS)


async def fingerprint_of(reader: Reader, realm: Realm, owner_id: UUID, client: Client) -> bytes | None:
    """Return the browser's fingerprint where the account knows it, None for a stranger's and for programs."""
    if client.device is None:
        return None
    fingerprint = of_browser(client.device)
    is_known = await queries.has_owner(reader, realm, owner_id, fingerprint, REMEMBERED_DAYS)
    return fingerprint if is_known else None


async def note(
    tx: Transaction, realm: Realm, owner_id: UUID, email: str | None, client: Client, *, is_browser: bool
) -> None:
    """Remember the device; where it was not seen in the last 90 days, tell the owner, but not of the very first one.

    A browser is known by the cookie `client.device`, a program by its name and its network.
    """
    fingerprint = of_browser(client.device) if is_browser else of_program(client, network_of(client.address or ""))
    seen = await queries.see(tx, realm, owner_id, fingerprint, REMEMBERED_DAYS)
    if seen.is_known or not seen.has_any or email is None:
        return
    await notices.post(
        tx,
        realm,
        owner_id,
        "new_device",
        email,
        device=device_name(client.user_agent or ""),
        address=client.address or "",
    )
