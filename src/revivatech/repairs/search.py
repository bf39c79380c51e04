"""Parsing of searches for repairs, at the desk and among a customer's own."""

import re
from uuid import UUID

from revivatech.kit.folding import folded
from revivatech.kit.ids import number_meant
from revivatech.kit.structs import Value
from revivatech.kit.text import containing, one_line
from revivatech.repairs.device_search import mark_of

# More words than anybody types; what comes behind them counts as part of the last.
MOST_WORDS = 6
IDENTIFIER = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


class Search(Value):
    """A repair is found by all of the words, by its number, by its id, or by the number on its device.

    `words` and `number` are LIKE patterns of `repairs.search_text`; `mark` is as `devices.marks.mark_of` reads it.
    """

    words: tuple[str, ...] = ()
    number: str | None = None
    repair_id: UUID | None = None
    mark: str = ""

    def __bool__(self) -> bool:
        """Return whether anything was typed."""
        return bool(self.words)


def search_of(text: str) -> Search:
    """Return what the text looks for: words, a repair number as people write it, the pasted address of a repair."""
    words = folded(one_line(text)).split(maxsplit=MOST_WORDS - 1)
    number = number_meant(text, "R")
    address = IDENTIFIER.search(text)
    return Search(
        words=tuple(containing(word) for word in words),
        number=containing(folded(number)) if number else None,
        repair_id=UUID(address[0]) if address else None,
        mark=mark_of(text),
    )
