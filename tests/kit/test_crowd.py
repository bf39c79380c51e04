"""Who makes room in a full crowd (R154, R156)."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revivatech.kit.crowd import Crowd, FullError


def test_a_network_makes_room_in_itself() -> None:
    """At the bound of its network the longest waiting member goes; the others and other networks stay."""
    crowd: Crowd[str] = Crowd(most=100, most_of_network=2)
    assert [crowd.enter(member, "a") for member in ("a1", "a2")] == [None, None]
    assert crowd.enter("b1", "b") is None

    assert crowd.enter("a3", "a") == "a1"

    assert list(crowd) == ["a2", "b1", "a3"]


def test_the_fullest_network_makes_room_for_all() -> None:
    """At the bound of all, a flood loses its own members to newcomers from elsewhere."""
    crowd: Crowd[str] = Crowd(most=10, most_of_network=9)
    for number in range(9):
        crowd.enter(f"a{number}", "a")
    crowd.enter("b", "b")

    assert [crowd.enter(f"c{number}", f"c{number}") for number in range(3)] == ["a0", "a1", "a2"]


def test_who_is_held_is_not_sent_away() -> None:
    """The next in the order goes; without one the newcomer is refused, and nothing has changed."""
    crowd: Crowd[str] = Crowd(most=100, most_of_network=2)
    crowd.enter("first", "a")
    crowd.enter("second", "a")
    crowd.hold("first")
    assert crowd.enter("third", "a") == "second"
    crowd.hold("third")

    with pytest.raises(FullError):
        crowd.enter("fourth", "a")

    assert list(crowd) == ["first", "third"]
    crowd.wait("third")
    crowd.wait("first")
    assert crowd.enter("fourth", "a") == "third"


def test_a_proxy_is_bounded_with_all_only() -> None:
    """Members of no network may be more than one network's, and still fewer than the bound of all."""
    crowd: Crowd[int] = Crowd(most=5, most_of_network=1)

    assert [crowd.enter(number, None) for number in range(7)] == [None] * 5 + [0, 1]


def test_a_crowd_of_nobody_is_full() -> None:
    """A bound of none lets nobody in, and does not fail otherwise."""
    with pytest.raises(FullError):
        Crowd[int](most=0, most_of_network=1).enter(1, "a")


STEPS = st.lists(
    st.tuples(st.sampled_from(["enter", "leave", "hold", "wait"]), st.integers(0, 20), st.sampled_from("abc")),
    max_size=80,
)


@given(STEPS, st.integers(1, 8), st.integers(1, 4))
def test_no_order_of_events_breaks_the_bounds(
    steps: list[tuple[str, int, str]], most: int, most_of_network: int
) -> None:
    """The bounds hold after every step, nobody who is held goes, and all can leave."""
    crowd: Crowd[tuple[int, str]] = Crowd(most, most_of_network)
    held: set[tuple[int, str]] = set()
    for verb, number, network in steps:
        member = (number, network)
        if verb == "enter" and member not in crowd:
            try:
                leaving = crowd.enter(member, network)
            except FullError:
                assert member not in crowd
            else:
                assert leaving is None or (leaving not in held and leaving not in crowd)
        elif verb in {"leave", "hold", "wait"}:
            getattr(crowd, verb)(member)
            (held.add if verb == "hold" and member in crowd else held.discard)(member)
        assert len(crowd) <= most
        assert all(count <= most_of_network for count in Counter(network for _, network in crowd).values())
    for member in crowd:
        crowd.leave(member)
    assert len(crowd) == 0
    assert crowd._groups == {}  # noqa: SLF001 - nothing is kept of who is gone
