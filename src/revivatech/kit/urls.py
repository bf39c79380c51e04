"""Addresses from outside: where a person may be sent on to."""

import re
from urllib.parse import unquote

LONGEST = 2000
# Visible ASCII without backslash: browsers drop tabs and line ends from addresses and read a backslash as a slash.
PLAIN_PATH = re.compile(r"/[!-\[\]-~]*")
# Decoding more often than any server between us and the person would.
DECODINGS = 4


def safe_next(text: str | None, default: str = "/") -> str:
    """The text where it is a path of this site (with query and fragment), else `default`.

    Refused is everything that a browser or a proxy could read as another site: a scheme, two slashes, backslashes,
    control characters, dot segments, also when they are percent-encoded, even repeatedly.
    """
    if not text or len(text) > LONGEST or not PLAIN_PATH.fullmatch(text):
        return default
    path = re.split(r"[?#]", text, maxsplit=1)[0]
    for _ in range(DECODINGS):
        if not _stays_here(path):
            return default
        if (decoded := unquote(path, errors="replace")) == path:
            return text
        path = decoded
    return default


def _stays_here(path: str) -> bool:
    if "//" in path or "\\" in path or any(ord(letter) <= 0x20 or ord(letter) == 0x7F for letter in path):  # noqa: PLR2004 - ASCII's controls
        return False
    return not any(segment in {".", ".."} for segment in path.split("/"))
