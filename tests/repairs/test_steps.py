"""The steps of a repair are those that really happened, whatever way it went."""

from typing import Any

import pytest
from msgspec import structs

from revivatech.repairs import steps as progress
from revivatech.repairs.contracts import Status, TimelineItem
from revivatech.repairs.states import OPEN, ROAD, TABLE

R, D, Q, A, W, T, C, X = (
    Status.RECEIVED,
    Status.DIAGNOSING,
    Status.QUOTED,
    Status.APPROVED,
    Status.REPAIRING,
    Status.TESTING,
    Status.COMPLETED,
    Status.CANCELLED,
)
AHEAD = {"upcoming", "possible"}
FACTS: dict[str, Any] = dict.fromkeys(TimelineItem.__struct_fields__)
ENTRY = TimelineItem(**(FACTS | {"label": "", "status": R}))


def timeline(*way: Status) -> list[TimelineItem]:
    """A history that goes from status to status."""
    before: list[Status | None] = [None, *way[:-1]]
    return [
        structs.replace(ENTRY, status=status, previous_status=previous)
        for previous, status in zip(before, way, strict=True)
    ]


def drawn(*way: Status) -> str:
    """The states of the steps of such a repair, in the order of the work."""
    steps = progress.steps(way[-1], timeline(*way))
    road = [*ROAD[: len(steps) - 1], X] if way[-1] is X else list(ROAD)
    assert [step.status for step in steps] == road
    return " ".join(step.state for step in steps)


@pytest.mark.parametrize("status", OPEN)
def test_an_open_repair_is_at_its_status(status: Status) -> None:
    """What lies behind is done, what lies ahead is to come, and one step alone is the present one."""
    here = ROAD.index(status)

    steps = progress.steps(status, timeline(*ROAD[: here + 1]))

    assert [step.status for step in steps] == list(ROAD)
    assert [step.state for step in steps] == ["done"] * here + ["current"] + ["upcoming"] * (len(ROAD) - here - 1)


@pytest.mark.parametrize("status", [one for one in OPEN if X in TABLE[one]])
def test_a_cancelled_repair_keeps_what_it_made_and_ends_there(status: Status) -> None:
    """Completed steps stay completed, the cancellation is the last step, and nothing is still to come."""
    here = ROAD.index(status)

    steps = progress.steps(X, timeline(*ROAD[: here + 1], X))

    assert [step.status for step in steps] == [*ROAD[: here + 1], X]
    assert [step.state for step in steps[:here]] == ["done"] * here
    assert steps[here].state == ("stopped" if status in {D, W} else "done")
    assert steps[-1].state == "cancelled"
    assert not AHEAD & {step.state for step in steps}


@pytest.mark.parametrize("status", OPEN)
def test_a_repair_that_was_opened_again_forgets_the_time_before(status: Status) -> None:
    """What was made before a cancellation is not claimed for the new round."""
    here = ROAD.index(status)

    steps = progress.steps(status, timeline(*ROAD[:5], X, *ROAD[: here + 1]))

    assert [step.state for step in steps] == ["done"] * here + ["current"] + ["upcoming"] * (len(ROAD) - here - 1)


def test_a_completed_repair_has_made_all_its_steps() -> None:
    """Nothing is to come, and nothing is in work."""
    assert {step.state for step in progress.steps(C, timeline(*ROAD))} == {"done"}


@pytest.mark.parametrize(
    ("way", "shown"),
    [
        # Under warranty: the state table lets quote and approval out.
        ((R, D, W), "done done skipped skipped current upcoming upcoming"),
        # More was found: the work is not done, and is to come again.
        ((R, D, W, Q), "done done current upcoming upcoming upcoming upcoming"),
        # The quote was rejected.
        ((R, D, Q, D), "done current upcoming upcoming upcoming upcoming upcoming"),
        # It came back under warranty.
        ((*ROAD, W), "done done done done current upcoming upcoming"),
        # Of the time before a cancellation nothing is left.
        ((R, D, Q, X, R, D, W), "done done skipped skipped current upcoming upcoming"),
        ((R, D, Q, D, X), "done done done cancelled"),
        ((R, D, Q, A, W, Q, X), "done done done done stopped cancelled"),
        ((X,), "done cancelled"),
        # An import knows the ends alone.
        ((R, C), "done unknown unknown unknown unknown unknown done"),
        ((R, X), "done cancelled"),
        ((R, W), "done unknown unknown unknown current upcoming upcoming"),
    ],
)
def test_detours_are_told_as_they_were(way: tuple[Status, ...], shown: str) -> None:
    """No step is claimed that the history does not hold."""
    assert drawn(*way) == shown


def test_steps_that_may_not_be_needed_are_marked() -> None:
    """At a known price a quote comes only if needed."""
    steps = progress.steps(D, timeline(R, D), frozenset({Q, A}))

    assert [step.status for step in steps if step.state == "possible"] == [Q, A]


def test_a_note_or_a_stage_changes_no_step() -> None:
    """Entries without a change of status, as a stage within it or a note, count for nothing."""
    items = timeline(R, D, D)

    assert progress.steps(D, items) == progress.steps(D, items[:2])


@pytest.mark.parametrize(
    ("way", "begun"),
    [((R, D), False), ((R, D, Q), False), ((R, D, W, Q), True), ((R, D, Q, A, W, X, R), False), ((R, W), True)],
)
def test_work_has_begun_once_it_was_begun(way: tuple[Status, ...], begun: bool) -> None:
    """A repair that went back to its quote has begun; one that was opened again after a cancellation has not."""
    assert progress.has_begun(way[-1], timeline(*way)) is begun
