"""A CSV file as rows with their line numbers, in little memory, however it was written."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from revivatech.kit.structs import Value
from revivatech.kit.text import one_line
from revivatech.repairs.importing.contracts import Format, Problem, UnreadableFile
from revivatech.repairs.importing.file_kinds import other_kind
from revivatech.repairs.importing.header import LEAST_SHARE, OPEN_REPAIR, PORTAL, PORTAL_REQUIRED, read_header, shares
from revivatech.repairs.importing.lines import LONGEST_FIELD, Lines, QuotedField, long_fields

ROWS_PER_REPORT = 500
# Each format's column of days, whose content tells a row from a text with as many separators.
DAYS = ("received", "event_date")
DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")

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
        self._lines = Lines(self._text)
        try:
            self._refuse_other_kinds()
            self._header = read_header(self._lines, self._path.name)
        except UnreadableFile:
            self._text.close()
            raise
        self.columns = self._header.columns
        self._id_at = self._header.at("id", "repair_id") or 0
        self._day_at = self._header.at(*DAYS)
        self._nameless = [at for at, name in enumerate(self.columns) if not name]
        self._nameless += range(len(self.columns), self._header.width)
        self._reader = csv.reader(self._lines, delimiter=self._header.delimiter, strict=True)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._text.close()

    def format(self, wanted: Format | None) -> Format:
        """The format that the header fits, or the wanted one; raises UnreadableFile, naming what is missing."""
        columns = set(self.columns) - {""}
        if wanted is None:
            # Which of the two it is meant to be, the greater part of a format's columns tells.
            share = shares(columns)
            if max(share.values()) < LEAST_SHARE:
                raise UnreadableFile(
                    f"{self._path.name} has neither the columns of Open Repair Data nor those of the portal's own CSV."
                )
            wanted = "open-repair" if share["open-repair"] > share["portal"] else "portal"
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
        count = 0
        while True:
            line = self._lines.begin_record()
            try:
                cells = next(self._reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield self._not_csv(line, str(error))
                continue
            count += 1
            if count % ROWS_PER_REPORT == 0:
                self._progress(min(self._file.tell(), self._total), self._total)
            if len(self._lines.taken) > 1 and (field := self._field_of_rows()):
                yield self._unclosed(line, field)
            elif any(cells):
                row = self._row(line, cells)
                if row is not None:
                    yield row

    def _row(self, line: int, cells: list[str]) -> SourceRow | Problem | None:
        """Return the row, or what is wrong with it; None where it is blank."""
        source_id = one_line(cells[self._id_at])[:100] if self._id_at < len(cells) else ""
        if not source_id and not any(cell.strip() for cell in cells):
            return None
        width = len(self.columns)
        # Spreadsheets go on with empty cells to the right of a table.
        is_longer = len(cells) > self._header.width and any(cell.strip() for cell in cells[width:])
        if is_longer or len(cells) < width:
            reason = f"The line has {len(cells)} fields, the header has {self._header.width}."
            return Problem(line, source_id, "", reason)
        for at in self._nameless:
            if at < len(cells) and cells[at].strip():
                return Problem(line, source_id, "", f"Column {at + 1} has no name in the header, but content here.")
        if (broken := _not_utf8(cells)) is not None:
            column = self.columns[broken] if broken < width else ""
            return Problem(line, source_id, column, "The text is not UTF-8: save the file as CSV in UTF-8.")
        values = dict(zip(self.columns, cells, strict=False))
        if self._nameless:
            values.pop("", None)
        return SourceRow(line, values)

    def _not_csv(self, line: int, error: str) -> Problem:
        """Return why the lines taken are no row; those that one quotation mark took along will be read again."""
        lines = self._lines.taken
        field = self._field_of_rows()
        if "field limit" in error and field is None:
            return Problem(line, "", "", f"A field is longer than {LONGEST_FIELD:,} characters.")
        field = field or next((one for one in long_fields(lines, self._header.delimiter) if not one.closed), None)
        if field is None:
            return Problem(line, "", "", f"This is not CSV: {error}.")
        if "expected after" in error and field.line == len(lines) - 1:
            reason = f'Line {line + field.line} has a quotation mark inside a quoted field: write it twice ("").'
            return self._quoted(line, field, reason)
        return self._unclosed(line, field)

    def _unclosed(self, line: int, field: QuotedField) -> Problem:
        reason = f"The quotation mark that opens a field in line {line + field.line} is never closed."
        problem = self._quoted(line, field, reason)
        self._lines.give_back(field.line + 1)
        return problem

    def _quoted(self, line: int, field: QuotedField, reason: str) -> Problem:
        cells = self._lines.taken[0].split(self._header.delimiter)
        source_id = one_line(cells[self._id_at].strip('"'))[:100] if self._id_at < field.column else ""
        return Problem(line, source_id, self.columns[field.column] if field.column < len(self.columns) else "", reason)

    def _field_of_rows(self) -> QuotedField | None:
        """Return the quoted field of the lines taken that is no text, but rows of the file; None as a rule.

        A row has all its columns in one line, and a day in the column of the days. Of the lines in which the field
        begins and ends, that column must be within the field.
        """
        if self._day_at is None:
            return None
        lines = self._lines.taken
        for field in long_fields(lines, self._header.delimiter):
            inner = range(field.line + (self._day_at <= field.column), field.end_line + (self._day_at < field.end_cell))
            if field.end_line > field.line and any(self._is_row(lines[at], self._day_at) for at in inner):
                return field
        return None

    def _is_row(self, text: str, day_at: int) -> bool:
        width = len(self.columns)
        if len(text) > LONGEST_FIELD or text.count(self._header.delimiter) < width - 1:
            return False
        for quoting in (csv.QUOTE_NONE, csv.QUOTE_MINIMAL):
            cells = next(csv.reader([text], delimiter=self._header.delimiter, quoting=quoting), [])
            if len(cells) >= width and not any(cells[width:]) and DAY.match(cells[day_at].strip(' "')):
                return True
        return False

    def _refuse_other_kinds(self) -> None:
        if what := other_kind(self._path, self._file.peek(8)):
            raise UnreadableFile(f"{self._path.name} {what}.")


def _columns(names: Iterable[str]) -> str:
    names = sorted(names)
    return f"the column{'s' if len(names) > 1 else ''} {', '.join(names)}"


def _not_utf8(cells: list[str]) -> int | None:
    """Return which cell holds bytes that are no UTF-8; None where all are sound."""
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
