"""The header of a CSV file: its columns and its separator, also where a spreadsheet has added to it."""

import csv
import re
from itertools import islice

from revivatech.kit.structs import Value
from revivatech.kit.text import one_line
from revivatech.repairs.importing.contracts import Format, UnreadableFile
from revivatech.repairs.importing.lines import Lines

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

# With fewer of a format's columns than this a file is meant to be something else.
LEAST_SHARE = 0.25
# Below a title, a line with so many of them is surely the header. It is looked for among the next lines.
SURE_SHARE = 0.5
MOST_TITLES = 20
# Spreadsheets of countries with a decimal comma separate by semicolons.
DELIMITERS = ",;\t|"
# The line by which a file tells spreadsheets its separator.
SEPARATOR = re.compile(r"\"?sep=([^\w\s\"]|\t)\"?", re.IGNORECASE)
BYTE_ORDER_MARK = "\ufeff"


class Header(Value):
    """A header, read.

    `columns` are the names up to the last one; a nameless column between them is empty. `width` counts the empty cells
    behind them too, which a spreadsheet writes for columns that once held something.
    """

    columns: list[str]
    delimiter: str
    width: int

    def at(self, *names: str) -> int | None:
        """Return the place of the first of these columns that the file has."""
        return next((self.columns.index(name) for name in names if name in self.columns), None)


def read_header(lines: Lines, name: str) -> Header:
    """Read the lines up to the header; `name` is the file's. Raises UnreadableFile where there is none to be seen."""
    separator = None
    for line in lines:
        header = line.lstrip(BYTE_ORDER_MARK)
        if lines.number == 1 and (told := SEPARATOR.fullmatch(header.strip(" \r\n"))):
            separator = told[1]
        elif header.strip():
            break
    else:
        raise UnreadableFile(f"{name} is empty.")
    if "\0" in header:
        raise UnreadableFile(f"{name} is no text in UTF-8: save it as CSV in UTF-8.")
    delimiter = separator or max(DELIMITERS, key=header.count)
    try:
        columns = _names(header, delimiter)
    except csv.Error:
        columns = []
    if max(shares(set(columns)).values()) < LEAST_SHARE and (number := _header_below(lines, separator)):
        raise UnreadableFile(f"{name}: line {number} looks like the header. Delete the lines above it.")
    if not columns:
        raise UnreadableFile(f"{name} does not begin with a line of column names.")
    if doubles := sorted({column for column in columns if column and columns.count(column) > 1}):
        raise UnreadableFile(f"{name} names the column {doubles[0]!r} twice.")
    width = len(columns)
    while columns and not columns[-1]:
        columns.pop()
    return Header(columns, delimiter, width)


def shares(columns: set[str]) -> dict[Format, float]:
    """Return which share of each format's columns these are."""
    return {
        "open-repair": len(OPEN_REPAIR & columns) / len(OPEN_REPAIR),
        "portal": len(PORTAL_REQUIRED & columns) / len(PORTAL_REQUIRED),
    }


def _header_below(lines: Lines, separator: str | None) -> int | None:
    """Return the number of the line further down that is the header; a title stands above many tables."""
    for line in islice(lines, MOST_TITLES):
        try:
            columns = _names(line, separator or max(DELIMITERS, key=line.count))
        except csv.Error:
            continue
        if max(shares(set(columns)).values()) >= SURE_SHARE:
            return lines.number
    return None


def _names(line: str, delimiter: str) -> list[str]:
    return [one_line(cell).lower() for cell in next(csv.reader([line], delimiter=delimiter), [])]
