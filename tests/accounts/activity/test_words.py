"""Every kind of entry that the program writes has words, in both languages."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from revivatech.accounts.activity.labels import (
    SAID,
    UNKNOWN,
    icon_of,
    say,
)
from revivatech.kit.i18n import LANGUAGES, translations

SOURCE = Path(__file__).parents[3] / "src" / "revivatech"
ICONS = (Path(__file__).parents[3] / "assets" / "icons.txt").read_text().split()
SERVICE = "revivatech.accounts.activity"
# Where the kind stands among what a call is given, by the name of what is called.
POSITIONS = {"note": 2, "note_activity": 2, "tell": 3}
# These hand on the kind that they were given.
WRAPPERS = {Path("accounts/activity/service.py"), Path("accounts/two_factor/verify_code.py")}


def names_of(tree: ast.Module) -> set[str]:
    """What the module calls this log by: `note` itself, and the service under its name there."""
    return {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module in {SERVICE, f"{SERVICE}.service"}
        for alias in node.names
    }


def kinds() -> Iterator[tuple[Path, int, str | None]]:
    """File, line and kind of each call that writes an entry; the kind is None where it is not written out."""
    for path in sorted(SOURCE.rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        names = names_of(tree)
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            match node.func:
                case ast.Name(id=name):
                    is_ours = (name == "note" and name in names) or name in {"note_activity", "tell"}
                case ast.Attribute(attr=name, value=ast.Name(id=owner)):
                    is_ours = owner in names or name == "note_activity" or (owner, name) == ("verify_code", "tell")
                case _:
                    continue
            if not is_ours or len(node.args) <= POSITIONS.get(name, len(node.args)):
                continue
            kind = node.args[POSITIONS[name]]
            text = kind.value if isinstance(kind, ast.Constant) and isinstance(kind.value, str) else None
            yield path.relative_to(SOURCE), node.lineno, text


def test_every_kind_has_words() -> None:
    """Who writes a new kind gives it words; the kind is written out where it is written, so that this can be seen."""
    written = list(kinds())

    assert {"signed_in", "address_added", "device_removed", "password_changed", "passkey_added"} <= {
        kind for _, _, kind in written
    }, "the scan sees the calls"
    assert [f"{path}:{line}: {kind}" for path, line, kind in written if kind is not None and kind not in SAID] == []
    assert [f"{path}:{line}" for path, line, kind in written if kind is None and path not in WRAPPERS] == []
    unwritten = set(SAID) - {kind for _, _, kind in written}
    assert {kind for kind in unwritten if not kind.startswith("staff_opened_")} == set(), "words of what nobody writes"


@pytest.mark.parametrize("kind", [*SAID, ""])
def test_words_and_icon_exist(kind: str) -> None:
    """In Portuguese too, and the icon is one of the sprite."""
    said = SAID.get(kind, UNKNOWN)
    for text in filter(None, (said.text, said.bare)):
        assert translations("pt-BR").gettext(text) != text
    assert icon_of(kind) in ICONS
    assert bool(said.bare) == ("%(" in said.text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_entry_is_said_whatever_it_lacks(language: str) -> None:
    """A missing fact takes the bare words, an unknown kind the general ones; facts are never taken for a format."""
    assert "%(" not in say("device_added", {}, language)
    assert say("what_nobody_knows", {"x": "y"}, language) == translations(language).gettext(UNKNOWN.text)
    assert "100 %(x)s" in say("device_added", {"device": "100 %(x)s"}, language)
