"""The secrets that clients hold for long: a browser's session credential and a client's refresh token."""

import base64
import binascii
import hashlib
import hmac
import secrets
from uuid import UUID

from revivatech.accounts.secrets.keys import Key
from revivatech.kit.structs import Value

SECRET_BYTES = 32
CREDENTIAL_BYTES = 16 + 16 + SECRET_BYTES
CREDENTIAL_LENGTH = 86


class Presented(Value, frozen=True):
    """A credential as a browser showed it: whose and which session, and the hash that the session must bear."""

    owner_id: UUID
    session_id: UUID
    secret_hash: bytes


def new_secret() -> tuple[bytes, bytes]:
    """Fresh random bytes for a browser's session, and their hash, which is all that we keep."""
    secret = secrets.token_bytes(SECRET_BYTES)
    return secret, hashlib.sha256(secret).digest()


def write_credential(owner_id: UUID, session_id: UUID, secret: bytes) -> str:
    """The credential as the text of a cookie."""
    return base64.urlsafe_b64encode(owner_id.bytes + session_id.bytes + secret).rstrip(b"=").decode()


def read_credential(text: str | bytes) -> Presented | None:
    """Return what the cookie's text shows, None where it is no credential."""
    if len(text) != CREDENTIAL_LENGTH:
        return None
    try:
        letters = text if isinstance(text, bytes) else text.encode("ascii")
        raw = base64.b64decode(letters + b"==", altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(raw) != CREDENTIAL_BYTES:
        return None
    return Presented(UUID(bytes=raw[:16]), UUID(bytes=raw[16:32]), hashlib.sha256(raw[32:]).digest())


def successor(key: Key, refresh_token: str) -> str:
    """The refresh token that follows this one.

    It is derived, not drawn: whoever lost the answer of a refresh asks again and gets the very same one, though only
    hashes are kept.
    """
    value = hmac.digest(key.value, b"successor " + refresh_token.encode(), "sha256")
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
