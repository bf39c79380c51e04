"""The address form: which fields a country asks for, in its own words, and what was typed into them."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from revivatech.accounts.profile.addresses.contracts import (
    TYPES,
    Address,
    AddressFields,
    AddressType,
)
from revivatech.accounts.profile.addresses.labels import label_of
from revivatech.accounts.profile.addresses.rules import (
    LONGEST,
    LONGEST_POSTAL_CODE,
    Rules,
    countries,
    known_countries,
    rules_of,
)
from revivatech.kit.i18n import translations
from revivatech.kit.numbers import LARGEST_VERSION
from revivatech.kit.structs import Value
from revivatech.web import forms as sent

# As the API calls them, so that a refusal names the field of the form as well.
NAMES = {
    "type": "type",
    "label": "label",
    "street_address": "streetAddress",
    "apartment": "apartment",
    "district": "district",
    "city": "city",
    "state": "state",
    "postal_code": "postalCode",
    "country": "country",
}
AUTOCOMPLETE = {
    "street_address": "address-line1",
    "apartment": "address-line2",
    "district": "address-level3",
    "city": "address-level2",
    "state": "address-level1",
    "postal_code": "postal-code",
}


class Field(Value):
    """A field of the form; `options` where it is a choice."""

    name: str
    label: str
    value: str
    autocomplete: str
    is_required: bool
    longest: int
    hint: str = ""
    options: tuple[tuple[str, str], ...] = ()


class Typed(Value):
    """The form as a person left it."""

    fields: AddressFields
    version: int = 0
    make_default: bool = False


def typed(form: Mapping[str, Any]) -> Typed:
    """Return what was sent. What is no text is empty; what is no type is a home.."""
    typed = sent.fields_of(form)
    texts = {ours: typed[name] for ours, name in NAMES.items()}
    chosen = texts.pop("type")
    kind: AddressType = next((kind for kind in TYPES if kind == chosen), "home")
    country = texts.pop("country").strip().upper()
    return Typed(AddressFields(type=kind, country=country, **texts), _version(typed["version"]), "isDefault" in form)


def of(address: Address) -> Typed:
    """The form as it shows an address that is kept."""
    fields = AddressFields(**{name: getattr(address, name) for name in AddressFields.__struct_fields__})
    return Typed(fields, address.version, address.is_default)


def empty(country: str) -> Typed:
    """The form before anything is typed."""
    return Typed(AddressFields(country=country))


def guessed_country(language: str, timezone: str) -> str:
    """The country that somebody of that zone most likely lives in, else the one of their language."""
    from babel.core import get_global  # noqa: PLC0415 - asked for when a form is opened

    country = str(get_global("zone_territories").get(timezone, ""))
    if country in known_countries():
        return country
    return "BR" if language == "pt-BR" else ""


def fields_of(shown: Typed, language: str) -> list[list[Field]]:
    """The rows of the form, in the order in which the country writes an address. Nothing before a country is chosen."""
    if shown.fields.country not in known_countries():
        return []
    rules = rules_of(shown.fields.country)
    rows = []
    for row in rules.rows:
        rows.append([_field(part, shown.fields, rules, language) for part in row])
        if "street_address" in row:
            rows.append([_field("apartment", shown.fields, rules, language)])
    return rows


def _field(part: str, fields: AddressFields, rules: Rules, language: str) -> Field:
    gettext = translations(language).gettext
    options: tuple[tuple[str, str], ...] = ()
    if part == "state" and rules.states:
        options = (("", gettext("Choose…")), *rules.states)
    value = getattr(fields, part)
    if options:
        value = rules.state_of(value) or ""
    hint = ""
    if part == "postal_code" and rules.postal_example:
        hint = gettext("For example %(example)s") % {"example": rules.postal_example}
    return Field(
        NAMES[part],
        label_of(part, rules, language),
        value,
        AUTOCOMPLETE[part],
        part in rules.required,
        LONGEST_POSTAL_CODE if part == "postal_code" else LONGEST[part],
        hint,
        options,
    )


def countries_of(language: str) -> list[tuple[str, str]]:
    """Return what the choice of a country offers."""
    return [("", translations(language).gettext("Choose…")), *countries(language)]


def types_of(language: str) -> list[tuple[str, str]]:
    """Return what the choice of a type offers."""
    catalogue = translations(language)
    names = {
        "home": catalogue.pgettext("address", "Home"),
        "work": catalogue.pgettext("address", "Work"),
        "other": catalogue.gettext("Another place"),
    }
    return [(kind, names[kind]) for kind in TYPES]


def _version(text: str) -> int:
    """The version that a form was shown with; 0 where it bears none."""
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST_VERSION))
    return min(int(text), LARGEST_VERSION) if is_number else 0


def path_of(address_id: UUID | None) -> str:
    """Return where the form of that address lies; of a new one without an id."""
    return f"/customer/account/addresses/{address_id or 'new'}"
