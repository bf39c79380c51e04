"""The fields of one row, read one by one; what is wrong with them is gathered, so that a report names all of it."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from revivatech.kit.dates import When, WhenError, parse_when
from revivatech.kit.money import AmountError, parse_amount
from revivatech.kit.text import one_line, plain, unescape
from revivatech.repairs.importing.contracts import Problem
from revivatech.repairs.importing.reader import SourceRow

LONGEST_TEXT = 10_000
CUT = " […]"
# A column of days leaves many programs as midnights. Nothing is handed in at a counter at midnight.
MIDNIGHT = re.compile(r"[T ]00:00(:00(\.0+)?)?$")
# No repair of a living shop is older; what a clock without a battery writes (1970, 0001) is.
EARLIEST = date(1971, 1, 1)


class Fields:
    """A row's fields with what was found wrong in them."""

    def __init__(self, row: SourceRow, id_field: str) -> None:
        self.line = row.line
        self.values = row.values
        self.problems: list[Problem] = []
        self.hints: list[Problem] = []
        self.id = one_line(row.values[id_field])
        if not self.id:
            self.refuse(id_field, "Each row needs the id that its source gave it.")
        elif len(self.id) > 100:  # noqa: PLR2004 - an id, not a text
            self.id = self.id[:100]
            self.refuse(id_field, "The id is longer than 100 characters.")

    def refuse(self, field: str, reason: str) -> None:
        """Note that the field is wrong."""
        self.problems.append(Problem(self.line, self.id, field, reason))

    def hint(self, field: str, reason: str) -> None:
        """Note what somebody should look at, although the row is imported."""
        self.hints.append(Problem(self.line, self.id, field, reason))

    def raw(self, field: str) -> str:
        """The text of the field as the file has it; empty where the file has no such column."""
        return self.values.get(field, "")

    def line_of(self, field: str, most: int, *, required: bool = False) -> str:
        """The field on one line; refused when it is missing though required, or longer than `most` characters."""
        text = one_line(self.raw(field))
        if required and not text:
            self.refuse(field, "This must not be empty.")
        if len(text) > most:
            self.refuse(field, f"This is longer than {most} characters.")
        return text

    def text_of(self, field: str, *, required: bool = False) -> str | None:
        """The field with its line ends; None where it is empty."""
        text = plain(self.raw(field))
        if required and not text:
            self.refuse(field, "This must not be empty.")
        if len(text) > LONGEST_TEXT:
            self.refuse(field, f"This is longer than {LONGEST_TEXT} characters.")
        return text or None

    def choice_of(self, field: str, choices: Mapping[str, str], default: str) -> str:
        """Return what the field's word stands for, its case aside; the default where it is empty."""
        word = one_line(self.raw(field)).casefold()
        if not word:
            return default
        if word not in choices:
            self.refuse(field, f"This is not one of {', '.join(dict.fromkeys(choices))}.")
            return default
        return choices[word]

    def amount_of(self, field: str) -> Decimal | None:
        """Return the field as money with two decimals, None where it is empty."""
        text = one_line(self.raw(field))
        try:
            return parse_amount(text) if text else None
        except AmountError as error:
            self.refuse(field, str(error))
            return None

    def when(self, field: str, zone: ZoneInfo, *, required: bool = False) -> When | None:
        """Return the day or the moment that the field names, in the shop's zone where it has no offset of its own."""
        text = one_line(self.raw(field))
        if not text:
            if required:
                self.refuse(field, "This must not be empty.")
            return None
        try:
            when = parse_when(MIDNIGHT.sub("", text), zone)
        except WhenError as error:
            self.refuse(field, str(error))
            return None
        if when.usual.year < EARLIEST.year:
            self.refuse(field, "No repair is of that year.")
            return None
        return when


def readable(text: str) -> str:
    r"""A text of somebody's database, as a person would have typed it.

    HTML entities become their characters (tags stay what they are: text), and so do the line ends that an export wrote
    out as backslash and letter. A text too long to keep is cut, visibly.
    """
    text = unescape(text).replace("\\r\\n", "\n").replace("\\n", "\n")
    return shortened(plain(text), LONGEST_TEXT)


def shortened(text: str, most: int) -> str:
    """The text, or its beginning with a sign that it goes on, in at most that many characters."""
    return text if len(text) <= most else text[: most - len(CUT)].rstrip() + CUT
