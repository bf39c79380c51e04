"""The short-lived token of a sign-in whose first factor was proven: the id of its row, sealed for its realm (R36)."""

from uuid import UUID

from revivatech.accounts.contracts import Realm
from revivatech.accounts.secrets.signed_ids import seal, unseal
from revivatech.settings import Settings

KEYS = "pending sign-in"


def text_of(settings: Settings, realm: Realm, pending_id: UUID) -> str:
    """The 64 URL-safe characters that stand for the waiting sign-in."""
    return seal(settings, KEYS, f"{realm} ", pending_id)


def read(settings: Settings, realm: Realm, text: str) -> UUID | None:
    """The id that the text stands for, None where we never made it."""
    return unseal(settings, KEYS, f"{realm} ", text)
