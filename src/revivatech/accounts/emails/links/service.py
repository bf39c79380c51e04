"""Making, reading and spending links. The text of a link is its id, sealed for its purpose and realm."""

from typing import ClassVar, Literal, get_args
from uuid import UUID

from revivatech.accounts.contracts import Realm
from revivatech.accounts.emails.links import queries
from revivatech.accounts.emails.links.queries import Link
from revivatech.accounts.secrets.signed_ids import seal, unseal
from revivatech.db import Reader, Transaction
from revivatech.kit.errors import Refusal
from revivatech.settings import Settings

__all__ = ["Link", "LinkOver", "Purpose", "end", "look", "make", "read_by_owner", "spend", "text_of"]

Purpose = Literal["verify_email", "reset_password", "change_email", "sign_in", "invitation"]
KEYS = "link"

# Every link but the confirmation of the address, which opens nothing.
OPENING: tuple[Purpose, ...] = ("reset_password", "change_email", "sign_in", "invitation")


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


async def read_by_owner(reader: Reader, settings: Settings, realm: Realm, text: str) -> Link | None:
    """Return the link of that text, alive or not: whoever has it has read the mail of the address that it went to.

    None where we never made it, or deleted it a month after its end.
    """
    ids = (_proven_id(settings, realm, purpose, text) for purpose in get_args(Purpose))
    link_id = next((one for one in ids if one is not None), None)
    return await queries.ever(reader, realm, link_id) if link_id else None


async def spend(tx: Transaction, settings: Settings, realm: Realm, purpose: Purpose, text: str) -> Link:
    """The link of that text, which works no more. Raises LinkOver; of two at once, one gets it."""
    link_id = _proven_id(settings, realm, purpose, text)
    link = await queries.spend(tx, realm, link_id, purpose) if link_id else None
    if link is None:
        raise LinkOver
    return link


def text_of(settings: Settings, realm: Realm, purpose: Purpose, link_id: UUID) -> str:
    """The 64 URL-safe characters that open the link."""
    return seal(settings, KEYS, f"{realm} {purpose} ", link_id)


def _proven_id(settings: Settings, realm: Realm, purpose: Purpose, text: str) -> UUID | None:
    return unseal(settings, KEYS, f"{realm} {purpose} ", text)
