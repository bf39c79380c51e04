"""Every kind of entry that the program writes has words, in both languages."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from revivatech.accounts.activity.words import SAID, UNKNOWN, icon_of, say
from revivatech.kit.i18n import LANGUAGES, translations

SOURCE = Path(__file__).parents[3] / "src" / "revivatech"
ICONS = (Path(__file__).parents[3] / "assets" / "icons.txt").read_text().split()
# Where the kind stands among what a call is given.
POSITIONS = {"note": 2, "note_activity": 2, "tell": 3}
# What is called so and writes another log.
OTHERS = {"audit", "notifications", "tx", "self"}
# These hand on the kind that they were given.
WRAPPERS = {Path("accounts/activity/service.py"), Path("accounts/factors/checking.py")}


def kinds() -> Iterator[tuple[Path, int, str | None]]:
    """File, line and kind of each call that writes an entry; the kind is None where it is not written out."""
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            called = node.func
            name = (
                called.id if isinstance(called, ast.Name) else called.attr if isinstance(called, ast.Attribute) else ""
            )
            owner = called.value.id if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name) else ""
            if name not in POSITIONS or owner in OTHERS or len(node.args) <= POSITIONS[name]:
                continue
            kind = node.args[POSITIONS[name]]
            yield path.relative_to(SOURCE), node.lineno, kind.value if isinstance(kind, ast.Constant) else None


def test_every_kind_has_words() -> None:
    """Who writes a new kind gives it words; the kind is written out where it is written, so that this can be seen."""
    written = list(kinds())

    assert {"signed_in", "address_added", "device_removed", "password_changed", "passkey_added"} <= {
        kind for _, _, kind in written
    }, "the scan sees the calls"
    assert [f"{path}:{line}: {kind}" for path, line, kind in written if kind is not None and kind not in SAID] == []
    assert [f"{path}:{line}" for path, line, kind in written if kind is None and path not in WRAPPERS] == []


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
