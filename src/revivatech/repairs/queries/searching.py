"""Words that a repair is searched by."""

from collections.abc import Sequence
from typing import LiteralString

from revivatech.kit.text import containing

# That a device's serial number or IMEI is like the patterns of `devices.marks`; as the indexes have it, word for word.
MARKED: LiteralString = """
  (serial_number IS NOT NULL AND upper(regexp_replace(serial_number, '[^0-9A-Za-z]', '', 'g')) LIKE %(serial)s
    OR imei IS NOT NULL AND imei LIKE %(imei)s)
"""


def word_conditions(words: int) -> list[LiteralString]:
    """A condition for each of so many words: all of them must be found."""
    return [f"AND search_text LIKE lower(%(word{n})s)" for n in range(words)]


def word_parameters(words: Sequence[str]) -> dict[str, str]:
    """What those conditions compare with, by name."""
    return {f"word{n}": containing(word) for n, word in enumerate(words)}
