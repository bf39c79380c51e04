"""When it is quiet, and until when: on every clock, on the nights too on which clocks are changed."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revivatech.notifications.preferences.quiet import QuietHours, quiet_until

MINUTES = st.times(min_value=time(0, 0), max_value=time(23, 59)).map(lambda at: at.replace(second=0, microsecond=0))
HOURS = st.tuples(MINUTES, MINUTES).filter(lambda pair: pair[0] != pair[1]).map(lambda pair: QuietHours(*pair))
# New York and Lisbon move by an hour, Lord Howe by half of one; São Paulo skipped midnight itself.
ZONES = st.sampled_from(
    ["UTC", "Europe/Lisbon", "America/New_York", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Kathmandu"]
).map(ZoneInfo)
ANY_MOMENT = st.datetimes(min_value=datetime(2005, 1, 1), max_value=datetime(2035, 1, 1)).map(  # noqa: DTZ001 - made aware
    lambda moment: moment.replace(tzinfo=UTC)
)
# Around the hours in which New York's and São Paulo's clocks jump.
JUMPS = st.sampled_from(
    [datetime(2026, 3, 8, 7, tzinfo=UTC), datetime(2026, 11, 1, 6, tzinfo=UTC), datetime(2018, 11, 4, 3, tzinfo=UTC)]
)
NEAR_A_JUMP = st.tuples(JUMPS, st.integers(-400, 400)).map(lambda pair: pair[0] + timedelta(minutes=pair[1]))
MOMENTS = st.one_of(ANY_MOMENT, NEAR_A_JUMP)
LONGEST = timedelta(hours=26)


@given(HOURS, ZONES, MOMENTS)
def test_the_end_is_the_first_minute_that_is_not_quiet(quiet: QuietHours, zone: ZoneInfo, now: datetime) -> None:
    """Until it, every minute is quiet; at it none is; and it comes within a day and the longest change of a clock."""
    end = quiet_until(quiet, zone, now)

    if end is None:
        assert not quiet.holds(now.astimezone(zone).time())
        return
    assert now < end <= now + LONGEST
    assert (end.tzinfo, end.second, end.microsecond) == (UTC, 0, 0)
    assert not quiet.holds(end.astimezone(zone).time())
    before = end - timedelta(minutes=1)
    while before > now:
        assert quiet.holds(before.astimezone(zone).time())
        before -= timedelta(minutes=1)


@given(HOURS, ZONES, MOMENTS)
def test_waiting_once_is_enough(quiet: QuietHours, zone: ZoneInfo, now: datetime) -> None:
    """A job that comes back at the end does not wait again."""
    end = quiet_until(quiet, zone, now)

    assert end is None or quiet_until(quiet, zone, end) is None


@given(ZONES, MOMENTS)
def test_without_quiet_hours_nothing_waits(zone: ZoneInfo, now: datetime) -> None:
    """At no moment."""
    assert quiet_until(None, zone, now) is None


NIGHT = QuietHours(time(22), time(7))


@pytest.mark.parametrize(
    ("zone", "now", "end"),
    [
        ("UTC", "2026-01-31T21:59:59+00:00", None),
        ("UTC", "2026-01-31T22:00:00+00:00", "2026-02-01T07:00:00+00:00"),
        ("UTC", "2026-02-01T06:59:59+00:00", "2026-02-01T07:00:00+00:00"),
        ("UTC", "2026-02-01T07:00:00+00:00", None),
        # Seven o'clock in São Paulo is ten in UTC.
        ("America/Sao_Paulo", "2026-02-01T03:00:00+00:00", "2026-02-01T10:00:00+00:00"),
        # The night of a change: nine hours less one, and one more.
        ("America/New_York", "2026-03-08T03:00:00+00:00", "2026-03-08T11:00:00+00:00"),
        ("America/New_York", "2026-11-01T02:00:00+00:00", "2026-11-01T12:00:00+00:00"),
    ],
)
def test_a_night(zone: str, now: str, end: str | None) -> None:
    """From ten until seven, over midnight, by the clock on the wall."""
    expected = datetime.fromisoformat(end) if end else None

    assert quiet_until(NIGHT, ZoneInfo(zone), datetime.fromisoformat(now)) == expected


def test_an_end_that_the_clock_skips() -> None:
    """New York has no 02:30 on the eighth of March 2026: quiet ends as the clock jumps over it."""
    quiet = QuietHours(time(22), time(2, 30))

    end = quiet_until(quiet, ZoneInfo("America/New_York"), datetime(2026, 3, 8, 5, tzinfo=UTC))

    assert end == datetime(2026, 3, 8, 7, tzinfo=UTC)


def test_an_end_that_the_clock_shows_twice() -> None:
    """It is 01:30 twice on the first of November 2026: quiet ends at the first, and begins again at the second one."""
    quiet = QuietHours(time(1), time(1, 30))
    zone = ZoneInfo("America/New_York")

    assert quiet_until(quiet, zone, datetime(2026, 11, 1, 5, 10, tzinfo=UTC)) == datetime(
        2026, 11, 1, 5, 30, tzinfo=UTC
    )
    assert quiet_until(quiet, zone, datetime(2026, 11, 1, 6, 10, tzinfo=UTC)) == datetime(
        2026, 11, 1, 6, 30, tzinfo=UTC
    )
