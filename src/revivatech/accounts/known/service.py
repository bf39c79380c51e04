"""Knowing a device again, and telling the owner of one that was not seen before."""

import secrets
from uuid import UUID

from revivatech.accounts.contracts import Client, Realm
from revivatech.accounts.devices import device_name
from revivatech.accounts.known import queries
from revivatech.accounts.known.fingerprints import REMEMBERED_DAYS, of_browser, of_program
from revivatech.accounts.notices import service as notices
from revivatech.accounts.throttle import network
from revivatech.db import Transaction

# As long as browsers keep a cookie at most.
COOKIE_SECONDS = 400 * 86_400


def new_device() -> str:
    """An unguessable name for a browser's cookie."""
    return secrets.token_urlsafe(32)


async def note(
    tx: Transaction, realm: Realm, owner_id: UUID, email: str | None, client: Client, *, is_browser: bool
) -> None:
    """Remember the device; where it was not seen in the last 90 days, tell the owner, but not of the very first one.

    A browser is known by the cookie `client.device`, a program by its name and its network.
    """
    fingerprint = of_browser(client.device) if is_browser else of_program(client, network(client.address))
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
