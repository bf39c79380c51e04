"""Limits on failed sign-ins and on requests that anyone may make, counted in PostgreSQL before the work is done.

Three kinds of limit (docs/adr/0004): of one account and of one network, which refuse; and of everyone together, which
asks strangers for a proof of work and refuses nobody. A browser that the account knows has counters of its own, so no
stranger shuts its owner out.
"""

import hmac
import ipaddress
from collections.abc import Sequence
from uuid import UUID

import structlog

from revivatech.accounts.contracts import Client, ProofOfWorkNeeded, Realm, TooManyFailures
from revivatech.accounts.secrets import proof_of_work
from revivatech.accounts.secrets.keys import keyring
from revivatech.accounts.sessions.known_devices import queries as known
from revivatech.accounts.sessions.known_devices.fingerprints import REMEMBERED_DAYS, of_browser
from revivatech.accounts.sessions.queries import failures
from revivatech.db import Database, Reader, Transaction
from revivatech.kit.errors import TooMany
from revivatech.kit.network import network_of
from revivatech.kit.structs import Value
from revivatech.settings import Settings
from revivatech.web.metrics import LOGINS

log = structlog.get_logger(__name__)

WINDOW_SECONDS = 15 * 60
MOST_OF_ACCOUNT = 5
MOST_OF_ADDRESS = 20
# Within sessions: as much as twenty accounts may do, so that a few neighbours with accounts do not stop everyone else.
MOST_PROOFS_OF_ADDRESS = 100
# Everyone together, each realm by itself: someone who tries stolen passwords from many networks at many accounts
# reaches no other limit. Beyond it a stranger's sign-in needs a proof of work.
MOST_OF_ALL: dict[Realm, int] = {"customer": 1000, "staff": 200}
# A subscriber has an IPv6 /64 at least, many have a /56 and companies a /48: each wider network may have three times as
# many failures as the one inside it, so that a few neighbours do not use up each other's share.
IPV6_PREFIXES = ((64, 1), (56, 3), (48, 9))
# Of a request that anyone may make: beyond a network's free share each needs a proof of work, beyond so many times the
# share the network waits.
MOST_WITH_PROOF = 10


class Attempt(Value, frozen=True):
    """A sign-in that counts as failed until it has succeeded; `is_known`: from a browser that the account knows."""

    reservations: tuple[failures.Reservation, ...]
    is_known: bool = False


async def begin(
    db: Database, settings: Settings, realm: Realm, emails: Sequence[str], client: Client, proof: str = ""
) -> Attempt:
    """Count an attempt as failed in advance, so that a burst cannot slip through while passwords are checked.

    `emails` are the forms of one address, of which the first is counted. Raises TooManyFailures where the account or
    the network has none left, ProofOfWorkNeeded where everyone together has
    used up the shared limit and `proof` does not answer a challenge. Either way nothing was counted.
    """
    email = emails[0]
    async with db.transaction() as tx:
        if own := await _of_known_browser(tx, settings, realm, emails, client):
            return Attempt(await _reserve(tx, settings, realm, {own: MOST_OF_ACCOUNT}), is_known=True)
        shared = _key(settings, _everyone(realm))
        limits = {_key(settings, f"{realm} account {email}"): MOST_OF_ACCOUNT}
        for where, share in networks(client.address):
            limits[_key(settings, f"{realm} address {where}")] = MOST_OF_ADDRESS * share
        return Attempt(await _reserve(tx, settings, realm, limits, shared=shared, email=email, proof=proof))


async def begin_proof(db: Database, settings: Settings, realm: Realm, owner_id: UUID, address: str | None) -> Attempt:
    """Count a password that is given within a session in advance, too.

    With counters of its own: strangers, who have no session, cannot fill them. Raises TooManyFailures.
    """
    limits = {_key(settings, f"{realm} proof {owner_id}"): MOST_OF_ACCOUNT}
    for where, share in networks(address):
        limits[_key(settings, f"proofs from {where}")] = MOST_PROOFS_OF_ADDRESS * share
    async with db.transaction() as tx:
        return Attempt(await _reserve(tx, settings, realm, limits), is_known=True)


async def succeeded(tx: Transaction, attempt: Attempt) -> None:
    """Take back what this attempt reserved, and no other failure."""
    await failures.give_back(tx, attempt.reservations)


async def asks_for_proof(reader: Reader, settings: Settings, realm: Realm) -> bool:
    """Return whether a stranger's sign-in needs a proof of work at the moment."""
    return await _failures_of_all(reader, settings, realm) >= MOST_OF_ALL[realm]


async def level(reader: Reader, settings: Settings, realm: Realm) -> int:
    """Return how hard a challenge of that realm should be now (`proof_of_work.level_of`)."""
    return proof_of_work.level_of(await _failures_of_all(reader, settings, realm), MOST_OF_ALL[realm])


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


class OpenLimit(Value, frozen=True):
    """The number of requests a network may make in the window before each needs a proof of work.

    `most_of_email`: how many there may be for one address, wherever they come from; None where that is not counted.
    """

    name: str
    most: int
    seconds: int
    most_of_email: int | None = None


async def count_open(
    db: Database, settings: Settings, realm: Realm, limit: OpenLimit, client: Client, *, email: str, proof: str
) -> None:
    """Count a request that anyone may make for the networks it comes from: `limit.most` in the window are free.

    Beyond that it needs a proof of work for `email`, so that neighbours behind one address do not shut each other out,
    nor strangers the owner of an email address. Raises ProofOfWorkNeeded, and TooMany for a network with
    `MOST_WITH_PROOF` times as many; then nothing was counted.
    """
    shares = {
        _key(settings, f"count {limit.name} {where}"): limit.most * share for where, share in networks(client.address)
    }
    networks_only = frozenset(shares)
    if limit.most_of_email is not None:
        shares[_key(settings, f"count {limit.name} {email}")] = limit.most_of_email
    async with db.transaction() as tx:
        counters = await failures.reserve(tx, list(shares), limit.seconds)
        used = [counter for counter in counters if counter.failures > shares[counter.key]]
        if not used:
            return
        log.warning("limited", what=limit.name)
        last = max(used, key=lambda counter: counter.seconds_left)
        free = shares[last.key]
        if any(one.key in networks_only and one.failures > shares[one.key] * MOST_WITH_PROOF for one in used):
            raise TooMany("Too many requests. Please try again later.", limit=free, retry_after=last.seconds_left)
        if not await proof_of_work.spend(tx, settings, realm, email, proof):
            challenge = proof_of_work.new_challenge(settings, realm, email)
            raise ProofOfWorkNeeded(challenge, limit=free, retry_after=last.seconds_left)


def networks(address: str | None) -> Sequence[tuple[str, int]]:
    """Return the networks that the address counts for, the narrowest first, each with its share of a limit.

    An IPv4 address counts for itself, an IPv6 address for its /64, /56 and /48 (R11).
    """
    narrowest = network_of(address or "")
    try:
        inner = ipaddress.IPv6Network(narrowest)
    except ValueError:
        return [(narrowest, 1)]
    return [(str(inner.supernet(new_prefix=prefix)), share) for prefix, share in IPV6_PREFIXES]


# ------------------------------------------------------------------ counters


async def _of_known_browser(
    tx: Transaction, settings: Settings, realm: Realm, emails: Sequence[str], client: Client
) -> bytes | None:
    """Return the key of the browser's own counter, None where the account does not know the browser."""
    if client.device is None:
        return None
    fingerprint = of_browser(client.device)
    if not await known.has(tx, realm, emails, fingerprint, REMEMBERED_DAYS):
        return None
    return _key(settings, f"{realm} account {emails[0]} device {fingerprint.hex()}")


async def _reserve(
    tx: Transaction,
    settings: Settings,
    realm: Realm,
    limits: dict[bytes, int],
    *,
    shared: bytes | None = None,
    email: str = "",
    proof: str = "",
) -> tuple[failures.Reservation, ...]:
    """Return the counters with this attempt. Leaving the transaction by what this raises takes the attempt back."""
    reservations = await failures.reserve(tx, [*limits, *([shared] if shared else [])], WINDOW_SECONDS)
    reached = [counter for counter in reservations if counter.key in limits and counter.failures > limits[counter.key]]
    if reached:
        LOGINS.labels("limited").inc()
        last = max(reached, key=lambda counter: counter.seconds_left)
        log.warning("sign_ins_limited", realm=realm, most=limits[last.key])
        raise TooManyFailures(
            "Too many failed sign-ins. Please try again later.", limit=limits[last.key], retry_after=last.seconds_left
        )
    for counter in reservations:
        if counter.key == shared and counter.failures > MOST_OF_ALL[realm]:
            await _require_proof(tx, settings, realm, email, proof, counter)
    return tuple(reservations)


async def _require_proof(
    tx: Transaction, settings: Settings, realm: Realm, email: str, proof: str, counter: failures.Reservation
) -> None:
    if await proof_of_work.spend(tx, settings, realm, email, proof):
        return
    LOGINS.labels("challenged").inc()
    limit = MOST_OF_ALL[realm]
    log.warning("sign_ins_challenged", realm=realm, most=limit)
    challenge = proof_of_work.new_challenge(settings, realm, email, proof_of_work.level_of(counter.failures, limit))
    raise ProofOfWorkNeeded(challenge, limit=limit, retry_after=counter.seconds_left)


async def _failures_of_all(reader: Reader, settings: Settings, realm: Realm) -> int:
    return await failures.current(reader, _key(settings, _everyone(realm)), WINDOW_SECONDS)


def _everyone(realm: Realm) -> str:
    return f"{realm} everybody"


def _key(settings: Settings, subject: str) -> bytes:
    """Return the counter's key: a keyed digest, so that the table names nobody even to those who guess addresses."""
    return hmac.digest(keyring(settings.secret_key, "sign-in throttle").first.value, subject.encode(), "sha256")
