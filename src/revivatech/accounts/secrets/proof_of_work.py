"""Proof of work: a few seconds of a browser's time, asked of sign-ins while strangers use up a shared limit.

A challenge is signed, not stored: a random nonce, its end, its level, and a tag that binds all of it to the realm and
the email address. The client looks for the one number below `most` whose SHA-256 together with the token is `target`;
the server derives that number from its own key, so checking a proof costs two HMACs. The search has an end, so a page
can show how far it is. Each proof is good for one request; the token's hash is kept until the challenge has expired.
"""

import base64
import binascii
import hashlib
import hmac
import os
import struct
import time
from datetime import UTC, datetime

from revivatech.accounts.contracts import Realm
from revivatech.accounts.secrets.keys import Key, keyring
from revivatech.accounts.secrets.queries import spend_challenge
from revivatech.db import Transaction
from revivatech.kit.challenge import PowChallenge
from revivatech.settings import Settings

LIFE_SECONDS = 5 * 60
# 131,072 tries at most, half of that on average: about a second on a laptop, several on a phone.
BASE_BITS = 17
# Each doubling of the failures over the limit doubles the work, up to eight times the base.
MOST_LEVEL = 3
LONGEST_PROOF = 160

NONCE_BYTES = 16
TAG_BYTES = 32
BODY = struct.Struct(f">{NONCE_BYTES}sQB")


def level_of(failures: int, limit: int) -> int:
    """Return the level for that many failures: 0 up to twice the limit, then one more for each doubling."""
    return min(MOST_LEVEL, max(0, (failures // max(1, limit)).bit_length() - 1))


def new_challenge(settings: Settings, realm: Realm, email: str, level: int = 0) -> PowChallenge:
    """Return a fresh challenge for that realm and address, which is in its normal form."""
    expires_at = int(time.time()) + LIFE_SECONDS
    body = BODY.pack(os.urandom(NONCE_BYTES), expires_at, level)
    key = keyring(settings.secret_key, "proof of work").first
    token = base64.urlsafe_b64encode(body + _tag(key, realm, email, body)).rstrip(b"=").decode()
    return PowChallenge(
        algorithm="SHA-256",
        token=token,
        target=hash_of(token, _answer(key, realm, email, body, level)),
        most=_most(level),
        expires_at=datetime.fromtimestamp(expires_at, UTC),
    )


def hash_of(token: str, number: int) -> str:
    """Return the SHA-256 that a client compares with the target, in hex."""
    return hashlib.sha256(f"{token}.{number}".encode()).hexdigest()


def is_right(settings: Settings, realm: Realm, email: str, proof: str) -> bool:
    """Return whether `proof` (`token.number`) answers a challenge of ours for that realm and address, in time."""
    token, _, number = proof.partition(".")
    if len(proof) > LONGEST_PROOF or not (number.isascii() and number.isdigit()):
        return False
    try:
        raw = base64.urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
    except (binascii.Error, ValueError):
        return False
    # One text for one challenge: the decoder ignores what is no base64, and the hash that marks it as used would not.
    if len(raw) != BODY.size + TAG_BYTES or base64.urlsafe_b64encode(raw).rstrip(b"=").decode() != token:
        return False
    body, tag = raw[: BODY.size], raw[BODY.size :]
    _, expires_at, level = BODY.unpack(body)
    key = next(
        (
            one
            for one in keyring(settings.secret_key, "proof of work").keys
            if hmac.compare_digest(tag, _tag(one, realm, email, body))
        ),
        None,
    )
    return key is not None and expires_at > time.time() and int(number) == _answer(key, realm, email, body, level)


async def spend(tx: Transaction, settings: Settings, realm: Realm, email: str, proof: str) -> bool:
    """Return whether the proof is right and was not used before; it is used by that once the transaction commits."""
    if not is_right(settings, realm, email, proof):
        return False
    token = proof.partition(".")[0]
    # Kept a little longer than the challenge lives, whichever clock is ahead.
    return await spend_challenge(tx, hashlib.sha256(token.encode()).digest(), 2 * LIFE_SECONDS)


def _most(level: int) -> int:
    return 1 << (BASE_BITS + level)


def _answer(key: Key, realm: Realm, email: str, body: bytes, level: int) -> int:
    digest = hmac.digest(key.value, f"answer {realm} {email} ".encode() + body, "sha256")
    return int.from_bytes(digest[:8]) % _most(level)


def _tag(key: Key, realm: Realm, email: str, body: bytes) -> bytes:
    return hmac.digest(key.value, f"challenge {realm} {email} ".encode() + body, "sha256")
