"""Macros remember what they drew, and for whom."""

from collections.abc import Callable

import time_machine

from revivatech.web.macros import Memory


def counting() -> tuple[Callable[[str], str], list[str]]:
    """A macro, and what it was asked to draw."""
    drawn: list[str] = []

    def macro(text: str) -> str:
        drawn.append(text)
        return text.upper()

    return macro, drawn


def test_the_same_is_drawn_once() -> None:
    """The second time it is looked up."""
    macro, drawn = counting()
    remembering = Memory(lambda: ("en_IE", "UTC")).remembering("badge", macro)

    assert [remembering("a"), remembering("a"), remembering("b")] == ["A", "A", "B"]
    assert drawn == ["a", "b"]


def test_another_reader_gets_their_own() -> None:
    """A shop that becomes American writes American dates at once."""
    reader = ["en_IE", "UTC"]
    macro, drawn = counting()
    remembering = Memory(lambda: (reader[0], reader[1])).remembering("badge", macro)

    remembering("a")
    reader[0] = "en_US"
    remembering("a")

    assert drawn == ["a", "a"]


def test_nothing_is_remembered_past_the_quarter_of_an_hour() -> None:
    """The word for today is drawn anew after midnight, and what was erased is gone."""
    macro, drawn = counting()
    remembering = Memory(lambda: ("en_IE", "UTC")).remembering("badge", macro)

    with time_machine.travel("2026-12-01 23:59:00Z", tick=False) as clock:
        remembering("a")
        clock.shift(120)
        remembering("a")

    assert drawn == ["a", "a"]
