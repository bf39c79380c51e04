"""The report of an import: a CSV that names each line which was not imported, and each that needs a look."""

import csv
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Literal, Self, TextIO

from revivatech.repairs.importing.contracts import Problem, UnreadableFile

# A spreadsheet runs a cell that begins so as a formula.
RISKY = ("=", "+", "-", "@", "\t", "\r", "\0")


class Report:
    """Writes problems as they are found.

    The file is made with the first one, or at once where its path was asked for.
    """

    def __init__(self, asked: Path | None, source: Path) -> None:
        self._target = asked or Path.cwd() / f"{source.stem}.import-report.csv"
        self._asked = asked is not None
        self._file: TextIO | None = None
        self._last_line = 0
        self._last_hint = 0
        self.lines = 0
        self.hints = 0

    def __enter__(self) -> Self:
        if self._asked:
            self._open()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._file is not None:
            self._file.close()

    @property
    def path(self) -> Path | None:
        """The path of the report; None where there was nothing to report."""
        return self._target if self._file is not None else None

    def add(self, problems: Iterable[Problem]) -> None:
        """Write them down; a line with several problems is one skipped line."""
        for problem in problems:
            if problem.line != self._last_line:
                self._last_line = problem.line
                self.lines += 1
            self._write(problem, "error")

    def hint(self, hints: Iterable[Problem]) -> None:
        """Write down what somebody should look at in lines that are imported; `hints` counts those lines."""
        for hint in hints:
            if hint.line != self._last_hint:
                self._last_hint = hint.line
                self.hints += 1
            self._write(hint, "hint")

    def _write(self, problem: Problem, kind: Literal["error", "hint"]) -> None:
        if self._file is None:
            self._open()
        self._writer.writerow([problem.line, _safe(problem.id), problem.field, _safe(problem.reason), kind])

    def _open(self) -> None:
        try:
            self._file = self._target.open("w", encoding="utf-8", newline="")
        except OSError as error:
            raise UnreadableFile(f"The report {self._target} cannot be written: {error.strerror}.") from None
        self._writer = csv.writer(self._file)
        self._writer.writerow(["line", "id", "field", "reason", "kind"])


def _safe(cell: str) -> str:
    """The cell, led by an apostrophe where a spreadsheet would take it for a formula (R55)."""
    return f"'{cell}" if cell.startswith(RISKY) else cell
