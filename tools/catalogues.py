"""The message catalogues: collected from code and templates, merged into each language, compiled.

`--check` writes nothing and ends with 1 when a run would change something or a translation is missing.
"""

import io
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[1]
LOCALES = ROOT / "src" / "revivatech" / "locales"
LANGUAGES = ("pt_BR",)  # the sources are English
WIDTH = 120
# What marks a text in code and templates; `marked` those that are translated elsewhere than where they are written.
KEYWORDS = DEFAULT_KEYWORDS | {"marked": None}


def main() -> int:
    """Bring the catalogues up to date, or say what is not."""
    only_check = "--check" in sys.argv[1:]
    template = collect()
    problems = []
    for language in LANGUAGES:
        folder = LOCALES / language / "LC_MESSAGES"
        catalogue = merged(template, language, folder / "messages.po")
        missing = [message.id for message in catalogue if message.id and (not _whole(message.string) or message.fuzzy)]
        problems += [f"{language}: not translated: {text!r}" for text in missing]
        for path, content in ((folder / "messages.po", po(catalogue)), (folder / "messages.mo", mo(catalogue))):
            if path.exists() and path.read_bytes() == content:
                continue
            if only_check:
                problems.append(f"{path.relative_to(ROOT)} is out of date: run make messages.")
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
    for problem in problems:
        print(problem)
    return 1 if problems else 0


def _whole(translation: str | tuple[str, ...]) -> bool:
    """Return whether there is a text, of a plural every form."""
    return all(translation) if isinstance(translation, tuple) else bool(translation)


def collect() -> Catalog:
    """Every text of the program, in the order of its files."""
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    catalogue = Catalog(project="Revivatech Customer Portal", charset="utf-8")
    found = extract_from_dir(
        ROOT, methods, options, keywords=KEYWORDS, comment_tags=("Translators:",), strip_comment_tags=True
    )
    for name, _, text, comments, context in sorted(found, key=lambda item: (item[0], item[1])):
        # Files and no lines: a line added above a text is no change of the catalogue.
        catalogue.add(text, None, [(name, None)], auto_comments=comments, context=context)
    return catalogue


def merged(template: Catalog, language: str, path: Path) -> Catalog:
    """The language's catalogue with exactly the texts of the template; what is new is not translated yet."""
    catalogue = Catalog(locale=language)
    if path.exists():
        with path.open("rb") as file:
            catalogue = read_po(file, locale=language)
    catalogue.update(template, no_fuzzy_matching=True, update_header_comment=False)
    catalogue.obsolete.clear()
    return catalogue


def po(catalogue: Catalog) -> bytes:
    """The catalogue as text, without a date that would change at each run."""
    buffer = io.BytesIO()
    write_po(buffer, catalogue, width=WIDTH, omit_header=True, sort_by_file=True)
    header = (
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
        f'"Language: {catalogue.locale}\\n"\n"Plural-Forms: {catalogue.plural_forms}\\n"\n\n'
    )
    return header.encode() + buffer.getvalue()


def mo(catalogue: Catalog) -> bytes:
    """The catalogue as the program reads it."""
    compiled = Dateless(locale=catalogue.locale, charset="utf-8")
    for message in catalogue:
        if message.id:
            compiled.add(message.id, message.string, context=message.context)
    buffer = io.BytesIO()
    write_mo(buffer, compiled)
    return buffer.getvalue()


class Dateless(Catalog):
    """A catalogue that does not say when it was made: two equal ones are equal."""

    mime_headers = property(
        lambda self: [
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Language", str(self.locale)),
            ("Plural-Forms", self.plural_forms),
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
