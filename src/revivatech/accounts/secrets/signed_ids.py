"""Texts that stand for a row: its id, and 32 bytes that prove that we have written it.

The proof is derived from the shop's secret, so that neither a copy of the database nor a job's arguments open anything
(R26). It is made for one use, `about`, so that one kind of text never passes for another (R18).
"""

import base64
import binascii
import hmac
from uuid import UUID

from revivatech.accounts.secrets.keys import Key, keyring
from revivatech.settings import Settings

RAW_BYTES = 48
LENGTH = 64


def seal(settings: Settings, purpose: str, about: str, row_id: UUID) -> str:
    """The 64 URL-safe characters that stand for the row."""
    proof = _proof(keyring(settings.secret_key, purpose).first, about, row_id)
    return base64.urlsafe_b64encode(row_id.bytes + proof).decode()


def unseal(settings: Settings, purpose: str, about: str, text: str) -> UUID | None:
    """The id of the row, None where we have never written that text for this use."""
    if len(text) != LENGTH:
        return None
    try:
        raw = base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(raw) != RAW_BYTES:
        return None
    row_id = UUID(bytes=raw[:16])
    keys = keyring(settings.secret_key, purpose).keys
    return row_id if any(hmac.compare_digest(raw[16:], _proof(key, about, row_id)) for key in keys) else None


def _proof(key: Key, about: str, row_id: UUID) -> bytes:
    return hmac.digest(key.value, about.encode() + row_id.bytes, "sha256")
