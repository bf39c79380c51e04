"""The challenges that passkeys sign: made without keeping anything, good for five minutes and for one answer.

A challenge is signed by us and says until when it holds and what for; so nobody fills a table by asking for many.
"""

import hashlib
import hmac
import os
import struct
import time
from typing import Literal

from revivatech.accounts.contracts import Realm
from revivatech.accounts.secrets.keys import Key, keyring
from revivatech.accounts.secrets.queries import spend_challenge
from revivatech.db import Transaction
from revivatech.settings import Settings

# Adding a passkey, signing in with one, giving one as the second factor.
Purpose = Literal["register", "sign_in", "second_step"]

SECONDS = 5 * 60
NONCE_BYTES = 16
END = struct.Struct(">Q")
PROOF_BYTES = 32
LENGTH = NONCE_BYTES + END.size + PROOF_BYTES


def make(settings: Settings, realm: Realm, purpose: Purpose, subject: str) -> bytes:
    """A fresh challenge for that purpose and whom or what it concerns."""
    body = os.urandom(NONCE_BYTES) + END.pack(int(time.time()) + SECONDS)
    return body + _proof(keyring(settings.secret_key, "passkey challenge").first, realm, purpose, subject, body)


def holds(settings: Settings, realm: Realm, purpose: Purpose, subject: str, challenge: bytes) -> bool:
    """Return whether we made this challenge for that, and not too long ago."""
    if len(challenge) != LENGTH:
        return False
    body, proof = challenge[:-PROOF_BYTES], challenge[-PROOF_BYTES:]
    (end,) = END.unpack(body[NONCE_BYTES:])
    keys = keyring(settings.secret_key, "passkey challenge").keys
    is_ours = any(hmac.compare_digest(proof, _proof(key, realm, purpose, subject, body)) for key in keys)
    return is_ours and end > time.time()


async def spend(tx: Transaction, challenge: bytes) -> bool:
    """Return whether this is the first answer to the challenge."""
    # Kept a little longer than the challenge holds, whichever clock is ahead.
    return await spend_challenge(tx, hashlib.sha256(challenge).digest(), 2 * SECONDS)


def _proof(key: Key, realm: Realm, purpose: Purpose, subject: str, body: bytes) -> bytes:
    return hmac.digest(key.value, f"{realm} {purpose} {subject} ".encode() + body, "sha256")
