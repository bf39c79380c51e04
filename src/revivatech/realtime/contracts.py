"""The event log's words."""

from datetime import datetime
from uuid import UUID

import msgspec

from revivatech.kit.structs import Json, Value


class Event(Value, frozen=True):
    """One entry of a customer's log; a fact noted in its transaction and sent to sockets after the commit."""

    customer_id: UUID
    seq: int
    type: str
    payload: msgspec.Raw


class StaffEvent(Value, frozen=True):
    """Something the staff's open pages should show; not kept: a desk reloads what it missed."""

    type: str
    payload: msgspec.Raw


class SessionsEnded(Value, frozen=True):
    """These sessions are over: their sockets are told why and closed, their tokens refused at once."""

    owner_id: UUID
    session_ids: tuple[UUID, ...]
    reason: str


class CustomerChanged(Value, frozen=True):
    """Something that this customer's cached answers show has changed."""

    customer_id: UUID


class LoggedEvent(Json, frozen=True):
    """An event as GET /events and `events:since` answer it."""

    seq: int
    type: str
    payload: msgspec.Raw
    created_at: datetime


class LastSeq(Value, frozen=True):
    """The newest number of a customer's log."""

    last_seq: int


class EventPage(Json, frozen=True):
    """Events after a seq, oldest first; `resync` means that older ones are gone and all must be read anew."""

    events: list[LoggedEvent]
    resync: bool
    last_seq: int
