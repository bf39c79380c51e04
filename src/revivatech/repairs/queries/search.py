"""The conditions by which repairs and devices are searched."""

from typing import LiteralString

from revivatech.kit.structs import Value
from revivatech.repairs.search import Search

# That a device's serial number or IMEI is like the patterns of `devices.marks`; as the indexes have it, word for word.
MARKED: LiteralString = """
  (serial_number IS NOT NULL AND upper(regexp_replace(serial_number, '[^0-9A-Za-z]', '', 'g')) LIKE %(serial)s
    OR imei IS NOT NULL AND imei LIKE %(imei)s)
"""


class Shape(Value):
    """The parts of a search: statements are prepared once for each shape."""

    words: int
    number: bool
    repair_id: bool


def shape_of(search: Search) -> Shape:
    """Return what the search consists of."""
    return Shape(len(search.words), search.number is not None, search.repair_id is not None)


def condition(shape: Shape) -> LiteralString:
    """Return the condition that a repair is one of those searched for; its parameters are named by `parameters`.

    One condition a word: `LIKE ALL (array)` is not found by an index.
    """
    words: LiteralString = " AND ".join([f"search_text LIKE %(word{number})s" for number in range(shape.words)])
    ways: list[LiteralString] = [f"({words})"]
    if shape.number:
        ways.append("search_text LIKE %(number)s")
    if shape.repair_id:
        ways.append("id = %(repair_id)s")
    return " OR ".join(ways)


def parameters(search: Search) -> dict[str, object]:
    """Return what the condition compares with, by name."""
    values: dict[str, object] = {f"word{number}": word for number, word in enumerate(search.words)}
    if search.number is not None:
        values["number"] = search.number
    if search.repair_id is not None:
        values["repair_id"] = search.repair_id
    return values
