"""The matrix of topics and channels: the switches above, the choices below them, and what follows from both.

A message goes out where its column's switch, its row's switch and its own choice are all on. Nothing here reads or
writes anything.
"""

from collections.abc import Mapping
from typing import TypeVar

from msgspec import structs

from revivatech.kit.structs import Value
from revivatech.notifications.contracts import CHANNELS, TOPICS, Channel, Topic

Cell = tuple[Topic, Channel]
Cells = Mapping[Cell, bool]
Name = TypeVar("Name", Topic, Channel)
ALL: tuple[Cell, ...] = tuple((topic, channel) for topic in TOPICS for channel in CHANNELS)
# An SMS interrupts and costs: only what somebody is waiting for. Nobody is advertised to before they say so (R132).
BY_SMS: frozenset[Topic] = frozenset({"repair_updates", "appointments"})
# The rows that the specification gives a switch.
SWITCHED_TOPICS: tuple[Topic, ...] = ("repair_updates", "quotes", "messages")


def default(cell: Cell) -> bool:
    """Return whether that is on for somebody who has chosen nothing."""
    topic, channel = cell
    if topic == "marketing":
        return False
    return channel != "sms" or topic in BY_SMS


class Choices(Value, frozen=True):
    """A customer's choices: switches that are off, and choices that differ from the default."""

    off_channels: frozenset[Channel] = frozenset()
    off_topics: frozenset[Topic] = frozenset()
    changed: Mapping[Cell, bool] = {}

    def chosen(self, cell: Cell) -> bool:
        """The choice itself, whatever the switches above it say."""
        return self.changed.get(cell, default(cell))

    def is_on(self, cell: Cell) -> bool:
        """Return whether a message of that topic goes by that channel."""
        topic, channel = cell
        return channel not in self.off_channels and topic not in self.off_topics and self.chosen(cell)

    def matrix(self) -> dict[Cell, bool]:
        """Every cell, as `is_on` says it."""
        return {cell: self.is_on(cell) for cell in ALL}

    def with_cells(self, cells: Cells) -> "Choices":
        """The choices under which `is_on` says what `cells` say, and of every other cell what it said before.

        A column or row in which nothing is left on is switched off, one in which something is on is switched on.
        """
        wanted = self.matrix() | dict(cells)
        off_channels = frozenset(channel for channel in CHANNELS if not any(wanted[topic, channel] for topic in TOPICS))
        off_topics = frozenset(
            topic for topic in SWITCHED_TOPICS if not any(wanted[topic, channel] for channel in CHANNELS)
        )
        chosen = {cell: self.chosen(cell) for cell in ALL}
        for topic, channel in ALL:
            # Below a switch that is off, choices rest as they were, for the day on which it is on again. Advertising
            # does not: who takes it back has taken it back.
            is_under_way = channel not in off_channels and topic not in off_topics
            if is_under_way or (topic == "marketing" and (topic, channel) in cells):
                chosen[topic, channel] = wanted[topic, channel]
        return Choices(off_channels, off_topics, _changed(chosen))

    def with_switches(
        self, channels: Mapping[Channel, bool], topics: Mapping[Topic, bool], marketing: Cells
    ) -> "Choices":
        """The choices with these switches; a switch not named stays.

        Switching on a column or row in which nothing was chosen brings its defaults back: it would do nothing else.
        """
        chosen = {cell: self.chosen(cell) for cell in ALL} | dict(marketing)
        for channel in (channel for channel, is_on in channels.items() if is_on):
            _revive(chosen, [(topic, channel) for topic in TOPICS if topic != "marketing"])
        for topic in (topic for topic, is_on in topics.items() if is_on):
            _revive(chosen, [(topic, channel) for channel in CHANNELS])
        return structs.replace(
            self,
            off_channels=_switched(self.off_channels, channels),
            off_topics=_switched(self.off_topics, topics),
            changed=_changed(chosen),
        )


def _revive(chosen: dict[Cell, bool], line: list[Cell]) -> None:
    if not any(chosen[cell] for cell in line):
        chosen.update({cell: default(cell) for cell in line})


def _switched(off: frozenset[Name], switches: Mapping[Name, bool]) -> frozenset[Name]:
    return (off - {name for name, is_on in switches.items() if is_on}) | {
        name for name, is_on in switches.items() if not is_on
    }


def _changed(chosen: Cells) -> dict[Cell, bool]:
    return {cell: is_on for cell, is_on in chosen.items() if is_on != default(cell)}
