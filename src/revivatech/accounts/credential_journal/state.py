"""The credentials of one account as the journal keeps them: encrypted with the shop's secret, bound to the account."""

import base64
from datetime import datetime
from uuid import UUID

import msgspec

from revivatech.accounts.contracts import Realm
from revivatech.accounts.secrets import encryption
from revivatech.kit.structs import Value
from revivatech.settings import Settings

PURPOSE = "credential journal"


class Passkey(Value, frozen=True):
    """A passkey, whole."""

    id: UUID
    credential_id: bytes
    public_key: bytes
    sign_count: int
    transports: list[str]
    name: str
    created_at: datetime


class State(Value, frozen=True):
    """All by which an account is signed in to, and what it may do; `recovery_codes` are the hashes of the unused ones.

    `role` is None for customers.
    """

    email: str | None
    email_verified_at: datetime | None
    password_hash: str | None
    disabled_at: datetime | None
    role: str | None
    two_factor_enabled: bool
    secret: bytes | None
    proven_at: datetime | None
    last_step: int
    recovery_codes: list[bytes]
    passkeys: list[Passkey]


def seal(settings: Settings, realm: Realm, owner_id: UUID, state: State) -> str:
    """Return the state as text that only this shop's secret opens, for this account."""
    sealed = encryption.encrypt(settings, PURPOSE, _context(realm, owner_id), msgspec.json.encode(state))
    return base64.b64encode(sealed).decode()


def unseal(settings: Settings, realm: Realm, owner_id: UUID, text: str) -> State | None:
    """Return the state, None where its key is none of ours or it is damaged."""
    try:
        sealed = base64.b64decode(text, validate=True)
    except ValueError:
        return None
    opened = encryption.decrypt(settings, PURPOSE, _context(realm, owner_id), sealed)
    return msgspec.json.decode(opened, type=State) if opened is not None else None


def _context(realm: Realm, owner_id: UUID) -> bytes:
    return f"{realm} {owner_id}".encode()
