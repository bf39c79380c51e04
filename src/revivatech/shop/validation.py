"""The shop's settings as an operator types them, checked and in the form in which they are stored."""

from zoneinfo import available_timezones

from babel.numbers import list_currencies

from revivatech.kit.email import is_email, parse_email
from revivatech.kit.errors import FieldError, InvalidInput
from revivatech.kit.i18n import LANGUAGES
from revivatech.kit.text import one_line
from revivatech.shop.contracts import ShopSettings
from revivatech.shop.region import countries

LONGEST_NAME = 100
LONGEST_PHONE = 32
LONGEST_ADDRESS = 200


def checked(shop: ShopSettings) -> ShopSettings:
    """Return the settings as they are stored. Raises InvalidInput with one sentence for each wrong field."""
    tidy = ShopSettings(
        name=one_line(shop.name),
        email=_email(shop.email or ""),
        phone=_optional(shop.phone),
        address=_optional(shop.address),
        currency=shop.currency.strip().upper(),
        timezone=shop.timezone.strip(),
        language=shop.language,
        country=(shop.country or "").strip().upper() or None,
    )
    if errors := _errors(tidy):
        raise InvalidInput(" ".join(error.message for error in errors), errors=errors)
    return tidy


def _optional(text: str | None) -> str | None:
    return one_line(text or "") or None


def _email(text: str) -> str | None:
    return parse_email(text) if is_email(text) else _optional(text)


def _errors(shop: ShopSettings) -> list[FieldError]:
    wrong = {
        f"The name has 1 to {LONGEST_NAME} characters.": ("name", not 1 <= len(shop.name) <= LONGEST_NAME),
        "The email is not an address such as hello@shop.example.": (
            "email",
            bool(shop.email) and not is_email(shop.email or ""),
        ),
        f"The phone has at most {LONGEST_PHONE} characters.": ("phone", len(shop.phone or "") > LONGEST_PHONE),
        f"The address has at most {LONGEST_ADDRESS} characters.": (
            "address",
            len(shop.address or "") > LONGEST_ADDRESS,
        ),
        "The currency is not one of ISO 4217, such as EUR.": ("currency", shop.currency not in list_currencies()),
        "The time zone is not an IANA name, such as Europe/Dublin.": (
            "timezone",
            shop.timezone not in available_timezones(),
        ),
        "The country is not one of ISO 3166, such as IE.": (
            "country",
            shop.country is not None and shop.country not in countries(),
        ),
        f"The language is not one of {', '.join(LANGUAGES)}.": ("language", shop.language not in LANGUAGES),
    }
    return [FieldError(field, message) for message, (field, is_wrong) in wrong.items() if is_wrong]
