"""Pages of a list: a limit and an opaque cursor that names the last row seen."""

import base64
import binascii
from typing import Annotated, Generic, Protocol, TypeVar

import msgspec

from revivatech.kit.errors import FieldError, InvalidInput


class OfList(Protocol):
    """A position that names the list which it belongs to."""

    @property
    def list(self) -> str:
        """The list's name, and of what narrows and sorts it."""


T = TypeVar("T")
Row = TypeVar("Row")
Position = TypeVar("Position", bound=OfList)

NOT_OF_THIS_LIST = "This is not a cursor of this list."

DEFAULT_LIMIT = 20
LARGEST_LIMIT = 100

Limit = Annotated[int, msgspec.Meta(ge=1, le=LARGEST_LIMIT)]


class Page(msgspec.Struct, Generic[T], frozen=True, rename="camel"):
    """Some items of a list and the cursor of the rest, null at the end."""

    items: list[T]
    next_cursor: str | None = None


def encode_cursor(position: msgspec.Struct) -> str:
    """The position as URL-safe text that clients hand back unread."""
    return base64.urlsafe_b64encode(msgspec.json.encode(position)).rstrip(b"=").decode()


def decode_cursor(text: str, kind: type[T]) -> T:
    """The position of that kind which `text` holds; raises InvalidInput for anything we did not make."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        return msgspec.json.decode(raw, type=kind)
    except (binascii.Error, ValueError, msgspec.DecodeError):
        raise InvalidInput("The cursor is not one of ours.", errors=[FieldError("cursor", NOT_OF_THIS_LIST)]) from None


def position(cursor: str | None, kind: type[Position], name: str) -> Position | None:
    """The row behind which the page begins, None for the first page. Raises InvalidInput for another list's cursor."""
    if cursor is None:
        return None
    last = decode_cursor(cursor, kind)
    if last.list != name:
        raise InvalidInput("The cursor belongs to another list.", errors=[FieldError("cursor", NOT_OF_THIS_LIST)])
    return last
