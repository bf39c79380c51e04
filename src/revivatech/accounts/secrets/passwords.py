"""Passwords: Argon2id in threads of its own, so that hashing never holds up a request that needs none."""

import asyncio
import unicodedata
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache, partial
from typing import Any, ParamSpec, TypeVar

from pwdlib import PasswordHash
from pwdlib.exceptions import PwdlibError
from pwdlib.hashers.argon2 import Argon2Hasher
from pwdlib.hashers.bcrypt import BcryptHasher

from revivatech.kit.errors import FieldError, InvalidInput, Unavailable
from revivatech.kit.structs import Value

P = ParamSpec("P")
T = TypeVar("T")

DEMO_PASSWORD = "Nordic-Light-2026"  # noqa: S105 - public on purpose, and refused in production
SHORTEST = 15
LONGEST = 1024
BCRYPT_READS = 72
THREADS = 2
# Each takes some 25 ms of one core: whoever waits behind more than these is better told to come again.
MOST_WAITING = 100
# Strangers leave the rest of the queue to those who are known: their own browsers and sessions, new passwords.
MOST_STRANGERS_WAITING = 60

# OWASP's choice for Argon2id: 19 MiB, so that two at once stay well within a small machine's memory.
_hasher = PasswordHash((Argon2Hasher(memory_cost=19 * 1024, time_cost=2, parallelism=1), BcryptHasher()))
_threads = ThreadPoolExecutor(THREADS, thread_name_prefix="passwords")
# What was given to the threads and is not done.
_calls: set[Future[Any]] = set()


class Verdict(Value, frozen=True):
    """A verdict: whether the password is right, and a better hash where the kept one is of an older kind."""

    is_right: bool
    better_hash: str | None = None


async def hash_password(password: str, *, shortest: int = SHORTEST) -> str:
    """The Argon2id hash to keep. Raises InvalidInput for a password that is too short or too long.

    Which passwords are taken besides, `password_rules.hash_new` says.
    """
    if not shortest <= len(password) <= LONGEST:
        problem = f"A password has {shortest} to {LONGEST} characters."
        raise InvalidInput(problem, errors=[FieldError("password", problem)])
    return await _in_thread(_hash, password)


async def check_password(password: str, kept_hash: str | None, *, may_wait_longer: bool = False) -> Verdict:
    """Return whether the password made that hash; without a hash it is wrong, and takes as long to find out.

    `may_wait_longer` is for people who are known, so that strangers who guess do not fill the queue for them. Raises
    Unavailable when too many wait already.
    """
    if not may_wait_longer and _waiting() >= MOST_STRANGERS_WAITING:
        raise Unavailable
    return await _in_thread(_check, password, kept_hash)


def _hash(password: str) -> str:
    return _hasher.hash(_bytes(password))


def _check(password: str, kept_hash: str | None) -> Verdict:
    raw = _bytes(password)
    if kept_hash is None:
        _hasher.verify(raw, _nobodys_hash())
        return Verdict(is_right=False)
    if kept_hash.startswith("$2"):
        return _check_bcrypt(password, kept_hash)
    try:
        is_right, better = _hasher.verify_and_update(raw, kept_hash)
    except PwdlibError:
        return Verdict(is_right=False)
    return Verdict(is_right, better)


def _check_bcrypt(password: str, kept_hash: str) -> Verdict:
    """Bcrypt never read more than 72 bytes, so the older system did not either; the new hash holds all of them."""
    raw = _encode(password)
    try:
        is_right = _hasher.verify(raw[:BCRYPT_READS], kept_hash)
    except (PwdlibError, ValueError):
        return Verdict(is_right=False)
    return Verdict(is_right, _hash(password) if is_right else None)


@cache
def _nobodys_hash() -> str:
    return _hasher.hash("the password of nobody at all")


def _bytes(password: str) -> bytes:
    """The password as it is hashed: each keyboard's way to write a letter is the same (NIST SP 800-63B-4, 3.1.1.2)."""
    return _encode(unicodedata.normalize("NFKC", password))


def _encode(password: str) -> bytes:
    """A form may hold what has no UTF-8; it is a wrong password then, not a fault."""
    return password.encode(errors="surrogatepass")


def _waiting() -> int:
    """Return how many calls wait for a thread."""
    return max(0, len(_calls) - THREADS)


async def _in_thread(function: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
    """Run the function in one of the threads. Raises Unavailable when the queue is long already."""
    if _waiting() >= MOST_WAITING:
        raise Unavailable
    call = _threads.submit(partial(function, *arguments, **named))
    # Whoever asked may have gone: the call counts until it is done.
    _calls.add(call)
    call.add_done_callback(_calls.discard)
    return await asyncio.wrap_future(call)
