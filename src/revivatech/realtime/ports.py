"""Ports of the sockets: who connects, whose session has ended, who may follow a repair."""

from collections.abc import Collection
from datetime import datetime
from typing import Literal, Protocol
from uuid import UUID

from revivatech.kit.actor import Role
from revivatech.kit.structs import Value

Realm = Literal["customer", "staff"]

# The ASGI extension by which the server lends each request its connection, as `{"place": Place}`.
PLACE = "revivatech.place"


class Place(Protocol):
    """A connection among all others: the server drops one that is not important where there are too many."""

    def hold(self) -> None:
        """Keep the connection for now."""

    def admit(self) -> None:
        """Keep the connection: somebody has signed in on it."""

    def give_way(self) -> None:
        """Let the connection be dropped where another one needs its place."""


class Admitted(Value, frozen=True):
    """The owner of a socket. `expires_at` is the end of the token it came with, None for a browser's session cookie."""

    realm: Realm
    owner_id: UUID
    session_id: UUID
    role: Role | None
    expires_at: datetime | None


class SocketAuthenticator(Protocol):
    """Admission of sockets; the accounts slice implements it."""

    async def admit(self, *, token: str | None, cookie_header: str | None, realm: Realm | None = None) -> Admitted:
        """Return who comes with this access token, or else with this Cookie header. Raises NotSignedIn.

        The token is text from outside: anything. The header is given only for a page of our own origin. Where `realm`
        is given it must be theirs: one browser may be signed in as a customer and at the desk.
        """

    async def ended(self, realm: Realm, session_ids: Collection[UUID]) -> set[UUID]:
        """Those of the sessions that are over, whatever the reason: ended, expired, the account disabled or gone."""


class RoomRules(Protocol):
    """Rules of a room: who may follow what; the slice that owns the thing implements it."""

    async def may_follow_repair(self, admitted: Admitted, repair_id: UUID) -> bool:
        """Return whether this repair exists for them."""
