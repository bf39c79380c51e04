"""The short-lived token of a sign-in whose first factor was proven.

Its text is derived from the id of its row with the shop's secret, so that a copy of the database opens nothing (R26).
It names its realm, and is none of the other kinds of token (R18, R36).
"""

import base64
import binascii
import hmac
from uuid import UUID

from revivatech.accounts.contracts import Realm
from revivatech.accounts.keys import Key, keyring
from revivatech.settings import Settings

# The id, and 32 bytes that prove it.
RAW_BYTES = 48
LENGTH = 64


def text_of(settings: Settings, realm: Realm, pending_id: UUID) -> str:
    """The 64 URL-safe characters that stand for the waiting sign-in."""
    proof = _proof(keyring(settings.secret_key, "pending sign-in").first, realm, pending_id)
    return base64.urlsafe_b64encode(pending_id.bytes + proof).decode()


def read(settings: Settings, realm: Realm, text: str) -> UUID | None:
    """The id that the text stands for, None where we never made it."""
    if len(text) != LENGTH:
        return None
    try:
        raw = base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(raw) != RAW_BYTES:
        return None
    pending_id = UUID(bytes=raw[:16])
    keys = keyring(settings.secret_key, "pending sign-in").keys
    return pending_id if any(hmac.compare_digest(raw[16:], _proof(key, realm, pending_id)) for key in keys) else None


def _proof(key: Key, realm: Realm, pending_id: UUID) -> bytes:
    return hmac.digest(key.value, f"{realm} ".encode() + pending_id.bytes, "sha256")
