"""Encryption of what is kept: AES-256-GCM under a key of one purpose, bound to its place by a context.

What comes out begins with the name of the key, so that an older secret in the settings still opens it.
"""

import os
from typing import TYPE_CHECKING

from revivatech.accounts.secrets.keys import keyring
from revivatech.settings import Settings

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_ID_BYTES = 8
NONCE_BYTES = 12


def encrypt(settings: Settings, purpose: str, context: bytes, content: bytes) -> bytes:
    """Return the key's name, a nonce and the ciphertext; only the same purpose and context open it."""
    key = keyring(settings.secret_key, purpose).first
    nonce = os.urandom(NONCE_BYTES)
    return key.id.encode() + nonce + _cipher(key.value).encrypt(nonce, content, context)


def decrypt(settings: Settings, purpose: str, context: bytes, kept: bytes) -> bytes | None:
    """Return the content, None where its key is none of ours any more or it was kept for another context."""
    from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - as below

    key = keyring(settings.secret_key, purpose).named(kept[:KEY_ID_BYTES].decode("ascii", errors="replace"))
    nonce, sealed = kept[KEY_ID_BYTES : KEY_ID_BYTES + NONCE_BYTES], kept[KEY_ID_BYTES + NONCE_BYTES :]
    if key is None or len(nonce) != NONCE_BYTES:
        return None
    try:
        return bytes(_cipher(key.value).decrypt(nonce, sealed, context))
    except InvalidTag:
        return None


def has_newest_key(settings: Settings, purpose: str, kept: bytes) -> bool:
    """Return whether it is kept under the key that encrypts now; one under an older key should be encrypted again."""
    return kept[:KEY_ID_BYTES] == keyring(settings.secret_key, purpose).first.id.encode()


def _cipher(key: bytes) -> "AESGCM":
    # Some megabytes that a portal without a second factor or a journal to write never needs.
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415

    return AESGCM(key)
