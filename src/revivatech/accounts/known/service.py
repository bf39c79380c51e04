"""Knowing a device again, and telling the owner of one that was not seen before."""

import hashlib
import secrets
from uuid import UUID

from revivatech.accounts.contracts import Client, Realm
from revivatech.accounts.devices import device_name
from revivatech.accounts.known import queries
from revivatech.accounts.notices import service as notices
from revivatech.accounts.throttle import network
from revivatech.db import Transaction

# As long as browsers keep a cookie at most.
COOKIE_SECONDS = 400 * 86_400
REMEMBERED_DAYS = 90
COOKIE_LENGTH = 43


def new_device() -> str:
    """An unguessable name for a browser's cookie."""
    return secrets.token_urlsafe(32)


async def note(
    tx: Transaction, realm: Realm, owner_id: UUID, email: str | None, client: Client, *, is_browser: bool
) -> None:
    """Remember the device; where it was not seen in the last 90 days, tell the owner, but not of the very first one.

    A browser is known by the cookie `client.device`, a program by its name and its network.
    """
    seen = await queries.see(tx, realm, owner_id, _fingerprint(client, is_browser=is_browser), REMEMBERED_DAYS)
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


def _fingerprint(client: Client, *, is_browser: bool) -> bytes:
    if is_browser:
        return hashlib.sha256(f"browser {client.device}".encode()).digest()
    return hashlib.sha256(f"client {network(client.address)} {client.user_agent}".encode()).digest()
