"""The country of a shop, as far as its settings tell."""

import re
from functools import lru_cache

from revivatech.kit.i18n import LOCALES
from revivatech.shop.contracts import ShopSettings

# Where nothing else tells, and the language is spoken in one of our countries above all.
COUNTRY_OF_LANGUAGE = {"pt-BR": "BR"}


def region_of(shop: ShopSettings) -> str | None:
    """The country (ISO 3166) whose numbers people write to this shop without their `+`.

    The one that the shop has set, else that of its own number, else the one that its address ends with, else that of
    its time zone, else of its language.
    """
    return (
        shop.country
        or _of_number(shop.phone)
        or _of_address(shop.address, shop.language)
        or _of_zone(shop.timezone)
        or COUNTRY_OF_LANGUAGE.get(shop.language)
    )


def _of_number(phone: str | None) -> str | None:
    import phonenumbers  # noqa: PLC0415 - 50 ms and 5 MB that a start need not spend

    try:
        region = phonenumbers.region_code_for_number(phonenumbers.parse(phone or "", None))
    except phonenumbers.NumberParseException:
        return None
    return region if isinstance(region, str) and len(region) == 2 else None  # noqa: PLR2004 - ISO 3166's letters


def _of_address(address: str | None, language: str) -> str | None:
    last = re.split(r"[,\n]", address or "")[-1].strip().casefold()
    return _countries(language).get(last) or _countries("en").get(last)


def countries() -> frozenset[str]:
    """Return the codes of all countries (ISO 3166 alpha-2)."""
    return frozenset(_countries("en").values())


@lru_cache(maxsize=2)
def _countries(language: str) -> dict[str, str]:
    """The country of each name in that language, in small letters."""
    from babel import Locale  # noqa: PLC0415 - its data are read once a country is looked for by name

    territories = Locale.parse(LOCALES[language]).territories
    return {name.casefold(): code for code, name in territories.items() if len(code) == 2}  # noqa: PLR2004 - as above


def _of_zone(timezone: str) -> str | None:
    from babel.core import get_global  # noqa: PLC0415 - as above

    country = get_global("zone_territories").get(timezone)
    return country if isinstance(country, str) and len(country) == 2 and country != "ZZ" else None  # noqa: PLR2004
