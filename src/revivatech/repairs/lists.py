"""A page of a list: which list a cursor belongs to, where it goes on, and what a search looks for."""

import hashlib
from typing import TypeVar

from revivatech.kit.errors import FieldError, InvalidInput
from revivatech.kit.paging import decode_cursor
from revivatech.kit.text import one_line
from revivatech.repairs.queries.customers import ListPosition
from revivatech.repairs.queries.desk import DuePosition

Position = TypeVar("Position", ListPosition, DuePosition)

# More words than anybody types; what comes behind them counts as part of the last.
MOST_WORDS = 6


def searched(text: str) -> list[str]:
    """The words to look for, none where nothing was typed."""
    return one_line(text).split(" ", MOST_WORDS - 1) if one_line(text) else []


def name_of(*choices: object) -> str:
    """A short name of one list, its order and what narrows it: a cursor works on the list that made it alone."""
    return hashlib.blake2s(repr(choices).encode(), digest_size=6).hexdigest()


def position(cursor: str | None, kind: type[Position], name: str) -> Position | None:
    """The row behind which the page begins, None for the first page. Raises InvalidInput for another list's cursor."""
    if cursor is None:
        return None
    last = decode_cursor(cursor, kind)
    if last.list != name:
        raise InvalidInput(
            "The cursor belongs to another list.", errors=[FieldError("cursor", "This is not a cursor of this list.")]
        )
    return last
