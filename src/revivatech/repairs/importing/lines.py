"""The lines of a CSV file, which can be read again, and the quotation marks that are wrong in them."""

import io
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Self

from typing_extensions import override

from revivatech.kit.structs import Value

# A problem text is a few thousand characters at most; what is longer is another kind of file.
LONGEST_FIELD = 200_000
# A file without line ends comes in pieces of this size instead of filling the memory.
LONGEST_LINE = 1_000_000


class Lines(Iterator[str]):
    """The lines of a text, for a CSV reader. Those of the present record are in `taken` and can be given back."""

    def __init__(self, text: io.TextIOBase) -> None:
        self._text = text
        self._again: deque[str] = deque()
        self.number = 0
        self.taken: list[str] = []

    @override
    def __iter__(self) -> Self:
        return self

    @override
    def __next__(self) -> str:
        line = self._again.popleft() if self._again else self._read()
        if not line:
            raise StopIteration
        self.number += 1
        self.taken.append(line)
        return line

    def begin_record(self) -> int:
        """Forget the lines taken so far and return the number of the line that comes next."""
        self.taken.clear()
        return self.number + 1

    def give_back(self, keep: int) -> None:
        """Let the taken lines after the first `keep` ones come again."""
        again = self.taken[keep:]
        self._again.extendleft(reversed(again))
        self.number -= len(again)
        del self.taken[keep:]

    def _read(self) -> str:
        line = self._text.readline(LONGEST_LINE)
        if len(line) < LONGEST_LINE or line.endswith(("\n", "\r")):
            return line
        # The rest of such a line is no row of its own. The reader gets what it surely refuses in the place of it all.
        while (rest := self._text.readline(LONGEST_LINE)) and not rest.endswith(("\n", "\r")):
            pass
        return "x" * (LONGEST_FIELD + 1)


class QuotedField(Value):
    """A quoted field of a record, from its opening mark on; lines are counted within the record, all from 0.

    `end_cell` is the number of separators before the closing mark in its line. A field that is not `closed` goes on
    behind its closing mark, or to the end of the lines.
    """

    line: int
    column: int
    end_line: int
    end_cell: int
    closed: bool


def long_fields(lines: Sequence[str], delimiter: str) -> Iterator[QuotedField]:
    """Yield the quoted fields of the record that end in a later line, and the one that is not closed."""
    column = line = opened = cell = 0
    state = "start"
    for number, text in enumerate(lines):
        cell = 0
        for sign in text:
            if state == "quoted":
                state = "closing" if sign == '"' else state
                cell += sign == delimiter
            elif state == "closing" and sign == '"':
                state = "quoted"
            elif sign == delimiter or sign in "\r\n":
                if state == "closing" and number > line:
                    yield QuotedField(line, opened, number, cell, closed=True)
                column += sign == delimiter
                state = "start"
            elif state == "closing":
                yield QuotedField(line, opened, number, cell, closed=False)
                return
            elif state == "start" and sign == '"':
                line, opened, state = number, column, "quoted"
            else:
                state = "plain"
    if state == "quoted":
        yield QuotedField(line, opened, len(lines) - 1, cell, closed=False)
