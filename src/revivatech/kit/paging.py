"""Pages of a list: a limit and an opaque cursor that names the last row seen."""

import base64
import binascii
import hashlib
from typing import Generic, TypeVar

import msgspec

from revivatech.kit.errors import FieldError, InvalidInput
from revivatech.kit.structs import Value


class Position(Value):
    """The last row of a page. Every list's cursor is a subclass, whose numbers are bounded (`kit.numbers`).

    `list` names the list that the cursor belongs to: its order, and what narrows it.
    """

    list: str


T = TypeVar("T")
P = TypeVar("P", bound=Position)

NOT_OF_THIS_LIST = "This is not a cursor of this list."

DEFAULT_LIMIT = 20
LARGEST_LIMIT = 100
LONGEST_CURSOR = 400


class Page(msgspec.Struct, Generic[T], frozen=True, rename="camel"):
    """Some items of a list and the cursor of the rest, null at the end."""

    items: list[T]
    next_cursor: str | None = None


def list_name(*choices: object) -> str:
    """Return a short name of one list, its order and what narrows it: a cursor works on the list that made it alone."""
    return hashlib.blake2s(repr(choices).encode(), digest_size=6).hexdigest()


def encode_cursor(position: Position) -> str:
    """Return the position as URL-safe text that clients hand back unread."""
    return base64.urlsafe_b64encode(msgspec.json.encode(position)).rstrip(b"=").decode()


def read_cursor(cursor: str | None, kind: type[P], name: str) -> P | None:
    """Return the row behind which the page begins, None for the first page.

    Raises InvalidInput, naming the cursor, for a text that we did not make and for the cursor of another list.
    """
    if cursor is None:
        return None
    errors = [FieldError("cursor", NOT_OF_THIS_LIST)]
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        last = msgspec.json.decode(raw, type=kind)
    except (binascii.Error, ValueError, RecursionError):
        raise InvalidInput("The cursor is not one of ours.", errors=errors) from None
    if last.list != name:
        raise InvalidInput("The cursor belongs to another list.", errors=errors)
    return last
