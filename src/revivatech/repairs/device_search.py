"""Search by what is on a device's plate: a serial number or an IMEI, or the beginning of one."""

import re
import unicodedata

from revivatech.kit.text import one_line
from revivatech.repairs.device_numbers import without_label

NOT_OF_A_MARK = re.compile(r"[^0-9A-Za-z]")
NUMBERED = re.compile(r"[0-9]")
# Shorter ones, and words without a digit, are part of too many things to look for.
SHORTEST, LONGEST = 4, 100
# With the version of the software behind it an IMEI has 16 or 17 digits; the device's own are the first 14.
IMEI_DIGITS, OWN_DIGITS = 15, 14


def mark_of(text: str) -> str:
    """The letters (upper case) and digits of the number that the text may be; empty where it can be none."""
    typed = without_label(unicodedata.normalize("NFKC", one_line(text)))
    mark = NOT_OF_A_MARK.sub("", typed).upper()
    if not SHORTEST <= len(mark) <= LONGEST or not NUMBERED.search(mark):
        return ""
    return mark


def patterns_of(mark: str) -> dict[str, str | None]:
    """The LIKE patterns of serial numbers and of IMEIs that begin with the mark, by name; None finds nothing."""
    imei = None
    if mark.isdigit():
        imei = (mark if len(mark) <= IMEI_DIGITS else mark[:OWN_DIGITS]) + "%"
    return {"serial": mark + "%" if mark else None, "imei": imei}
