"""Numbers that people read aloud, and secrets that nobody guesses."""

import hashlib
import re
import secrets
import unicodedata
from collections.abc import Callable
from functools import cache

# Crockford's base 32: no I, L, O or U, so that nothing is misread and no word appears by chance.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
NUMBER_LENGTH = 7
# What the letters that the alphabet lacks are misread for.
MISREAD = str.maketrans("OILU", "011V")
DASH = r"\-\u00ad\u2010-\u2015\u2043\u2212_"
# A whole number with anything in front of it and behind it; blanks and dashes may stand among its characters.
WHOLE = (
    r"[^0-9A-Z]*(?:N[O.]?[^0-9A-Z]{{1,3}})?{prefix}[^0-9A-Z]{{0,3}}"
    r"(?P<code>(?:[0-9A-Z][ {dash}]?){{{length}}})[^0-9A-Z]*"
)
# The same without its prefix, as one word with two digits: any word of seven letters is not meant.
BARE = r"[^0-9A-Z]*(?P<code>(?=(?:[A-Z]*[0-9]){{2}})[0-9A-Z]{{{length}}})[^0-9A-Z]*"
# A number among other words, by its dash or its digits.
AMONG_WORDS = r"(?<![0-9A-Z]){prefix}(?:[{dash}]|(?=(?:[A-Z]*[0-9]){{2}}))(?P<code>[0-9A-Z]{{{length}}})(?![0-9A-Z])"
# The beginning of a number.
BEGUN = r"[^0-9A-Z]*{prefix}[{dash}](?P<code>[0-9A-Z]{{2,{length}}})"


def human_number(prefix: str) -> str:
    """A fresh number such as `R-7K3M9QX`: 35 random bits, unguessable, and never a key."""
    return f"{prefix}-" + "".join(secrets.choice(ALPHABET) for _ in range(NUMBER_LENGTH))


def number_meant(text: str, prefix: str) -> str:
    """Return the number, or its beginning, that a person has typed or pasted, as `human_number` writes it; else "".

    `#r 03s5x72.`, `R\u2013O3S5X72` and `Your repair R-03S5X72 is ready` all mean `R-03S5X72`. Letters that the alphabet
    lacks are read as the characters that they look like (O as 0, I and L as 1, U as V).
    """
    typed = unicodedata.normalize("NFKC", text).upper()
    for pattern in _spellings(prefix):
        if found := pattern(typed):
            code = re.sub("[^0-9A-Z]", "", found["code"]).translate(MISREAD)
            return f"{prefix}-{code}"
    return ""


@cache
def _spellings(prefix: str) -> list[Callable[[str], re.Match[str] | None]]:
    """The ways of reading a number, the surest first."""
    whole, bare, among_words, begun = (
        re.compile(pattern.format(prefix=prefix, dash=DASH, length=NUMBER_LENGTH))
        for pattern in (WHOLE, BARE, AMONG_WORDS, BEGUN)
    )
    return [whole.fullmatch, bare.fullmatch, among_words.search, begun.fullmatch]


def new_secret() -> str:
    """256 random bits as 43 URL-safe characters."""
    return secrets.token_urlsafe(32)


def digest(text: str) -> bytes:
    """The 32 bytes of SHA-256 under which a secret of high entropy is stored."""
    return hashlib.sha256(text.encode()).digest()
