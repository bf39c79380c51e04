"""Limits on guessing a second factor, whoever guesses and by however many sign-ins (R34).

Counted in PostgreSQL before anything is compared, so that a burst evaluates no more than the limit. Each place has
counters of its own: someone who has stolen a password guesses at the sign-in from an unknown browser, and uses up
neither the owner's tries in a known browser and in a session, nor those of setting up an app.
"""

import hmac
from uuid import UUID

import structlog

from revivatech.accounts.contracts import Realm, TooManyFailures
from revivatech.accounts.secrets.keys import keyring
from revivatech.accounts.sessions.queries import failures
from revivatech.accounts.sessions.throttle import Attempt
from revivatech.db import Transaction
from revivatech.kit.structs import Value
from revivatech.settings import Settings
from revivatech.web.metrics import LOGINS

log = structlog.get_logger(__name__)

WINDOW_SECONDS = 15 * 60
MOST = 5
# Three codes are good at any time: 20 guesses a day leave a patient guesser some 2 % in a year.
DAY_SECONDS = 86_400
MOST_A_DAY = 20


class Place(Value, frozen=True):
    """The two counters of a place where a code is given."""

    soon: str
    daily: str


SIGN_IN = Place("second factor", "second factor a day")
SESSION = Place("second factor in a session", "second factor in sessions a day")
# An app that is being set up: its secret was shown in this session, so there is nothing to guess (C33).
SET_UP = Place("second factor being set up", "second factor being set up a day")


def known_browser(fingerprint: bytes) -> Place:
    """Return the place of a sign-in in a browser that the account knows; all of them share the tries of a day."""
    return Place(f"second factor device {fingerprint.hex()}", "second factor known devices a day")


async def begin(tx: Transaction, settings: Settings, realm: Realm, owner_id: UUID, place: Place = SIGN_IN) -> Attempt:
    """Count a guess as wrong in advance; the caller commits before it compares. Raises TooManyFailures."""
    soon, daily = (_key(settings, f"{realm} {name} {owner_id}") for name in (place.soon, place.daily))
    counters = [
        *((one, MOST) for one in await failures.reserve(tx, [soon], WINDOW_SECONDS)),
        *((one, MOST_A_DAY) for one in await failures.reserve(tx, [daily], DAY_SECONDS)),
    ]
    reached = [(counter, most) for counter, most in counters if counter.failures > most]
    if reached:
        LOGINS.labels("limited").inc()
        log.warning("second_factors_limited", realm=realm, account=str(owner_id))
        last, most = max(reached, key=lambda pair: pair[0].seconds_left)
        # Leaving the transaction by an exception takes the reservations back.
        raise TooManyFailures(
            "Too many wrong codes. Please try again later.", limit=most, retry_after=last.seconds_left
        )
    return Attempt(tuple(counter for counter, _ in counters))


async def right(tx: Transaction, attempt: Attempt) -> None:
    """Take back what this guess reserved, and no wrong one besides."""
    # One by one, in the order in which they were reserved, so that nobody waits in a circle.
    for reservation in attempt.reservations:
        await failures.give_back(tx, [reservation])


def _key(settings: Settings, subject: str) -> bytes:
    return hmac.digest(keyring(settings.secret_key, "sign-in throttle").first.value, subject.encode(), "sha256")
