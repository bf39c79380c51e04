"""Cursors are ours or refused."""

import base64
import importlib
import pkgutil
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import revivatech
from revivatech.kit.errors import InvalidInput
from revivatech.kit.numbers import Moment
from revivatech.kit.paging import Position, encode_cursor, list_name, read_cursor

BIGGEST = 2**63


class Place(Position):
    """A place in a list."""

    at: Moment
    id: UUID


def positions() -> list[type[Position]]:
    """Return the cursor of every list of the program."""
    for module in pkgutil.walk_packages(revivatech.__path__, "revivatech."):
        if module.name.endswith(("queries", "service")) or ".queries." in module.name:
            importlib.import_module(module.name)
    return [kind for kind in Position.__subclasses__() if kind.__module__.startswith("revivatech.")]


def as_cursor(value: object) -> str:
    """Return a value as somebody would forge it."""
    return base64.urlsafe_b64encode(msgspec.json.encode(value)).rstrip(b"=").decode()


@given(st.datetimes(timezones=st.just(UTC)), st.uuids())
def test_a_position_survives_the_trip(at: datetime, identifier: UUID) -> None:
    """What a client hands back unread is the position that we gave; in another list it is refused."""
    position = Place("here", at, identifier)

    assert read_cursor(encode_cursor(position), Place, "here") == position
    with pytest.raises(InvalidInput, match="another list"):
        read_cursor(encode_cursor(position), Place, "there")


@given(st.text())
def test_nonsense_is_refused_by_name(text: str) -> None:
    """Any other text is a 422 that names the cursor, never a fault."""
    with pytest.raises(InvalidInput) as refusal:
        read_cursor(text, Place, "here")

    assert refusal.value.errors[0].field == "cursor"


NUMBERS = st.one_of(st.integers(), st.integers(-BIGGEST * 2, BIGGEST * 2), st.sampled_from([BIGGEST, -BIGGEST - 1]))
TIMES = st.one_of(
    st.datetimes().map(datetime.isoformat),
    st.datetimes(timezones=st.just(UTC)).map(datetime.isoformat),
    st.sampled_from(["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "10000-01-01T00:00:00Z"]),
)
VALUES = st.one_of(NUMBERS, TIMES, st.uuids().map(str), st.text(), st.none(), st.floats(), st.booleans())


@given(st.data())
def test_r48_a_forged_cursor_holds_what_the_database_takes_or_is_refused(data: Any) -> None:
    """Of every list: a whole number is one of a bigint, a time has its zone; anything else is a 422."""
    kinds = positions()
    assert len(kinds) >= 6
    kind = data.draw(st.sampled_from(kinds))
    forged = {field: data.draw(VALUES) for field in kind.__struct_fields__} | {"list": "here"}
    try:
        read = read_cursor(as_cursor(forged), kind, "here")
    except InvalidInput:
        return
    for value in msgspec.structs.asdict(read).values():  # type: ignore[arg-type] # never None for a cursor
        assert not isinstance(value, int) or -BIGGEST <= value < BIGGEST
        assert not isinstance(value, datetime) or value.tzinfo is not None
        assert value is None or type(value) in {int, datetime, UUID, str}


@pytest.mark.parametrize("kind", positions(), ids=lambda kind: kind.__name__)
def test_r48_every_number_of_a_cursor_is_bounded(kind: type[Position]) -> None:
    """A list's cursor cannot be declared with an `int` or a time that the database may not take."""
    for field in msgspec.inspect.type_info(kind).fields:  # type: ignore[attr-defined] # of a struct
        for one in getattr(field.type, "types", (field.type,)):
            assert not isinstance(one, msgspec.inspect.IntType) or (one.ge is not None and one.le is not None)
            assert not isinstance(one, msgspec.inspect.DateTimeType) or one.tz is True


def test_a_name_tells_lists_apart() -> None:
    """The same choices make the same name, others another one, however they are split."""
    assert list_name("a", "b") == list_name("a", "b")
    assert len({list_name("a", "b"), list_name("ab"), list_name("b", "a"), list_name("a", None)}) == 4
