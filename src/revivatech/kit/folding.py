"""Text as it is compared and searched: case, accents and the typing habits of keyboards do not count."""

import re
import unicodedata

MARKS = re.compile("[\u0300-\u036f]")
# Letters that Unicode does not take apart, signs that keyboards and word processors vary, characters without a shape.
PLAIN = {
    **dict(zip("łøđðħŧı", "loddhti", strict=True)),
    "æ": "ae",
    "œ": "oe",
    "þ": "th",
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212", "-"),
    **dict.fromkeys("\u2018\u2019\u201b\u02bc`", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u00ab\u00bb", '"'),
    **dict.fromkeys("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff", ""),
}
TABLE = str.maketrans(PLAIN)


def folded(text: str) -> str:
    """Return the text in small letters without accents; full-width characters and typographic signs as plain ones.

    The SQL function `folded` does the same with the columns that are searched: change both or none.
    """
    return MARKS.sub("", unicodedata.normalize("NFKD", text)).casefold().translate(TABLE)
