"""A JSON body is told everything that is wrong with it at once."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from revivatech.kit.structs import Body
from revivatech.web.body_problems import MOST, problems_of


class Inner(Body, frozen=True):
    """A body within a body."""

    size: Annotated[int, msgspec.Meta(ge=1)]
    at: datetime | None = None


class Outer(Body, frozen=True):
    """One field of each kind."""

    first_name: Annotated[str, msgspec.Meta(max_length=5)]
    email: str
    id: UUID | None = None
    cost: Decimal | None = None
    inner: Inner | None = None
    parts: list[Inner] = msgspec.field(default_factory=list)


def fields(body: Any) -> list[str]:
    """Where the body is wrong; a missing or unknown member by its own name."""
    return [f"{path}: {said}" for path, said in problems_of(msgspec.json.encode(body), Outer)]


def test_every_field_is_named_at_once() -> None:
    """Missing, too long, of another type, unknown, in an inner object and in a list."""
    body = {
        "firstName": "too long",
        "id": "x",
        "cost": True,
        "inner": {"at": "today", "depth": 1},
        "parts": [{"size": 1}, {"size": 0}, 7],
        "role": "admin",
    }

    assert fields(body) == [
        "firstName: Expected `str` of length <= 5",
        ": Object missing required field `email`",
        "id: Invalid UUID",
        "cost: Expected `decimal | null`, got `bool`",
        "inner: Object missing required field `size`",
        "inner.at: Invalid RFC3339 encoded datetime",
        "inner: Object contains unknown field `depth`",
        "parts[1].size: Expected `int` >= 1",
        "parts[2]: Expected `object`, got `int`",
        ": Object contains unknown field `role`",
    ]


@pytest.mark.parametrize("body", [[], "text", None, 3])
def test_another_kind_of_body_is_one_problem(body: Any) -> None:
    """There are no fields to name."""
    (only,) = problems_of(msgspec.json.encode(body), Outer)

    assert only[0] == ""


def test_a_right_body_has_no_problem() -> None:
    """Numbers with decimals among them, which are read exactly."""
    assert fields({"firstName": "Ana", "email": "a", "cost": 1.5, "parts": []}) == []


def test_what_is_not_json_is_said_to_be_none() -> None:
    """Also where the first problem comes before the end."""
    with pytest.raises(msgspec.DecodeError) as caught:
        problems_of(b'{"firstName": 3, oops', Outer)

    assert not isinstance(caught.value, msgspec.ValidationError)


def test_a_list_of_thousands_is_not_told_in_full() -> None:
    """What is told stays short, however long the body is."""
    assert len(fields({"firstName": "Ana", "email": "a", "parts": [7] * 5000})) == MOST


SCALARS = [None, True, 0, 3, 1.5, "", "Ana", "too long", "2026-12-01T09:00:00Z", str(UUID(int=7))]
JSON = st.recursive(
    st.sampled_from(SCALARS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*"ab", "size", "at", "inner"]), inner),
    max_leaves=8,
)


@given(
    st.fixed_dictionaries(
        {}, optional=dict.fromkeys(["firstName", "email", "id", "cost", "inner", "parts", "other"], JSON)
    )
)
def test_problems_are_found_exactly_where_the_library_refuses(body: dict[str, Any]) -> None:
    """Whatever is sent: something is told if, and only if, the body is refused."""
    encoded = msgspec.json.encode(body)
    try:
        msgspec.json.decode(encoded, type=Outer)
    except msgspec.ValidationError:
        assert problems_of(encoded, Outer)
    else:
        assert problems_of(encoded, Outer) == []
