"""The demo shop's calendar."""

from datetime import UTC, datetime, timedelta

import pytest

from revivatech.demo.opening import CLOSES, OPENS, Opening
from revivatech.demo.shapes import FromToday


def opening(now: str) -> Opening:
    """The calendar of a shop in Dublin at that moment."""
    return Opening(datetime.fromisoformat(now), "Europe/Dublin")


@pytest.mark.parametrize(
    ("now", "day_0"),
    [
        ("2026-08-19T12:00:00Z", "2026-08-18"),  # Wednesday noon: Tuesday is over
        ("2026-08-19T17:00:00Z", "2026-08-19"),  # six o'clock of Dublin's summer: closed
        ("2026-08-22T12:00:00Z", "2026-08-21"),  # Saturday
        ("2026-08-23T23:30:00Z", "2026-08-21"),  # Dublin's Monday has begun, and nothing has happened in it
        ("2026-08-24T09:00:00Z", "2026-08-21"),  # Monday morning
    ],
)
def test_day_0_is_the_last_day_that_is_over(now: str, day_0: str) -> None:
    """Whatever is told of it has happened."""
    assert opening(now).at(0, "09:30").date().isoformat() == day_0


def test_a_week_has_five_open_days() -> None:
    """Nothing happens on a Saturday or a Sunday."""
    calendar = opening("2026-08-19T12:00:00Z")

    days = [calendar.at(ago, "10:00") for ago in range(260)]
    assert {day.weekday() for day in days} == {0, 1, 2, 3, 4}
    assert days[0] - days[5] == timedelta(days=7)


def test_times_are_the_shops_clock_in_summer_and_in_winter() -> None:
    """Ten o'clock in Dublin is nine in UTC in August, and ten in January."""
    assert opening("2026-08-19T12:00:00Z").at(0, "10:00") == datetime(2026, 8, 18, 9, tzinfo=UTC)
    assert opening("2026-01-14T12:00:00Z").at(0, "10:00") == datetime(2026, 1, 13, 10, tzinfo=UTC)


@pytest.mark.parametrize("hour", range(0, 24 * 7, 3))
def test_due_today_is_never_past(hour: int) -> None:
    """Whenever the demo is loaded, what is due today or later is still to come, on an open day."""
    now = datetime(2026, 8, 17, 1, tzinfo=UTC) + timedelta(hours=hour)
    due = Opening(now, "Europe/Dublin").due(3, FromToday(0))

    assert due.weekday() < 5
    assert due.date() >= now.date()
    assert due - now < timedelta(days=3)


def test_a_promise_of_so_many_days_is_reckoned_from_the_intake() -> None:
    """Taken in three open days before day 0 and promised for two days later: due a day before day 0."""
    calendar = opening("2026-08-19T12:00:00Z")

    assert calendar.due(3, 2).date() == calendar.at(1, "10:00").date()
    assert OPENS < CLOSES
