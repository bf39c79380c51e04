"""Switches and choices, and what follows from both: for every history of changes, not for some examples."""

from collections.abc import Mapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from revivatech.notifications.contracts import CHANNELS, TOPICS, Channel, Topic
from revivatech.notifications.preferences.matrix import ALL, SWITCHED_TOPICS, Cell, Choices, default
from revivatech.notifications.preferences.service import MARKETING

BOOLEANS = st.booleans()
SOME_CELLS = st.dictionaries(st.sampled_from(ALL), BOOLEANS)
CHANNEL_SWITCHES: st.SearchStrategy[dict[Channel, bool]] = st.dictionaries(st.sampled_from(CHANNELS), BOOLEANS)
TOPIC_SWITCHES: st.SearchStrategy[dict[Topic, bool]] = st.dictionaries(st.sampled_from(SWITCHED_TOPICS), BOOLEANS)
CONSENT: st.SearchStrategy[Mapping[Cell, bool]] = st.one_of(st.just({}), BOOLEANS.map(lambda is_on: {MARKETING: is_on}))
SWITCHING = st.tuples(CHANNEL_SWITCHES, TOPIC_SWITCHES, CONSENT)


def after(history: list[Any]) -> Choices:
    """The choices of somebody who has changed them so: by cells (a mapping) or by switches (a triple)."""
    choices = Choices()
    for change in history:
        choices = choices.with_switches(*change) if isinstance(change, tuple) else choices.with_cells(change)
    return choices


ANYBODY = st.lists(st.one_of(SOME_CELLS, SWITCHING), max_size=5).map(after)


@given(ANYBODY, SOME_CELLS)
def test_the_matrix_says_what_was_put(choices: Choices, cells: dict[Cell, bool]) -> None:
    """PUT then GET gives back the same, and every cell that was not named says what it said before."""
    assert choices.with_cells(cells).matrix() == choices.matrix() | cells


@given(ANYBODY, SWITCHING)
def test_the_switches_say_what_was_put(choices: Choices, change: Any) -> None:
    """PUT then GET gives back the same, and every switch that was not named stays."""
    channels, topics, consent = change
    changed = choices.with_switches(*change)

    assert positions(changed) == positions(choices) | channels | topics | {
        f"{cell}": is_on for cell, is_on in consent.items()
    }


@given(ANYBODY, st.sampled_from(CHANNELS))
def test_a_switch_that_is_off_silences_its_column(choices: Choices, channel: Channel) -> None:
    """Nothing goes by a channel that is off, advertising agreed to included."""
    matrix = choices.with_switches({channel: False}, {}, {MARKETING: True}).matrix()

    assert not any(matrix[topic, channel] for topic in TOPICS)


@given(ANYBODY, st.sampled_from(SWITCHED_TOPICS))
def test_a_switch_that_is_off_silences_its_row(choices: Choices, topic: Topic) -> None:
    """Nothing is told of a topic that is off, by any channel."""
    matrix = choices.with_switches({}, {topic: False}, {}).matrix()

    assert not any(matrix[topic, channel] for channel in CHANNELS)


@given(ANYBODY, st.sampled_from(CHANNELS))
def test_off_and_on_again_changes_nothing(choices: Choices, channel: Channel) -> None:
    """What was chosen below a switch rests while it is off."""
    on = choices.with_switches({channel: True}, {}, {})

    assert on.with_switches({channel: False}, {}, {}).with_switches({channel: True}, {}, {}) == on


@given(ANYBODY, st.sampled_from(CHANNELS))
def test_a_switch_that_is_put_on_switches_something_on(choices: Choices, channel: Channel) -> None:
    """A column in which everything was off comes back with its defaults, where no row's switch is against it."""
    rows = dict.fromkeys(SWITCHED_TOPICS, True)
    matrix = choices.with_switches({channel: True}, rows, {}).matrix()

    assert any(matrix[topic, channel] for topic in TOPICS if topic != "marketing")


@given(
    ANYBODY,
    st.one_of(
        CHANNEL_SWITCHES.map(lambda switches: (switches, {}, {})),
        TOPIC_SWITCHES.map(lambda switches: ({}, switches, {})),
    ),
)
def test_r132_no_switch_agrees_to_advertising(choices: Choices, change: Any) -> None:
    """Only the choice itself does: whatever else is switched, consent stays as it was."""
    changed = choices.with_switches(*change)

    for channel in CHANNELS:
        assert changed.chosen(("marketing", channel)) == choices.chosen(("marketing", channel))


@given(ANYBODY, SOME_CELLS)
def test_r132_advertising_is_on_only_where_it_was_chosen(choices: Choices, cells: dict[Cell, bool]) -> None:
    """No change of other cells gives a consent, and one that is taken back is gone, whatever rests elsewhere."""
    changed = choices.with_cells(cells)

    for channel in CHANNELS:
        cell: Cell = ("marketing", channel)
        if changed.chosen(cell):
            assert cells.get(cell, choices.chosen(cell))
        if cells.get(cell) is False:
            assert not changed.chosen(cell)


@given(ANYBODY)
def test_only_deviations_are_kept(choices: Choices) -> None:
    """A choice equal to the default is not stored, so that a better default reaches who has not chosen."""
    assert all(is_on != default(cell) for cell, is_on in choices.changed.items())


def test_r132_advertising_is_off_for_everybody_at_first() -> None:
    """By no channel; what a customer waits for is on."""
    matrix = Choices().matrix()

    assert not any(matrix["marketing", channel] for channel in CHANNELS)
    assert all(matrix[topic, "email"] for topic in TOPICS if topic != "marketing")
    assert {topic for topic in TOPICS if matrix[topic, "sms"]} == {"repair_updates", "appointments"}


def positions(choices: Choices) -> dict[str, bool]:
    """Every switch of the specification, by what it switches."""
    switches: dict[str, bool] = {channel: channel not in choices.off_channels for channel in CHANNELS}
    switches |= {topic: topic not in choices.off_topics for topic in SWITCHED_TOPICS}
    return switches | {f"{MARKETING}": choices.chosen(MARKETING)}
