"""Languages: which there are, and the texts of each. The catalogues are `locales/<locale>/LC_MESSAGES/messages.mo`."""

import gettext
from functools import cache, lru_cache
from importlib import resources
from io import BytesIO
from typing import Literal

Language = Literal["en", "pt-BR"]
LANGUAGES: tuple[Language, ...] = ("en", "pt-BR")
DEFAULT: Language = "en"
# Which of them serves whoever asks for a language, whatever the country.
SPOKEN: dict[str, Language] = {"en": "en", "pt": "pt-BR"}
# How gettext and Babel call them.
LOCALES: dict[str, str] = {"en": "en", "pt-BR": "pt_BR"}
# Countries with an English of their own. Everywhere else English is written as in Britain, with 24 hours a day.
ENGLISH_COUNTRIES = frozenset({"AU", "CA", "GB", "IE", "IN", "NZ", "SG", "US", "ZA"})


@cache
def translations(language: str) -> gettext.NullTranslations:
    """The catalogue of that language; English, and any language we do not have, answers the source text."""
    texts = catalogue(language)
    return gettext.GNUTranslations(BytesIO(texts)) if texts else gettext.NullTranslations()


@cache
def catalogue(language: str) -> bytes:
    """The compiled catalogue of that language, empty where there is none."""
    locale = LOCALES.get(language, "en")
    file = resources.files("revivatech") / "locales" / locale / "LC_MESSAGES" / "messages.mo"
    return file.read_bytes() if locale != "en" and file.is_file() else b""


def locale_of(language: str, country: str | None) -> str:
    """Return Babel's locale for texts in that language in a shop of that country (ISO 3166), such as `en_IE`."""
    if LOCALES.get(language, "en") == "en":
        return f"en_{country}" if country in ENGLISH_COUNTRIES else "en_GB"
    return LOCALES[language]


def marked(text: str) -> str:
    """The same text, collected into the catalogues: what is raised in English and translated where a page shows it."""
    return text


@lru_cache(maxsize=256)
def negotiate(accept_language: str) -> Language:
    """The best of our languages for an Accept-Language header (RFC 9110, section 12.5.4); English where none fits."""
    wishes = []
    for part in accept_language.split(",")[:20]:
        tag, _, parameters = part.strip().partition(";")
        weight = parameters.strip().removeprefix("q=") or "1"
        try:
            wishes.append((float(weight), tag.strip().lower().partition("-")[0]))
        except ValueError:
            continue
    for quality, language in sorted(wishes, key=lambda wish: -wish[0]):
        if quality > 0 and language in SPOKEN:
            return SPOKEN[language]
    return DEFAULT
