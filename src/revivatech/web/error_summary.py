"""Error summaries, made from the page that was drawn: every error that stands at a field, with the field's name.

A page says where its summary goes (`ui.error_summary`). The summary repeats what the fields say, in their order, so
that a form cannot forget one, whichever service found the error. Each entry leads to its field; errors that stand at no
field follow as plain sentences.
"""

import re
from html import escape, unescape
from html.parser import HTMLParser

import msgspec
from typing_extensions import override

from revivatech.kit.structs import Value

# What `ui.error_summary` writes: the icon and the title of the box, and the messages that were raised.
MARK = re.compile(r"<template data-errors='([^']*)'>(.*?)</template>", re.DOTALL)
BLANKS = re.compile(r"\s+")
# The suffix by which `ui.field` and the others name the error of the field with that id.
ERROR = "-error"
# Marks for the eye or the ear alone, such as "(optional)", are not part of a field's name.
BESIDES = frozenset({"optional", "sr-only", "hint"})
VOID = frozenset({"input", "br", "img", "hr", "meta", "link", "source", "wbr", "use", "path"})


class Entry(Value):
    """An error as it stands at a field: the field's id, its name (empty where the message needs none), the message."""

    target: str
    label: str
    message: str

    @property
    def text(self) -> str:
        """The message, after the field's name where it does not hold it itself."""
        if not self.label or not self.label[-1].isalnum() or self.label.casefold() in self.message.casefold():
            return self.message
        return f"{self.label}: {self.message}"


def completed(html: str) -> str:
    """Return the page with its summary filled in, or without one where nothing is wrong."""
    if "<template data-errors=" not in html:
        return html
    return MARK.sub(lambda mark: _summary(html, mark[1], mark[2]), html)


def _summary(html: str, raised: str, head: str) -> str:
    entries = entries_of(html) if f'{ERROR}"' in html else []
    shown = {entry.message for entry in entries}
    others = [one for one in msgspec.json.decode(unescape(raised), type=list[str]) if one not in shown]
    if not entries and not others:
        return ""
    lines = [f'<li><a href="#{escape(entry.target)}">{escape(entry.text)}</a></li>' for entry in entries]
    lines += [f"<li>{escape(text)}</li>" for text in dict.fromkeys(others)]
    body = head.replace("</div>", f"<ul>{''.join(lines)}</ul></div>")
    return f'<div class="alert tone-danger" role="alert" tabindex="-1" autofocus data-summary>{body}</div>'


def entries_of(html: str) -> list[Entry]:
    """Return the errors that stand at fields of the page, in its order."""
    page = _Page()
    page.feed(html)
    page.close()
    return [
        Entry(target, page.labels.get(target, ""), message) for target, message in page.errors if target in page.ids
    ]


class _Page(HTMLParser):
    """Collects the ids of a page, the errors at its fields, and what each field is called."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.ids: set[str] = set()
        self.errors: list[tuple[str, str]] = []
        self.labels: dict[str, str] = {}
        self._legends: list[str] = []
        # The element whose text is being read: its tag, what the text is for, and how deep in a part that is left out.
        self._reading = ""
        self._target = ""
        self._text: list[str] = []
        self._besides = 0

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        classes = set(given.get("class", "").split())
        own = given.get("id", "")
        self.ids.add(own)
        if tag == "fieldset":
            self._legends.append("")
        elif tag == "input" and own:
            self._name_choice(given.get("type", ""), own)
        if self._reading:
            if tag not in VOID and (self._besides or classes & BESIDES):
                self._besides += 1
        elif tag == "legend" or (tag == "label" and given.get("for")):
            self._read(tag, given.get("for", ""))
        elif "error" in classes and own.endswith(ERROR):
            self._read(tag, own)

    def _name_choice(self, kind: str, own: str) -> None:
        """One of several choices goes by their question; what is to be ticked says everything itself."""
        if kind == "radio" and self._legends:
            self.labels[own] = self._legends[-1]
        elif kind == "checkbox":
            self.labels[own] = ""

    def _read(self, tag: str, target: str) -> None:
        self._reading, self._target, self._text, self._besides = tag, target, [], 0

    @override
    def handle_endtag(self, tag: str) -> None:
        if tag == "fieldset" and self._legends:
            self._legends.pop()
        if tag == self._reading and not self._besides:
            self._reading = ""
            self._keep(tag, BLANKS.sub(" ", "".join(self._text)).strip())
        elif self._reading and self._besides:
            self._besides -= 1

    def _keep(self, tag: str, text: str) -> None:
        if self._target.endswith(ERROR):
            self.errors.append((self._target.removesuffix(ERROR), text))
        elif tag == "legend":
            if self._legends:
                self._legends[-1] = text
        else:
            self.labels.setdefault(self._target, text)

    @override
    def handle_data(self, data: str) -> None:
        if self._reading and not self._besides:
            self._text.append(data)
