"""Keys for each purpose, derived from the secrets of the settings."""

import hashlib
import hmac
from functools import cache

from revivatech.kit.structs import Value


class Key(Value, frozen=True):
    """A derived key; `id` names it in public and tells nothing of it."""

    id: str
    value: bytes


class Keyring(Value, frozen=True):
    """The keys of one purpose, the newest first: the first makes what is new, all of them accept what is old."""

    keys: tuple[Key, ...]

    @property
    def first(self) -> Key:
        """The key that signs."""
        return self.keys[0]

    def named(self, key_id: str) -> Key | None:
        """The key of that name, None where we have no such key (any more)."""
        return next((key for key in self.keys if key.id == key_id), None)


@cache
def keyring(secrets: tuple[str, ...], purpose: str) -> Keyring:
    """The keys of a purpose: one secret serves many, and none of them tells anything of another.

    Raises ValueError without a secret.
    """
    if not secrets:
        raise ValueError("The settings hold no secret key.")
    return Keyring(tuple(_derive(secret, purpose) for secret in secrets))


def _derive(secret: str, purpose: str) -> Key:
    value = hmac.digest(secret.encode(), f"revivatech {purpose}".encode(), "sha256")
    return Key(hashlib.sha256(b"name of " + value).hexdigest()[:8], value)
