"""Postal codes and states as people write them, read as the one form that their country has for them."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

# What people put before a country's postal codes where that is not its ISO code: most often the sign of its cars.
SIGNS = {
    "AT": "A",
    "BE": "B",
    "DE": "D",
    "EE": "EST",
    "ES": "E",
    "FI": "FIN",
    "FR": "F",
    "HU": "H",
    "IT": "I",
    "LI": "FL",
    "LU": "L",
    "NO": "N",
    "OM": "PC",
    "PT": "P",
    "SE": "S",
    "SI": "SLO",
    "SV": "CP",
}
# Where the data's examples are not written as the country's post writes them.
EXAMPLES = {"SE": ("114 55",)}
# Japanese keyboards write the last one, which is a letter.
DASHES = re.compile("[\u2010-\u2015\u2212\u30fc]")
# What states are called by: said by some, left out by others.
DESIGNATIONS = frozenset(
    {
        *("co", "contae", "county", "province", "provincia", "provincie", "state", "estado", "prefecture", "region"),
        *("departamento", "department", "oblast", "district", "territory", "emirate", "island", "ilha", "isla"),
        *("of", "de", "do", "da", "del", "di", "the", "ken", "fu", "to", "shi", "sheng", "si", "gun", "city"),
    }
)


def postal_code(text: str, country: str, pattern: re.Pattern[str], examples: Sequence[str], prefix: str = "") -> str:
    """Return the code as its country writes it, such as `1100-061` for `1100061`; in capitals where it is none.

    `pattern` is what codes of the country are like, `examples` show where their blanks and dashes are, and `prefix` is
    what is put before them on mail from abroad.
    """
    typed = DASHES.sub("-", unicodedata.normalize("NFKC", text)).upper().strip()
    examples = EXAMPLES.get(country, tuple(examples))
    for bare in _without_country(typed, country, prefix):
        for candidate in _layouts(bare, examples):
            if pattern.fullmatch(candidate):
                return candidate
    return typed


def _without_country(typed: str, country: str, prefix: str) -> Iterator[str]:
    """The code without the country before it, as it is, and with what all codes of the country begin with."""
    signs = sorted(filter(None, {country, SIGNS.get(country, ""), prefix.strip(" -")}))
    if found := re.match(rf"(?:{'|'.join(signs)})[\W_]*(?=\d)", typed):
        yield typed[found.end() :]
    yield typed
    yield from (sign + typed for sign in signs)


def _layouts(typed: str, examples: Iterable[str]) -> Iterator[str]:
    """The letters and digits with the signs between them where the examples have them, from either end; as typed."""
    bare = "".join(letter for letter in typed if letter.isalnum())
    for example in sorted(examples, key=lambda one: _length(one) != len(bare)):
        yield _laid_out(bare, example)
        yield _laid_out(bare[::-1], example[::-1])[::-1]
    yield re.sub(r"\s+", " ", typed)
    yield bare


def _length(example: str) -> int:
    return sum(map(str.isalnum, example))


def _laid_out(bare: str, example: str) -> str:
    """The letters with the example's signs at their places; what is longer goes on without any."""
    written = []
    rest = iter(bare)
    for sign in example:
        if not sign.isalnum():
            written.append(sign)
        elif (letter := next(rest, None)) is not None:
            written.append(letter)
        else:
            break
    return "".join([*written, *rest]).strip(" -")


def state_of(text: str, country: str, names: dict[str, str]) -> str | None:
    """Return the key of the state that the text means; None where it means none, or might mean two.

    `names` holds the key of each name and key. Capitals, accents, dots, the country before it (`BR-SP`) and words such
    as `county` or `estado de` are no difference.
    """
    for reading in (_letters, _without_designations):
        wanted = reading(text, country)
        keys = {key for name, key in names.items() if reading(name, country) == wanted}
        if wanted and len(keys) == 1:
            return keys.pop()
    return None


@lru_cache(maxsize=4096)
def _letters(text: str, country: str) -> str:
    return "".join(_words(text, country))


@lru_cache(maxsize=4096)
def _without_designations(text: str, country: str) -> str:
    return "".join(word for word in _words(text, country) if word not in DESIGNATIONS)


def _words(text: str, country: str) -> list[str]:
    apart = unicodedata.normalize("NFKD", text)
    letters = "".join(letter for letter in apart if not unicodedata.combining(letter)).casefold()
    words = re.findall(r"\w+", letters)
    return words[1:] if len(words) > 1 and words[0] == country.casefold() and "-" in text else words
