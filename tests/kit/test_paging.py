"""Cursors are ours or refused."""

from datetime import UTC, datetime
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from revivatech.kit.errors import InvalidInput
from revivatech.kit.paging import decode_cursor, encode_cursor


class Position(msgspec.Struct):
    """A place in a list."""

    at: datetime
    id: UUID


@given(st.datetimes(timezones=st.just(UTC)), st.uuids())
def test_a_position_survives_the_trip(at: datetime, identifier: UUID) -> None:
    """What a client hands back unread is the position that we gave."""
    position = Position(at, identifier)

    assert decode_cursor(encode_cursor(position), Position) == position


@given(st.text())
def test_nonsense_is_refused_by_name(text: str) -> None:
    """Any other text is a 422 that names the cursor, never a fault."""
    with pytest.raises(InvalidInput) as refusal:
        decode_cursor(text, Position)

    assert refusal.value.errors[0].field == "cursor"
