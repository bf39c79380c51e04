"""The steps of a repair as they really happened: made, left out, broken off, still to come.

A step counts as made only where the history says so. An import may know the first and the last step alone; nothing is
claimed about those between.
"""

from collections.abc import Iterable, Sequence

from revivatech.kit.structs import Value
from revivatech.repairs.contracts import ProgressState, ProgressStep, Status, TimelineItem
from revivatech.repairs.states import ROAD, TABLE

# Steps that take time: broken off, they are not finished. The others are reached at once.
WORK = frozenset({Status.DIAGNOSING, Status.REPAIRING, Status.TESTING})


class _History(Value):
    """The steps of a timeline since the repair was last taken up: reached, left towards the end, jumped over."""

    reached: frozenset[Status]
    finished: frozenset[Status]
    skipped: frozenset[Status]


def steps(
    status: Status, items: Sequence[TimelineItem], optional: frozenset[Status] = frozenset()
) -> tuple[ProgressStep, ...]:
    """Return each step of the repair in the order of the work; `items` is its timeline, oldest first.

    `optional` are the steps to come that it may not need.

    A cancelled repair ends with its cancellation: the steps that it made come first, and none follows.
    """
    history = _history(items)
    if status is Status.CANCELLED:
        way = [ProgressStep(step, _before_cancellation(step, history)) for step in ROAD[: _farthest(history) + 1]]
        return (*way, ProgressStep(Status.CANCELLED, "cancelled"))
    here = ROAD.index(status)
    behind = (ProgressStep(step, _behind(step, history)) for step in ROAD[:here])
    present = ProgressStep(status, "done" if status is Status.COMPLETED else "current")
    ahead = (ProgressStep(step, "possible" if step in optional else "upcoming") for step in ROAD[here + 1 :])
    return (*behind, present, *ahead)


def has_begun(status: Status, items: Sequence[TimelineItem]) -> bool:
    """Return whether work has begun since the repair was last taken up."""
    return Status.REPAIRING in _history(items).reached | {status}


def _behind(step: Status, history: _History) -> ProgressState:
    if step in history.reached:
        return "done"
    return "skipped" if step in history.skipped else "unknown"


def _before_cancellation(step: Status, history: _History) -> ProgressState:
    if step in WORK and step in history.reached and step not in history.finished:
        return "stopped"
    return _behind(step, history)


def _farthest(history: _History) -> int:
    return max(ROAD.index(step) for step in history.reached)


def _history(items: Iterable[TimelineItem]) -> _History:
    reached, finished, skipped = {Status.RECEIVED}, set[Status](), set[Status]()
    for item in items:
        before = item.previous_status
        if before is Status.CANCELLED and item.status is not Status.CANCELLED:
            # Opened again: the repair goes its way from the start.
            reached, finished, skipped = {Status.RECEIVED}, set(), set()
        reached.update(step for step in (before, item.status) if step in ROAD)
        if before in ROAD and item.status in ROAD and (first := ROAD.index(before)) < (last := ROAD.index(item.status)):
            finished.add(before)
            if item.status in TABLE[before]:
                skipped.update(ROAD[first + 1 : last])
    return _History(frozenset(reached), frozenset(finished), frozenset(skipped))
