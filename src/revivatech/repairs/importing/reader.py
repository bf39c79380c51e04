"""A CSV file as rows with their line numbers, in little memory, however it was written."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from revivatech.kit.structs import Value
from revivatech.kit.text import one_line
from revivatech.repairs.importing.contracts import Format, Problem, UnreadableFile

# A problem text is a few thousand characters at most; what is longer is another kind of file.
LONGEST_FIELD = 200_000
# A file without line ends comes in pieces of this size instead of filling the memory.
LONGEST_LINE = 1_000_000
ROWS_PER_REPORT = 500
# With fewer of a format's columns than this a file is meant to be something else.
LEAST_SHARE = 0.25
# What programs save beside "CSV UTF-8", by how it begins.
OTHER_KINDS = {
    b"\xff\xfe": "is UTF-16: save it as CSV in UTF-8",
    b"\xfe\xff": "is UTF-16: save it as CSV in UTF-8",
    b"PK\x03\x04": "is a spreadsheet or an archive: save the table as CSV in UTF-8",
    b"\xd0\xcf\x11\xe0": "is a spreadsheet: save the table as CSV in UTF-8",
}

OPEN_REPAIR = frozenset(
    {
        *("id", "data_provider", "country", "partner_product_category", "product_category", "brand"),
        *("year_of_manufacture", "repair_status", "repair_barrier_if_end_of_life", "group_identifier"),
        *("event_date", "problem"),
    }
)
"""The columns of v0.2.1, which v0.3 kept, adding product_category_id and product_age."""

PORTAL_REQUIRED = frozenset({"repair_id", "customer_first_name", "device_type", "issue", "received"})
PORTAL = PORTAL_REQUIRED | {
    *("customer_last_name", "customer_email", "customer_phone", "customer_language", "customer_organisation"),
    *("device_brand", "device_model", "device_serial", "device_imei"),
    *("status", "stage", "priority", "technician_email", "estimated", "completed"),
    *("parts_cost", "labor_cost", "total_cost", "currency", "warranty_months", "notes", "internal_notes"),
}

Progress = Callable[[int, int], None]


class SourceRow(Value):
    """A row as the file has it: the line on which it begins and its text by column."""

    line: int
    values: dict[str, str]


class Source:
    """An open CSV file: what format its header tells, and its rows once."""

    def __init__(self, path: Path, progress: Progress | None = None) -> None:
        self._path = path
        self._progress = progress or (lambda _done, _total: None)

    def __enter__(self) -> Self:
        try:
            self._file = self._path.open("rb")
            self._total = self._path.stat().st_size
        except OSError as error:
            raise UnreadableFile(f"{self._path} cannot be read: {error.strerror}.") from None
        # Bytes that are no UTF-8 become surrogates, so that the row which holds them can be named.
        self._text = io.TextIOWrapper(self._file, encoding="utf-8-sig", errors="surrogateescape", newline="")
        try:
            self._refuse_other_kinds()
            self._read_header()
        except UnreadableFile:
            self._text.close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._text.close()

    def format(self, wanted: Format | None) -> Format:
        """The format that the header fits, or the wanted one; raises UnreadableFile, naming what is missing."""
        columns = set(self.columns)
        if wanted is None:
            # Which of the two it is meant to be, the greater part of a format's columns tells.
            shares = {"open-repair": _share(OPEN_REPAIR, columns), "portal": _share(PORTAL_REQUIRED, columns)}
            if max(shares.values()) < LEAST_SHARE:
                raise UnreadableFile(
                    f"{self._path.name} has neither the columns of Open Repair Data nor those of the portal's own CSV."
                )
            wanted = "open-repair" if shares["open-repair"] > shares["portal"] else "portal"
        missing = (OPEN_REPAIR if wanted == "open-repair" else PORTAL_REQUIRED) - columns
        # Left unread, a misspelt "warrenty_months" would lose what the shop believes to have imported.
        strange = columns - PORTAL if wanted == "portal" else set()
        faults = [f"lacks {_columns(missing)}"] * bool(missing) + [f"has {_columns(strange)}, unread"] * bool(strange)
        if faults:
            kind = "Open Repair Data" if wanted == "open-repair" else "the portal's own CSV"
            raise UnreadableFile(f"{self._path.name}, read as {kind}, {' and '.join(faults)}.")
        return wanted

    def rows(self) -> Iterator[SourceRow | Problem]:
        """Each row that can be read, and a problem for each that cannot; the progress is told now and then."""
        before = csv.field_size_limit(LONGEST_FIELD)
        try:
            yield from self._rows()
        finally:
            csv.field_size_limit(before)
        self._progress(self._total, self._total)

    def _rows(self) -> Iterator[SourceRow | Problem]:
        width = len(self.columns)
        id_at = self.columns.index("id" if "id" in self.columns else "repair_id")
        count = 0
        while True:
            line = self._lines_read + 1
            try:
                cells = next(self._reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield Problem(line, "", "", self._no_csv(line, str(error)))
                continue
            count += 1
            if count % ROWS_PER_REPORT == 0:
                self._progress(min(self._file.tell(), self._total), self._total)
            if not any(cells):
                continue
            source_id = one_line(cells[id_at])[:100] if id_at < len(cells) else ""
            if len(cells) != width:
                yield Problem(line, source_id, "", f"The line has {len(cells)} fields, the header has {width}.")
            elif (broken := _not_utf8(cells)) is not None:
                yield Problem(
                    line, source_id, self.columns[broken], "The text is not UTF-8: save the file as CSV in UTF-8."
                )
            else:
                yield SourceRow(line, dict(zip(self.columns, cells, strict=True)))

    def _no_csv(self, line: int, error: str) -> str:
        if "field limit" in error:
            return f"A field is longer than {LONGEST_FIELD:,} characters."
        # A quotation mark that is never closed takes the lines after it along: say which.
        last = self._lines_read
        return f"{f'Lines {line} to {last} are' if last > line else f'Line {line} is'} not CSV: {error}."

    def _refuse_other_kinds(self) -> None:
        beginning = self._file.peek(4)
        for sign, what in OTHER_KINDS.items():
            if beginning.startswith(sign):
                raise UnreadableFile(f"{self._path.name} {what}.")

    def _read_header(self) -> None:
        header = "\n"
        self._header_at = 0
        while header and not header.strip():
            header = self._text.readline(LONGEST_LINE)
            self._header_at += 1
        if not header:
            raise UnreadableFile(f"{self._path.name} is empty.")
        if "\0" in header:
            raise UnreadableFile(f"{self._path.name} is no text in UTF-8: save it as CSV in UTF-8.")
        # Spreadsheets of countries with a decimal comma separate by semicolons.
        delimiter = max(",;\t", key=header.count)
        try:
            cells = next(csv.reader([header], delimiter=delimiter))
        except csv.Error:
            raise UnreadableFile(f"{self._path.name} does not begin with a line of column names.") from None
        self.columns = [one_line(cell).lower() for cell in cells]
        if doubles := sorted({name for name in self.columns if self.columns.count(name) > 1}):
            raise UnreadableFile(f"{self._path.name} names the column {doubles[0]!r} twice.")
        self._reader = csv.reader(_lines(self._text), delimiter=delimiter, strict=True)

    @property
    def _lines_read(self) -> int:
        """The reader counts from the line after the header."""
        return self._reader.line_num + self._header_at


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    while line := text.readline(LONGEST_LINE):
        if len(line) < LONGEST_LINE or line.endswith(("\n", "\r")):
            yield line
            continue
        # The rest of such a line is no row of its own. The reader gets what it surely refuses in the place of it all.
        while (rest := text.readline(LONGEST_LINE)) and not rest.endswith(("\n", "\r")):
            pass
        yield "x" * (LONGEST_FIELD + 1)


def _share(wanted: frozenset[str], columns: set[str]) -> float:
    return len(wanted & columns) / len(wanted)


def _columns(names: Iterable[str]) -> str:
    names = sorted(names)
    return f"the column{'s' if len(names) > 1 else ''} {', '.join(names)}"


def _not_utf8(cells: list[str]) -> int | None:
    """Which cell holds bytes that are no UTF-8; None where all are sound."""
    try:
        "".join(cells).encode()
    except UnicodeEncodeError:
        return next(at for at, cell in enumerate(cells) if not _encodes(cell))
    return None


def _encodes(cell: str) -> bool:
    try:
        cell.encode()
    except UnicodeEncodeError:
        return False
    return True
