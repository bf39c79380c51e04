"""The report of an import."""

import csv
from pathlib import Path

import pytest

from revivatech.repairs.importing.contracts import Problem, UnreadableFile
from revivatech.repairs.importing.report import Report


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\0"])
def test_r55_no_cell_is_a_formula(tmp_path: Path, start: str) -> None:
    """A spreadsheet that opens the report runs nothing of the imported file."""
    target = tmp_path / "report.csv"
    with Report(target, Path("x.csv")) as report:
        report.add([Problem(2, f"{start}cmd|' /C calc'!A0", "issue", f"{start}1+1")])

    with target.open(newline="", encoding="utf-8") as file:
        _, row = csv.reader(file)
    assert row == ["2", f"'{start}cmd|' /C calc'!A0", "issue", f"'{start}1+1", "error"]


def test_a_line_with_two_problems_is_one_skipped_line(tmp_path: Path) -> None:
    """Problems are written each, lines are counted once."""
    with Report(tmp_path / "report.csv", Path("x.csv")) as report:
        report.add([Problem(2, "a", "issue", "x"), Problem(2, "a", "status", "y")])
        report.add([Problem(3, "b", "issue", "x")])

    assert report.lines == 2


def test_a_hint_is_no_skipped_line(tmp_path: Path) -> None:
    """It stands in the report beside the errors, and is counted apart."""
    target = tmp_path / "report.csv"
    with Report(target, Path("x.csv")) as report:
        report.hint([Problem(2, "a", "device_imei", "x"), Problem(2, "a", "device_serial", "y")])
        report.add([Problem(3, "b", "issue", "z")])

    assert (report.lines, report.hints) == (1, 1)
    with target.open(newline="", encoding="utf-8") as file:
        assert [row[-1] for row in csv.reader(file)] == ["kind", "hint", "hint", "error"]


def test_without_problems_there_is_no_file_unless_one_was_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A clean import leaves nothing behind."""
    monkeypatch.chdir(tmp_path)
    with Report(None, Path("x.csv")) as report:
        pass
    assert report.path is None
    assert list(tmp_path.iterdir()) == []
    with Report(tmp_path / "asked.csv", Path("x.csv")):
        pass
    assert (tmp_path / "asked.csv").read_text() == "line,id,field,reason,kind\n"


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """The operator reads which report, and why."""
    with pytest.raises(UnreadableFile, match="cannot be written"), Report(tmp_path / "no" / "report.csv", Path("x")):
        pass
