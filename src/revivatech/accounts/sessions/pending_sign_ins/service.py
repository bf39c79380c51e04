"""A waiting sign-in: begun by the first factor, looked at, tried, and spent by the second."""

from typing import ClassVar
from uuid import UUID

from revivatech.accounts.contracts import Realm
from revivatech.accounts.sessions.pending_sign_ins import queries, tokens
from revivatech.db import Reader, Transaction
from revivatech.kit.errors import NotSignedIn
from revivatech.settings import Settings

SECONDS = 5 * 60
MOST_TRIES = 5


class ChallengeOver(NotSignedIn):
    """The waiting sign-in has run out, was used, had five wrong codes, or never was one: all the same."""

    code: ClassVar[str] = "challenge_over"

    def __init__(self) -> None:
        super().__init__("This sign-in has run out. Please begin again with your password.")


async def begin(tx: Transaction, settings: Settings, realm: Realm, owner_id: UUID) -> str:
    """The token of a new waiting sign-in."""
    return tokens.text_of(settings, realm, await queries.add(tx, realm, owner_id, SECONDS))


async def look(reader: Reader, settings: Settings, realm: Realm, token: str) -> UUID | None:
    """Return whose the waiting sign-in is, left as it is; None where it is over."""
    pending_id = tokens.read(settings, realm, token)
    return await queries.owner_of(reader, realm, pending_id, MOST_TRIES) if pending_id else None


async def count_try(tx: Transaction, settings: Settings, realm: Realm, token: str) -> tuple[UUID, UUID]:
    """The ids of the waiting sign-in and of its owner, a try counted before anything is compared (R34).

    Raises ChallengeOver.
    """
    pending_id = tokens.read(settings, realm, token)
    owner_id = await queries.count_attempt(tx, realm, pending_id, MOST_TRIES) if pending_id else None
    if pending_id is None or owner_id is None:
        raise ChallengeOver
    return pending_id, owner_id


async def spend(tx: Transaction, realm: Realm, pending_id: UUID) -> None:
    """Use it up. Raises ChallengeOver where somebody was faster."""
    if not await queries.spend(tx, realm, pending_id):
        raise ChallengeOver


async def end(tx: Transaction, settings: Settings, realm: Realm, token: str) -> None:
    """Wipe a waiting sign-in, as signing out does (R16)."""
    pending_id = tokens.read(settings, realm, token)
    if pending_id is not None:
        await queries.spend(tx, realm, pending_id)


async def end_all(tx: Transaction, realm: Realm, owner_id: UUID) -> None:
    """End every waiting sign-in of an account, as every change of a credential must."""
    await queries.end_all(tx, realm, owner_id)
