"""Reading CSV files as they come."""

from pathlib import Path

import pytest

from revivatech.repairs.importing.contracts import Problem, UnreadableFile
from revivatech.repairs.importing.reader import OPEN_REPAIR, PORTAL_REQUIRED, Source, SourceRow

HEADER = ",".join(sorted(PORTAL_REQUIRED))  # customer_first_name, device_type, issue, received, repair_id


def read(path: Path) -> list[SourceRow | Problem]:
    """Everything that the file yields."""
    with Source(path) as source:
        return list(source.rows())


def write(tmp_path: Path, content: bytes) -> Path:
    """A file of those bytes."""
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    return path


def test_a_byte_order_mark_and_windows_line_ends_are_no_part_of_the_text(tmp_path: Path) -> None:
    """A file saved by a spreadsheet reads like any other."""
    path = write(tmp_path, b"\xef\xbb\xbf" + f'{HEADER}\r\nAda,Phone,"two\r\nlines",2025-01-01,1\r\n'.encode())

    [row] = read(path)

    assert isinstance(row, SourceRow)
    assert row.values["customer_first_name"] == "Ada"
    assert row.values["issue"] == "two\r\nlines"


@pytest.mark.parametrize("separator", [";", "\t"])
def test_other_separators_are_recognised(tmp_path: Path, separator: str) -> None:
    """Spreadsheets of countries with a decimal comma separate by semicolons."""
    path = write(tmp_path, f"{HEADER}\nAda,Phone,broken,2025-01-01,1\n".replace(",", separator).encode())

    [row] = read(path)

    assert isinstance(row, SourceRow)
    assert row.values["repair_id"] == "1"


def test_a_row_is_named_by_the_line_on_which_it_begins(tmp_path: Path) -> None:
    """Line breaks within fields do not shift the numbers that a person looks for."""
    path = write(tmp_path, f'{HEADER}\nA,P,"one\ntwo\nthree",2025-01-01,1\n\nB,P,x,2025-01-01,2\n'.encode())

    assert [row.line for row in read(path)] == [2, 6]


def test_a_ragged_row_is_a_problem_and_the_next_one_is_read(tmp_path: Path) -> None:
    """Too few or too many fields condemn their own line only."""
    path = write(tmp_path, f"{HEADER}\nA,P\nB,P,x,2025-01-01,2,more\nC,P,x,2025-01-01,3\n".encode())

    short, long, good = read(path)

    assert isinstance(short, Problem)
    assert short.reason == "The line has 2 fields, the header has 5."
    assert isinstance(long, Problem)
    assert long.id == "2"
    assert isinstance(good, SourceRow)


def test_bytes_that_are_no_utf8_are_a_problem_of_their_field(tmp_path: Path) -> None:
    """A Latin-1 letter is named by line and column instead of being guessed at."""
    path = write(tmp_path, f"{HEADER}\nJo".encode() + b"\xe3o" + b",P,x,2025-01-01,1\nB,P,x,2025-01-01,2\n")

    bad, good = read(path)

    assert bad == Problem(2, "1", "customer_first_name", "The text is not UTF-8: save the file as CSV in UTF-8.")
    assert isinstance(good, SourceRow)


def test_a_quotation_mark_that_is_never_closed_is_told_with_the_lines_it_swallowed(tmp_path: Path) -> None:
    """The rest of the file is not silently one field."""
    path = write(tmp_path, f'{HEADER}\nA,P,x,2025-01-01,1\nB,P,"oops,2025-01-01,2\nC,P,x,2025-01-01,3\n'.encode())

    good, bad = read(path)

    assert isinstance(good, SourceRow)
    assert isinstance(bad, Problem)
    assert bad.reason.startswith("Lines 3 to 4 are not CSV")


def test_a_field_beyond_200_kB_is_refused_and_a_smaller_one_is_read(tmp_path: Path) -> None:  # noqa: N802 - a unit
    """One row cannot take all the memory."""
    path = write(
        tmp_path,
        f"{HEADER}\nA,P,{'x' * 200_001},2025-01-01,1\nB,P,{'y' * 199_999},2025-01-01,2\n".encode(),
    )

    bad, good = read(path)

    assert isinstance(bad, Problem)
    assert bad == Problem(2, "", "", "A field is longer than 200,000 characters.")
    assert isinstance(good, SourceRow)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_rest_of_an_endless_line_is_no_row_of_its_own(tmp_path: Path, end: str) -> None:
    """A line of millions of characters is one problem, inside a quotation too, and the next line is the next row."""
    rows = (
        HEADER,
        f"A,P,{'x' * 2_500_000},2025-01-01,1",
        f'B,P,"{"y" * 1_000_000}",2025-01-01,2',
        "C,P,z,2025-01-01,3",
    )
    path = write(tmp_path, end.join([*rows, ""]).encode())

    first, second, good = read(path)

    assert first == Problem(2, "", "", "A field is longer than 200,000 characters.")
    assert second == Problem(3, "", "", "A field is longer than 200,000 characters.")
    assert isinstance(good, SourceRow)
    assert (good.line, good.values["repair_id"]) == (4, "3")


def test_blank_lines_before_the_header_are_passed_over_and_counted(tmp_path: Path) -> None:
    """A line's number is the one that an editor shows."""
    path = write(tmp_path, f"\n\r\n{HEADER}\nA,P,x,2025-01-01,1\nB\n".encode())

    assert [row.line for row in read(path)] == [4, 5]


def test_nul_bytes_are_read(tmp_path: Path) -> None:
    """They are dropped later, with the other control characters."""
    path = write(tmp_path, f"{HEADER}\nA,P,a\0b,2025-01-01,1\n".encode())

    [row] = read(path)

    assert isinstance(row, SourceRow)
    assert row.values["issue"] == "a\0b"


def test_the_progress_ends_at_the_size_of_the_file(tmp_path: Path) -> None:
    """The last call says that all bytes are done, and none says more."""
    path = write(tmp_path, f"{HEADER}\n".encode() + b"A,P,x,2025-01-01,1\n" * 2_000)
    calls: list[tuple[int, int]] = []
    with Source(path, lambda done, total: calls.append((done, total))) as source:
        list(source.rows())

    size = path.stat().st_size
    assert calls[-1] == (size, size)
    assert len(calls) == 5
    assert calls == sorted(calls)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"a,issue,c\n1,2,3\n", "neither the columns of Open Repair Data nor"),
        (f"{HEADER},repair_id\n".encode(), "'repair_id' twice"),
        (f"{HEADER},warrenty\n".encode(), "has the column warrenty, unread"),
        (HEADER.replace("issue", "isue").encode(), "lacks the column issue and has the column isue, unread"),
        (b"repair_id,customer_first_name\n", "lacks the columns device_type, issue, received"),
        (b"id,data_provider,country\n", "read as Open Repair Data, lacks the columns brand"),
        (b"\n \n", "is empty"),
        (f"{HEADER}\n".encode("utf-16"), "is UTF-16"),
        (f"{HEADER}\n".encode("utf-16-le"), "no text in UTF-8"),
        (b"PK\x03\x04\x14\x00", "spreadsheet"),
    ],
)
def test_a_file_of_another_kind_is_refused_in_one_sentence(tmp_path: Path, content: bytes, says: str) -> None:
    """Nothing is guessed about a header that is not ours."""

    def open_and_recognise() -> None:
        with Source(write(tmp_path, content)) as source:
            source.format(None)

    with pytest.raises(UnreadableFile, match=says):
        open_and_recognise()


def test_the_missing_columns_of_a_wanted_format_are_named(tmp_path: Path) -> None:
    """`--format open-repair` on our own CSV says what it lacks."""
    with Source(write(tmp_path, f"{HEADER}\n".encode())) as source, pytest.raises(UnreadableFile, match="event_date"):
        source.format("open-repair")


@pytest.mark.parametrize("more", [(), ("product_category_id", "product_age")])
def test_both_column_sets_of_the_standard_are_recognised(tmp_path: Path, more: tuple[str, ...]) -> None:
    """v0.2.1 lacks two columns of v0.3; their order says nothing."""
    path = write(tmp_path, ",".join([*sorted(OPEN_REPAIR), *more]).encode() + b"\n")

    with Source(path) as source:
        assert source.format(None) == "open-repair"


def test_a_missing_file_is_told_in_one_sentence(tmp_path: Path) -> None:
    """The operator reads which file, and why."""
    with pytest.raises(UnreadableFile, match="cannot be read"), Source(tmp_path / "none.csv"):
        pass
