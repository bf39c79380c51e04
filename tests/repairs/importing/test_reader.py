"""Reading CSV files as they come."""

import csv
import gzip
import io
import tempfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revivatech.repairs.importing.contracts import Problem, UnreadableFile
from revivatech.repairs.importing.header import OPEN_REPAIR, PORTAL_REQUIRED
from revivatech.repairs.importing.reader import Source, SourceRow

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


# customer_first_name, device_type, issue, received, repair_id: each row is good but for its quotation mark.
UNCLOSED = 'B,P,"oops,2025-01-01,2'


@pytest.mark.parametrize(
    "after",
    [
        ["C,P,x,2025-01-01,3", "D,P,y,2025-01-01,4"],
        ['C,P,"x, y",2025-01-01,3', "D,P,y,2025-01-01,4"],
        ['C,P,"",2025-01-01,3', 'D,P,"5""",2025-01-01,4'],
        # The next mark stands before a comma: it closes the field, and the columns come out even.
        ['C,P,27",2025-01-01,3', "D,P,y,2025-01-01,4"],
        ['C,P,x,2025-01-01,3",', "D,P,y,2025-01-01,4"],
        ['C,P,"two', 'lines",2025-01-01,3', "D,P,y,2025-01-01,4"],
    ],
)
def test_c24_an_unclosed_quotation_mark_costs_its_own_row_only(tmp_path: Path, after: list[str]) -> None:
    """The message names its line and column, and reading goes on with the next one."""
    path = write(tmp_path, "\n".join([HEADER, "A,P,x,2025-01-01,1", UNCLOSED, *after, ""]).encode())

    good, bad, *rest = read(path)

    assert isinstance(good, SourceRow)
    assert bad == Problem(3, "", "issue", "The quotation mark that opens a field in line 3 is never closed.")
    assert rest[0].line == 4
    assert isinstance(rest[-1], SourceRow)
    assert rest[-1].values["repair_id"] == "4"


def test_c24_the_rows_of_a_whole_file_are_not_lost_behind_a_quotation_mark(tmp_path: Path) -> None:
    """Four hundred rows, of which the sixth has an unclosed mark; also beyond the longest field."""
    for text in ("x", "y" * 2_000):
        rows = [f"A,P,{text},2025-01-01,{number}" for number in range(400)]
        rows[4] = UNCLOSED
        path = write(tmp_path, "\n".join([HEADER, *rows, ""]).encode())

        items = read(path)

        assert [item.line for item in items] == list(range(2, 402))
        [bad] = [item for item in items if isinstance(item, Problem)]
        assert bad.line == 6


def test_c24_the_last_row_may_be_the_broken_one(tmp_path: Path) -> None:
    """Nothing follows that could be lost."""
    path = write(tmp_path, f"{HEADER}\nA,P,x,2025-01-01,1\n{UNCLOSED}\n".encode())

    _, bad = read(path)

    assert bad == Problem(3, "", "issue", "The quotation mark that opens a field in line 3 is never closed.")


def test_a_quotation_mark_within_quoted_text_is_told(tmp_path: Path) -> None:
    """It is to be doubled; the next row is read."""
    path = write(tmp_path, f'{HEADER}\nA,P,"a "b" c",2025-01-01,1\nB,P,x,2025-01-01,2\n'.encode())

    bad, good = read(path)

    reason = 'Line 2 has a quotation mark inside a quoted field: write it twice ("").'
    assert bad == Problem(2, "", "issue", reason)
    assert isinstance(good, SourceRow)


@pytest.mark.parametrize("column", range(5))
@pytest.mark.parametrize(
    "text",
    [
        "we tried a, b, c, d, e\nand, this, too, of, course\n2025-01-01 was the day",
        "\n\n",
        *("a\n" + "," * commas for commas in range(5)),
        *("," * commas + "\na" for commas in range(5)),
    ],
)
def test_a_text_that_only_looks_like_rows_stays_a_text(tmp_path: Path, column: int, text: str) -> None:
    """In any column; lines with as many commas as a row has, but no day within the text in the place of the day."""
    names = ["customer_first_name", "device_type", "received", "repair_id"]
    names.insert(column, "issue")
    values = {"customer_first_name": "A", "device_type": "P", "received": "2025-01-01", "repair_id": "1"}
    row = ",".join((values | {"issue": f'"{text}"'})[name] for name in names)
    path = write(tmp_path, f"{','.join(names)}\n{row}\n{row}\n".encode())

    items = read(path)

    assert [item.values for item in items if isinstance(item, SourceRow)] == [values | {"issue": text}] * 2


CELLS = st.text(alphabet='ab,;"\n\r\t ', max_size=6)


@given(st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=6), st.integers(0, 5), st.sampled_from(",;\t"))
def test_c24_what_a_program_writes_is_read_and_one_broken_row_is_alone(
    texts: list[tuple[str, str, str]], at: int, delimiter: str
) -> None:
    """Written by Python's own writer: read as it was. With a broken row between: all others are still there."""
    rows = [[*text, "2025-01-01", str(number)] for number, text in enumerate(texts)]
    header = HEADER.split(",")
    written = []
    for row in [header, *rows]:
        line = io.StringIO()
        csv.writer(line, delimiter=delimiter, lineterminator="\r\n").writerow(row)
        written.append(line.getvalue())
    broken = delimiter.join(["x", "x", '"x', "2025-01-01", "broken"]) + "\n"
    place = 1 + min(at, len(rows))

    for lines, missing in ((written, 0), ([*written[:place], broken, *written[place:]], 1)):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "file.csv"
            path.write_bytes("".join(lines).encode())
            items = read(path)
        good = [item.values for item in items if isinstance(item, SourceRow)]
        # What follows a broken mark and opens a text over several lines may be taken for the end of the first.
        if not missing or not any("\n" in cell or "\r" in cell for cell in sum(texts, ())):
            assert [row["repair_id"] for row in good] == [row[-1] for row in rows]
            assert [[row[name] for name in header] for row in good] == rows


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


@pytest.mark.parametrize(
    ("top", "separator", "first"),
    [
        ("sep=;\n", ";", 3),
        ("SEP=;\r\n", ";", 3),
        ('"sep=;"\n', ";", 3),
        ("\ufeffsep=,\n", ",", 3),
        ("sep=\t\n", "\t", 3),
        ("\ufeff\ufeffsep=|\n\n", "|", 4),
        ("\ufeff", ",", 2),
        ("\ufeff\ufeff", ";", 2),
        ("", "|", 2),
    ],
)
def test_c10_c13_what_a_spreadsheet_puts_before_the_header_is_read(
    tmp_path: Path, top: str, separator: str, first: int
) -> None:
    """The line that names the separator is used, and one byte order mark or two are dropped."""
    # One comma more than semicolons in the header: only the named separator is right.
    text = f"{HEADER}\nA,P,x,2025-01-01,1\n".replace(",", separator)

    [row] = read(write(tmp_path, f"{top}{text}".encode()))

    assert isinstance(row, SourceRow)
    assert (row.line, row.values["customer_first_name"], row.values["repair_id"]) == (first, "A", "1")


@pytest.mark.parametrize("empty", [",", ",,", ",,,", ", ,\t,"])
def test_c11_empty_columns_at_the_end_are_passed_over(tmp_path: Path, empty: str) -> None:
    """Of the header, of the rows, or of both; a blank row is none."""
    rows = f"A,P,x,2025-01-01,1{empty}\n{empty},,,\nB,P,x,2025-01-01,2\nC,P,x,2025-01-01,3,,,,,,\n"
    for header in (HEADER, HEADER + empty):
        items = read(write(tmp_path, f"{header}\n{rows}".encode()))

        assert [item.line for item in items] == [2, 4, 5]
        assert all(isinstance(item, SourceRow) and set(item.values) == PORTAL_REQUIRED for item in items)


def test_c11_content_below_no_name_is_refused_by_the_columns_number(tmp_path: Path) -> None:
    """It would be lost otherwise. Behind the table and within it."""
    inner = HEADER.replace("issue,", "issue,,")
    behind = read(write(tmp_path, f"{HEADER},,\nA,P,x,2025-01-01,1,,y\nA,P,x,2025-01-01,2,,\n".encode()))
    within = read(write(tmp_path, f"{inner}\nA,P,x,y,2025-01-01,1\nA,P,x,,2025-01-01,2\n".encode()))

    assert behind[0] == Problem(2, "1", "", "Column 7 has no name in the header, but content here.")
    assert within[0] == Problem(2, "1", "", "Column 4 has no name in the header, but content here.")
    for [_, good] in (behind, within):
        assert isinstance(good, SourceRow)
        assert set(good.values) == PORTAL_REQUIRED


@pytest.mark.parametrize("title", ["Repairs 2025", "Repairs 2025,,,,", "Our shop;Repairs;;", "Report,Report"])
def test_c13_a_title_above_the_header_is_told(tmp_path: Path, title: str) -> None:
    """The line that looks like the header is named."""
    path = write(tmp_path, f"{title}\n\n{HEADER}\nA,P,x,2025-01-01,1\n".encode())

    with pytest.raises(UnreadableFile, match=r"file\.csv: line 3 looks like the header\. Delete the lines above it\."):
        read(path)


def zipped(*names: str) -> bytes:
    """An archive with these members."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        for name in names:
            file.writestr(name, "x")
    return archive.getvalue()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (gzip.compress(HEADER.encode(), mtime=0), "is compressed: unpack it first"),
        (zipped("repairs.csv"), "is compressed: unpack it first"),
        (b"BZh91AY&SY", "is compressed: unpack it first"),
        (b"7z\xbc\xaf\x27\x1c\x00", "is compressed: unpack it first"),
        (zipped("[Content_Types].xml", "xl/workbook.xml"), "is a spreadsheet: save the table as CSV in UTF-8"),
        (zipped("mimetype", "content.xml"), "is a spreadsheet: save the table as CSV in UTF-8"),
        (b"%PDF-1.7\n", "is a PDF document"),
        (b"<html><table>", "is a web page or XML"),
    ],
)
def test_c13_another_kind_of_file_is_told_by_what_it_is(tmp_path: Path, content: bytes, says: str) -> None:
    """And what to do with it."""
    with pytest.raises(UnreadableFile, match=says):
        read(write(tmp_path, content))


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
