"""How often a sign-in may fail, and how often anything else may be asked: counted in PostgreSQL beforehand."""

import hmac
import ipaddress
from uuid import UUID

import structlog

from revivatech.accounts.contracts import Client, Realm, TooManyFailures
from revivatech.accounts.keys import keyring
from revivatech.accounts.known import queries as known
from revivatech.accounts.known.fingerprints import REMEMBERED_DAYS, of_browser
from revivatech.accounts.queries import failures
from revivatech.db import Database, Transaction
from revivatech.kit.errors import TooMany
from revivatech.kit.structs import Value
from revivatech.settings import Settings
from revivatech.web.metrics import LOGINS

log = structlog.get_logger(__name__)

WINDOW_SECONDS = 15 * 60
MOST_OF_ACCOUNT = 5
MOST_OF_ADDRESS = 20
# Of everybody together: who tries stolen passwords from many addresses at many accounts reaches no other limit.
MOST_OF_ALL = 1000
# Whoever has one IPv6 address has all of its /64.
IPV6_PREFIX = 64


class Attempt(Value, frozen=True):
    """A sign-in that counts as failed until it has succeeded."""

    reservations: tuple[failures.Reservation, ...]


async def begin(db: Database, settings: Settings, realm: Realm, email: str, client: Client) -> Attempt:
    """Count an attempt as failed in advance, so that a burst cannot slip through while passwords are checked.

    A browser by whose cookie the account knows it has a counter of its own: strangers who guess from elsewhere do not
    lock the owner out. Raises TooManyFailures; then nothing was counted, and waiting for the window's end is enough.
    """
    async with db.transaction() as tx:
        return await _reserve(tx, realm, await _limits(tx, settings, realm, email, client))


async def begin_proof(db: Database, settings: Settings, realm: Realm, owner_id: UUID, address: str | None) -> Attempt:
    """Count a password that somebody gives within a session, in advance likewise.

    With counters of its own: strangers, who have no session, cannot fill them. Raises TooManyFailures.
    """
    limits = {
        _key(settings, f"{realm} proof {owner_id}"): MOST_OF_ACCOUNT,
        _key(settings, f"proofs from {network(address)}"): MOST_OF_ADDRESS,
    }
    async with db.transaction() as tx:
        return await _reserve(tx, realm, limits)


async def _limits(tx: Transaction, settings: Settings, realm: Realm, email: str, client: Client) -> dict[bytes, int]:
    """The counters of a sign-in, and how far each may go."""
    fingerprint = of_browser(client.device) if client.device is not None else None
    if fingerprint is not None and await known.has(tx, realm, email, fingerprint, REMEMBERED_DAYS):
        return {_key(settings, f"{realm} account {email} device {fingerprint.hex()}"): MOST_OF_ACCOUNT}
    return {
        _key(settings, f"{realm} account {email}"): MOST_OF_ACCOUNT,
        _key(settings, f"address {network(client.address)}"): MOST_OF_ADDRESS,
        _key(settings, "everybody"): MOST_OF_ALL,
    }


async def _reserve(tx: Transaction, realm: Realm, limits: dict[bytes, int]) -> Attempt:
    reservations = await failures.reserve(tx, list(limits), WINDOW_SECONDS)
    reached = [counter for counter in reservations if counter.failures > limits[counter.key]]
    if reached:
        LOGINS.labels("limited").inc()
        last = max(reached, key=lambda counter: counter.seconds_left)
        log.warning("sign_ins_limited", realm=realm, most=limits[last.key])
        # Leaving the transaction by an exception takes the reservations back.
        raise TooManyFailures(
            "Too many failed sign-ins. Please try again later.", limit=limits[last.key], retry_after=last.seconds_left
        )
    return Attempt(tuple(reservations))


async def succeeded(tx: Transaction, attempt: Attempt) -> None:
    """Take back what this attempt reserved, and no failure besides."""
    await failures.give_back(tx, attempt.reservations)


async def count(db: Database, settings: Settings, name: str, subject: str, *, most: int, seconds: int) -> None:
    """Count one more of what `name` calls, by or for `subject`, in a window that begins with the first one.

    Raises TooMany when that would be more than `most`; then it was not counted, and waiting for the window's end is
    enough. A window lasts a day at most. The subject is kept as a keyed digest: a network, an address, an account's id.
    """
    async with db.transaction() as tx:
        key = _key(settings, f"count {name} {subject}")
        counter = (await failures.reserve(tx, [key], seconds))[0]
        if counter.failures > most:
            log.warning("limited", what=name)
            # Leaving the block by an exception takes the count back.
            raise TooMany("Too many requests. Please try again later.", limit=most, retry_after=counter.seconds_left)


def _key(settings: Settings, subject: str) -> bytes:
    """The counter's name: keyed, so that the table names nobody even to whoever guesses addresses."""
    return hmac.digest(keyring(settings.secret_key, "sign-in throttle").first.value, subject.encode(), "sha256")


def network(address: str | None) -> str:
    """What one subscriber has of the network: an IPv4 address, an IPv6 /64, `unknown` for anything else."""
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, IPV6_PREFIX), strict=False))
    return str(parsed)
