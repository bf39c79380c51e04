"""The catalogues: whole, faithful to what they translate, and compiled from what people read and edit."""

import gettext
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from revivatech.kit.i18n import LANGUAGES, LOCALES, translations

FOLDERS: dict[str, Path] = {
    language: Path("src/revivatech/locales") / LOCALES[language] / "LC_MESSAGES"
    for language in LANGUAGES
    if language != "en"
}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}|%%")


@pytest.fixture(params=FOLDERS)
def language(request: pytest.FixtureRequest) -> str:
    """Each language but that of the sources."""
    return str(request.param)


def catalogue(language: str) -> Catalog:
    """The texts as their translators wrote them."""
    with (FOLDERS[language] / "messages.po").open("rb") as file:
        return read_po(file, locale=LOCALES[language])


def messages(language: str) -> Iterator[tuple[Message, tuple[str, ...], tuple[str, ...]]]:
    """Each text with its forms in English and in the language: one, or singular and plural."""
    for message in catalogue(language):
        if message.id:
            yield message, forms(message.id), forms(message.string)


def forms(text: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    """The text's forms; of what has no text, an empty one."""
    return (text or "",) if text is None or isinstance(text, str) else tuple(text)


def test_every_text_is_translated(language: str) -> None:
    """No text is empty, in any of its forms, and none is only a guess."""
    found = list(messages(language))
    assert len(found) > 300
    missing = [source for message, source, target in found if message.fuzzy or not all(map(str.strip, target))]
    assert missing == []


def test_placeholders_survive(language: str) -> None:
    """A translation holds what its source holds, no more and no less, so that no page fails for its reader."""
    wrong = [
        (source, target)
        for _, source, target in messages(language)
        for one in target
        if set(PLACEHOLDER.findall(one)) != set(PLACEHOLDER.findall(source[-1]))
    ]
    assert wrong == []


def test_the_edges_of_a_text_survive(language: str) -> None:
    """A sentence stays a sentence and a label a label: spaces and the last sign are those of the source."""
    wrong = [
        (source[-1], one)
        for _, source, target in messages(language)
        for one in target
        if one != one.strip() or any(source[-1].endswith(sign) != one.endswith(sign) for sign in (".", "…", "?"))
    ]
    assert wrong == []


def test_the_compiled_catalogue_says_what_the_written_one_says(language: str) -> None:
    """Pages read the .mo; it holds each text of the .po, and nothing else."""
    compiled = translations(language)
    assert isinstance(compiled, gettext.GNUTranslations)
    count = 0
    for message, source, target in messages(language):
        for number, one in zip((1, 2), target, strict=False):
            if message.context and len(source) == 1:
                said = compiled.pgettext(message.context, source[0])
            elif message.context:
                said = compiled.npgettext(message.context, source[0], source[1], number)
            else:
                said = (
                    compiled.ngettext(source[0], source[-1], number) if len(source) > 1 else compiled.gettext(source[0])
                )
            assert said == one
            count += 1
    assert len(compiled._catalog) == count + 1  # type: ignore[attr-defined] # noqa: SLF001 - its header is one more
