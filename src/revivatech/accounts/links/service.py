"""Making, reading and spending links.

The text of a link is derived from its id with the shop's secret: only the id is stored, so neither a copy of the
database nor a job's arguments open anything (R26). It names its purpose and realm, so that one kind never passes for
another (R18).
"""

import base64
import binascii
import hmac
from typing import ClassVar, Literal
from uuid import UUID

from revivatech.accounts.contracts import Realm
from revivatech.accounts.keys import Key, keyring
from revivatech.accounts.links import queries
from revivatech.accounts.links.queries import Link
from revivatech.db import Reader, Transaction
from revivatech.kit.errors import Refusal
from revivatech.settings import Settings

__all__ = ["Link", "LinkOver", "Purpose", "end", "look", "make", "spend", "text_of"]

Purpose = Literal["verify_email", "reset_password", "change_email", "sign_in", "invitation"]
# The id, and 32 bytes that prove it.
RAW_BYTES = 48
LENGTH = 64


class LinkOver(Refusal):
    """The link was used, has run out, was followed by a newer one, or never was one: all the same."""

    code: ClassVar[str] = "link_over"
    status: ClassVar[int] = 410
    title: ClassVar[str] = "Gone"

    def __init__(self) -> None:
        super().__init__("This link does not work any more. Please ask for a new one.")


async def make(tx: Transaction, realm: Realm, owner_id: UUID, purpose: Purpose, *, email: str, seconds: int) -> UUID:
    """The id of a new link to that address; an older one of the same purpose ends.

    The caller holds the account's row locked, so that two makers take turns.
    """
    await end(tx, realm, owner_id, purpose)
    return await queries.add(tx, realm, owner_id, purpose, email, seconds)


async def end(tx: Transaction, realm: Realm, owner_id: UUID, *purposes: Purpose) -> None:
    """End the account's links of those purposes, as every change of a credential must (R8)."""
    await queries.end(tx, realm, owner_id, purposes)


async def look(reader: Reader, settings: Settings, realm: Realm, purpose: Purpose, text: str) -> Link | None:
    """The living link of that text, left as it is: for a page that asks before it acts."""
    link_id = _proven_id(settings, realm, purpose, text)
    return await queries.living(reader, realm, link_id, purpose) if link_id else None


async def spend(tx: Transaction, settings: Settings, realm: Realm, purpose: Purpose, text: str) -> Link:
    """The link of that text, which works no more. Raises LinkOver; of two at once, one gets it."""
    link_id = _proven_id(settings, realm, purpose, text)
    link = await queries.spend(tx, realm, link_id, purpose) if link_id else None
    if link is None:
        raise LinkOver
    return link


def text_of(settings: Settings, realm: Realm, purpose: Purpose, link_id: UUID) -> str:
    """The 64 URL-safe characters that open the link."""
    proof = _proof(_keys(settings)[0], realm, purpose, link_id)
    return base64.urlsafe_b64encode(link_id.bytes + proof).decode()


def _proven_id(settings: Settings, realm: Realm, purpose: Purpose, text: str) -> UUID | None:
    if len(text) != LENGTH:
        return None
    try:
        raw = base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(raw) != RAW_BYTES:
        return None
    link_id = UUID(bytes=raw[:16])
    for key in _keys(settings):
        if hmac.compare_digest(raw[16:], _proof(key, realm, purpose, link_id)):
            return link_id
    return None


def _keys(settings: Settings) -> tuple[Key, ...]:
    return keyring(settings.secret_key, "link").keys


def _proof(key: Key, realm: Realm, purpose: Purpose, link_id: UUID) -> bytes:
    return hmac.digest(key.value, f"{realm} {purpose} ".encode() + link_id.bytes, "sha256")
