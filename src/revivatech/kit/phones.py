"""Telephone numbers: read as people write them, kept as E.164, shown as the world reads them."""

import re
from functools import lru_cache

from revivatech.kit.i18n import marked
from revivatech.kit.text import one_line

LONGEST = 32
# As people type it, with what copying adds to it.
LONGEST_TYPED = 60
WRONG = marked("This is not a telephone number. Please give it with its country, like +351 912 345 678.")
# Calls to these cost whoever pays for our SMS, and no person is reached by them.
NO_PERSONS = frozenset({"PREMIUM_RATE", "SHARED_COST", "UAN", "VOICEMAIL", "PAGER"})
MOBILE = frozenset({"MOBILE", "FIXED_LINE_OR_MOBILE"})
# Nothing but a number: of "Ana 912 345 678" the library would keep the digits alone.
BARE = re.compile(r"[+\uff0b\d()./\u2010-\u2015\u2212 -]+")
# Fewer digits of a number find half of the shop's customers.
FEWEST_SEARCHED = 4
FEWEST_DIGITS = 5


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
    # A number without a kind is none that its country could give out.
    if number.extension or kind in NO_PERSONS or kind == "UNKNOWN":
        raise ValueError(WRONG)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def kept(text: str, region: str | None) -> str:
    """Return the number as it is stored: as E.164 where `normal` can read it, else the text on one line.

    At the counter and in old records any text may stand for a number: "ask for Ana, ext. 12" is kept as it is.
    """
    typed = one_line(text)
    if not BARE.fullmatch(typed):
        return typed
    try:
        return normal(typed, region)
    except ValueError:
        return typed


def looks_right(text: str) -> bool:
    """Return whether the text can be a telephone number, of whatever country: signs of one, and digits enough."""
    typed = one_line(text)
    return bool(BARE.fullmatch(typed)) and len(typed) <= LONGEST and sum(map(str.isdigit, typed)) >= FEWEST_DIGITS


def searched(text: str, region: str | None) -> str | None:
    """Return the digits that a stored number has in common with the typed one, with and without its country's code.

    `+353 87 123 4567`, `00353 (0)87 123 4567` and `087 123 4567` are all searched as `871234567`; a part of a number
    is too. None for what is no number or too short to search.
    """
    import phonenumbers  # noqa: PLC0415 - as above

    typed = one_line(text).replace("(0)", "")
    if not BARE.fullmatch(typed):
        return None
    digits = str(phonenumbers.normalize_digits_only(typed))
    if len(digits) < FEWEST_DIGITS:
        return None
    if typed.startswith(("+", "\uff0b", "00")):
        national = _national("+" + digits.lstrip("0"), None)
    else:
        national = _national(digits, region)
    # The zero that is dialled within a country is none of the number's.
    national = national.lstrip("0")
    return national if len(national) >= FEWEST_SEARCHED else digits.lstrip("0") or digits


def _national(text: str, region: str | None) -> str:
    """The digits without the country's code; empty where the library cannot tell them apart."""
    import phonenumbers  # noqa: PLC0415 - as above

    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return ""
    return str(phonenumbers.national_significant_number(number))


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
    """Return whether an SMS may reach that number: E.164 and, as far as its country tells, a mobile telephone's."""
    import phonenumbers  # noqa: PLC0415 - as above

    try:
        number = phonenumbers.parse(phone, None)
    except phonenumbers.NumberParseException:
        return False
    kind = phonenumbers.PhoneNumberType.to_string(phonenumbers.number_type(number))
    return phonenumbers.is_valid_number(number) and kind in MOBILE
