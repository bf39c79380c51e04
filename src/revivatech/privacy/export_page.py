"""The page of an export that a person can read: one file, in their language, that asks nothing of anybody."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from importlib import resources
from types import TracebackType
from typing import Any, Self

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from revivatech.kit.i18n import translations
from revivatech.privacy.values import Values
from revivatech.web.formats import Formats, zone

CHUNK = 65_536
# Until so much it stays in memory, then on disk.
SPOOL = 1_000_000


class Reading:
    """Collects the page's sections, on disk where they are many. Use as a context manager."""

    def __init__(self, formats: Formats, name: str, shop: str, values: Values) -> None:
        self._formats = formats
        self._language = language = formats.language
        self._zone = zone(formats.timezone)
        self._name = name
        self._shop = shop
        ours = words_of_ours(language)
        self._words: Values = {file: {**ours.get(file, {}), **values.get(file, {})} for file in {*ours, *values}}
        self._contents: list[tuple[str, int]] = []
        self._files: list[str] = []
        self._sections = tempfile.SpooledTemporaryFile(SPOOL)  # noqa: SIM115 - closed by __exit__

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._sections.close()

    def section(self, file: str, rows: Sequence[Mapping[str, Any]], total: int) -> None:
        """Add the rows of a table, of which there are `total`."""
        words = self._words.get(file, {})
        html = self._template("section").render(
            file=file,
            rows=[{column: self._said(words.get(column, {}), value) for column, value in row.items()} for row in rows],
            total=total,
            number=self._formats.number,
        )
        self._contents.append((file, total))
        self._sections.write(html.encode())

    def file(self, name: str) -> None:
        """Add a link to a file of the ZIP."""
        self._files.append(name)

    def page(self) -> Iterator[bytes]:
        """The whole page, part by part."""
        values = {
            "language": self._language,
            "name": self._name,
            "shop": self._shop,
            "contents": [(file, self._formats.number(total)) for file, total in self._contents],
            "files": self._files,
        }
        yield self._template("head").render(values).encode()
        self._sections.seek(0)
        while part := self._sections.read(CHUNK):
            yield part
        yield self._template("foot").render(values).encode()

    def _template(self, name: str) -> Any:  # noqa: ANN401 - a template
        return _environment(self._language).get_template(f"privacy/archive_{name}.html")

    def _said(self, words: Mapping[str, str], value: object) -> object:
        """A value as a person reads it, where it is one of these words of ours by what that says."""
        if isinstance(value, list):
            return ", ".join(words.get(str(one), str(one)) for one in value)
        return words[value] if isinstance(value, str) and value in words else self._value(value)

    def _value(self, value: object) -> object:
        """Any other value as a person reads it; yes and no are left for the template to say."""
        match value:
            case None | "" | {}:
                return ""
            case bool():
                return value
            case datetime():
                return self._formats.datetime(value)
            case date():
                return self._formats.date(datetime(value.year, value.month, value.day, 12, tzinfo=self._zone))
            case dict():
                return Markup("<br>").join(
                    Markup("{}: {}").format(key, self._value(part)) for key, part in value.items()
                )
            case _:
                return str(value)


def words_of_ours(language: str) -> Values:
    """Return what templates/values.html says in that language."""
    module: Any = _environment(language).get_template("privacy/values.html").module
    values: Values = module.VALUES
    return values


@cache
def _environment(language: str) -> Environment:
    environment = Environment(
        loader=FunctionLoader(_source),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]
    return environment


def _source(name: str) -> str | None:
    owner, _, rest = name.partition("/")
    file = resources.files("revivatech") / owner / "templates" / rest
    return file.read_text("utf-8") if file.is_file() else None
