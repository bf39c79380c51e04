"""Text from outside, made safe to keep."""

import html
import re
import unicodedata

# Control characters but tab and newline: PostgreSQL refuses NUL, terminals obey ESC. Lone surrogates have no UTF-8.
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
BLANKS = re.compile(r"[ \t\u00a0]+")


def plain(text: str) -> str:
    """The text in NFC, without control characters and surrogates, line ends as newlines, outer blanks gone."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", UNPRINTABLE.sub("", text)).strip()


def one_line(text: str) -> str:
    """As `plain`, on one line with single blanks."""
    return BLANKS.sub(" ", plain(text).replace("\n", " "))


def unescape(text: str) -> str:
    """The text with HTML entities read as the characters they name, twice-escaped ones too."""
    return html.unescape(html.unescape(text))


def containing(word: str) -> str:
    """The LIKE pattern of the texts that hold the word; its own wildcards stand for themselves."""
    literal = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{literal}%"


def normal_email(text: str) -> str:
    """The form under which an e-mail address is one identity: NFC, no outer blanks, lower case."""
    return unicodedata.normalize("NFC", text.strip()).casefold().lower()
