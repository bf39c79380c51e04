"""Telephone numbers: read as people write them, kept as E.164, shown as the world reads them."""

import re
from functools import lru_cache

from revivatech.kit.i18n import LOCALES, marked
from revivatech.kit.text import one_line
from revivatech.shop.contracts import ShopSettings

LONGEST = 32
WRONG = marked("This is not a telephone number. Please give it with its country, like +351 912 345 678.")
# Calls to these cost whoever pays for our SMS, and no person is reached by them.
NO_PERSONS = frozenset({"PREMIUM_RATE", "SHARED_COST", "UAN", "VOICEMAIL", "PAGER"})
MOBILE = frozenset({"MOBILE", "FIXED_LINE_OR_MOBILE"})
# Where nothing else tells, and the language is spoken in one of our countries above all.
COUNTRY_OF_LANGUAGE = {"pt-BR": "BR"}


def normal(text: str, region: str | None) -> str:
    """The number as E.164, such as `+351912345678`; without a `+` it is one of that region (ISO 3166).

    Raises ValueError for what is no number of a person, an extension among it.
    """
    # 50 ms and 5 MB that a portal need not spend at its start.
    import phonenumbers  # noqa: PLC0415

    text = one_line(text)
    if len(text) > LONGEST:
        raise ValueError(WRONG)
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException as error:
        raise ValueError(WRONG) from error
    kind = phonenumbers.PhoneNumberType.to_string(phonenumbers.number_type(number))
    if number.extension or not phonenumbers.is_valid_number(number) or kind in NO_PERSONS:
        raise ValueError(WRONG)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@lru_cache(maxsize=4096)
def shown(phone: str) -> str:
    """The number with its blanks, such as `+351 912 345 678`; what is no E.164 (an import's) as it is."""
    import phonenumbers  # noqa: PLC0415 - as above

    try:
        number = phonenumbers.parse(phone, None)
    except phonenumbers.NumberParseException:
        return phone
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def takes_sms(phone: str) -> bool:
    """Whether an SMS may reach that number: it is E.164 and, as far as its country tells, a mobile telephone's."""
    import phonenumbers  # noqa: PLC0415 - as above

    try:
        number = phonenumbers.parse(phone, None)
    except phonenumbers.NumberParseException:
        return False
    kind = phonenumbers.PhoneNumberType.to_string(phonenumbers.number_type(number))
    return phonenumbers.is_valid_number(number) and kind in MOBILE


def region_of(shop: ShopSettings) -> str | None:
    """The country (ISO 3166) whose numbers people write to this shop without their `+`.

    That of the shop's own number, else the one that its address ends with, else that of its time zone, else of its
    language.
    """
    return (
        _of_number(shop.phone)
        or _of_address(shop.address, shop.language)
        or _of_zone(shop.timezone)
        or COUNTRY_OF_LANGUAGE.get(shop.language)
    )


def _of_number(phone: str | None) -> str | None:
    import phonenumbers  # noqa: PLC0415 - as above

    try:
        region = phonenumbers.region_code_for_number(phonenumbers.parse(phone or "", None))
    except phonenumbers.NumberParseException:
        return None
    return region if isinstance(region, str) and len(region) == 2 else None  # noqa: PLR2004 - ISO 3166's letters


def _of_address(address: str | None, language: str) -> str | None:
    last = re.split(r"[,\n]", address or "")[-1].strip().casefold()
    return _countries(language).get(last) or _countries("en").get(last)


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
