"""Text from outside, made safe to keep."""

import html
import re
import unicodedata

# Word, old Mac files and Unicode have line ends of their own.
LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\u2028\u2029]")
# Control characters but tab and newline: PostgreSQL refuses NUL, terminals obey ESC. Lone surrogates have no UTF-8, and
# noncharacters are not allowed in HTML.
UNPRINTABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
# Every kind of blank, and the empty Braille cell, which looks like one.
BLANKS = re.compile("[ \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u2800\u3000]+")

# Characters without a shape (Default_Ignorable_Code_Point, Unicode 5.21): directions that turn the text after them,
# soft hyphens, blanks without a width, fillers, marks of order. Nobody types them, copying brings them along.
INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
    "\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0080-\U000e00ff\U000e01f0-\U000e0fff]"
)
# Some have a meaning beside certain characters, and are kept there alone.
# A flag such as Scotland's is a black flag with its region in tags.
TAGS = re.compile("(\U0001f3f4[\U000e0020-\U000e007e]{1,8}\U000e007f)|[\U000e0000-\U000e007f]")
# Variation selectors choose the shape of a symbol, a digit on a keycap, an ideograph; Mongolian has its own.
SELECTORS = re.compile(
    "(?<![#*0-9\u00a9\u00ae\u0900-\u17ff\u18b0-\u1dff\u203c\u2049\u2100-\ufdff\U00010000-\U0003ffff])"
    "[\ufe00-\ufe0f\U000e0100-\U000e01ef]|(?<![\u1810-\u18af])[\u180b-\u180f]"
)
# Joiners hold emoji together and shape Persian, Arabic and Indic words; a non-joiner at the end of a word shapes none.
JOINERS = re.compile(
    "(?<![\u0590-\u17ff\u180b-\u1dff\u2100-\ufdff\ufe0f\ufe70-\ufefc\U00010000-\U0003ffff])[\u200c\u200d]"
    "|\u200c(?=\\s|$)"
)
HIDDEN = re.compile(
    INVISIBLE.pattern[:-1] + "\u180b-\u180f\u200c\u200d\ufe00-\ufe0f\U000e0000-\U000e007f\U000e0100-\U000e01ef]"
)


def plain(text: str) -> str:
    """Return the text in NFC with newlines as line ends, without outer blanks and without what nobody sees.

    Control characters, surrogates and invisible characters (text directions among them) are removed, but for those that
    shape an emoji or a word of their script.
    """
    text = unicodedata.normalize("NFC", UNPRINTABLE.sub("", LINE_ENDS.sub("\n", text)))
    return visible(text).strip()


def one_line(text: str) -> str:
    """Return the text as `plain` does, on one line with single blanks."""
    return BLANKS.sub(" ", plain(text).replace("\n", " ")).strip()


def visible(text: str) -> str:
    """Return the text in NFC without invisible characters, but for those that shape an emoji or a word."""
    if text.isascii() or not HIDDEN.search(text):
        return text
    text = TAGS.sub(lambda found: found[1] or "", INVISIBLE.sub("", text))
    return unicodedata.normalize("NFC", JOINERS.sub("", SELECTORS.sub("", text)))


def unescape(text: str) -> str:
    """Return the text with HTML entities read as the characters they name, twice-escaped ones too."""
    return html.unescape(html.unescape(text))


def containing(word: str) -> str:
    """Return the LIKE pattern of the texts that hold the word; its own wildcards stand for themselves."""
    literal = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{literal}%"
