"""Languages: which there are, and the texts of each. The catalogues are `locales/<locale>/LC_MESSAGES/messages.mo`."""

import gettext
from functools import cache
from importlib import resources
from io import BytesIO
from typing import Literal

Language = Literal["en", "pt-BR"]
LANGUAGES: tuple[Language, ...] = ("en", "pt-BR")
DEFAULT: Language = "en"
# How gettext and Babel call them.
LOCALES: dict[str, str] = {"en": "en", "pt-BR": "pt_BR"}


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


def marked(text: str) -> str:
    """The same text, collected into the catalogues: what is raised in English and translated where a page shows it."""
    return text


def negotiate(accept_language: str) -> Language:
    """The best of our languages for an Accept-Language header; English where none fits."""
    wishes = []
    for part in accept_language.split(",")[:20]:
        tag, _, parameters = part.strip().partition(";")
        quality = parameters.strip().removeprefix("q=") or "1"
        try:
            wishes.append((float(quality), tag.strip().lower()))
        except ValueError:
            continue
    for _, tag in sorted(wishes, key=lambda wish: -wish[0]):
        if tag.startswith("pt"):
            return "pt-BR"
        if tag.startswith("en"):
            return "en"
    return DEFAULT
