"""How often a sign-in may fail, and how often anything else may be asked: counted in PostgreSQL beforehand."""

import hmac
import ipaddress

import structlog

from revivatech.accounts.contracts import Realm, TooManyFailures
from revivatech.accounts.keys import keyring
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
# Whoever has one IPv6 address has all of its /64.
IPV6_PREFIX = 64


class Attempt(Value, frozen=True):
    """A sign-in that counts as failed until it has succeeded."""

    reservations: tuple[failures.Reservation, ...]


async def begin(db: Database, settings: Settings, realm: Realm, email: str, address: str | None) -> Attempt:
    """Count an attempt as failed in advance, so that a burst cannot slip through while passwords are checked.

    Raises TooManyFailures; then nothing was counted, and waiting for the window's end is enough.
    """
    limits = {
        _key(settings, f"{realm} account {email}"): MOST_OF_ACCOUNT,
        _key(settings, f"address {network(address)}"): MOST_OF_ADDRESS,
    }
    async with db.transaction() as tx:
        reservations = await failures.reserve(tx, list(limits), WINDOW_SECONDS)
        reached = [counter for counter in reservations if counter.failures > limits[counter.key]]
        if reached:
            LOGINS.labels("limited").inc()
            log.warning("sign_ins_limited", realm=realm)
            last = max(reached, key=lambda counter: counter.seconds_left)
            # Leaving the block by an exception takes the reservations back.
            raise TooManyFailures(
                "Too many failed sign-ins. Please try again later.",
                limit=limits[last.key],
                retry_after=last.seconds_left,
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
