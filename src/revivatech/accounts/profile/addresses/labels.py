"""The names of an address' parts: a state is a county in Ireland and a province in Canada."""

from collections.abc import Mapping
from typing import Protocol

from revivatech.kit.i18n import DEFAULT, translations

# These keep their capital within a sentence.
NAMES = frozenset({"Eircode"})


class Names(Protocol):
    """The part of a country's rules that labels need."""

    @property
    def country(self) -> str:
        """The country's code (ISO 3166)."""

    @property
    def kinds(self) -> Mapping[str, str]:
        """A country's names for state, city, district and postal code."""


def label_of(part: str, rules: Names, language: str) -> str:
    """Return what the country calls that part, in the reader's language."""
    catalogue = translations(language)
    _ = catalogue.gettext
    labels = {
        "street_address": _("Street and number"),
        "apartment": _("Flat, floor or building"),
        # of a state
        "province": _("Province"),
        "state": catalogue.pgettext("address", "State"),
        "island": _("Island"),
        "department": _("Department"),
        "parish": _("Parish"),
        "county": _("County"),
        "oblast": _("Oblast"),
        "emirate": _("Emirate"),
        "area": _("Area"),
        "prefecture": _("Prefecture"),
        "do_si": _("Province or city"),
        # of a city
        "city": _("Town or city"),
        "district": _("District"),
        "post_town": _("Post town"),
        # of a district
        "suburb": _("Suburb"),
        "neighborhood": _("Neighbourhood"),
        "townland": _("Townland"),
        "village_township": _("Village or township"),
        # of a postal code
        "postal": _("Postal code (CEP)") if rules.country == "BR" else _("Postal code"),
        "zip": _("ZIP code"),
        "eircode": _("Eircode"),
        "pin": _("PIN code"),
    }
    return labels[rules.kinds.get(part, part)]


def within_sentence(label: str, language: str) -> str:
    """Return the label as it stands within a sentence: in English without its capital, unless it is a name."""
    is_name = label in NAMES or label[1:2].isupper()
    return label if language != DEFAULT or is_name else label[0].lower() + label[1:]
