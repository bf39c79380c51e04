"""Days and times are read as exactly as they were written, and no more exactly (C06)."""

import zoneinfo
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revivatech.kit.dates import BAD_DAY, BAD_MOMENT, NO_SUCH_DAY, WhenError, parse_day, parse_time, parse_when

LISBON = ZoneInfo("Europe/Lisbon")
ZONES = st.sampled_from(sorted(zoneinfo.available_timezones())).map(ZoneInfo)


def utc(text: str) -> datetime:
    """The moment of that text."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_c06_a_bare_day_is_the_whole_day() -> None:
    """It begins at midnight, is stored as noon, and what is promised for it is late when it is over."""
    summer = parse_when("2026-07-01", LISBON)

    assert summer.is_day
    assert (summer.first, summer.usual) == (utc("2026-06-30T23:00"), utc("2026-07-01T11:00"))
    assert utc("2026-07-01T22:59:59") < summer.last < utc("2026-07-01T23:00")
    assert summer.due == utc("2026-07-01T22:59")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        *[("2026-03-01 14:30", "2026-03-01T14:30"), ("2026-03-01T14:30:15", "2026-03-01T14:30:15")],
        *[
            ("2026-03-01 14:30:15.250", "2026-03-01T14:30:15.250"),
            ("2026-03-01 14:30:15,25", "2026-03-01T14:30:15.250"),
        ],
        *[("2026-07-01 14:30", "2026-07-01T13:30"), ("20260301T1430", "2026-03-01T14:30")],
        *[("2026-03-01T14:30Z", "2026-03-01T14:30"), ("2026-07-01 14:30:00 UTC", "2026-07-01T14:30")],
        *[("2026-03-01 14:30 +0530", "2026-03-01T09:00"), ("2026-03-01T14:30-03", "2026-03-01T17:30")],
        # Clocks went forward at 01:00: 01:30 reads on as if they had not.
        ("2026-03-29 01:30", "2026-03-29T01:30"),
    ],
)
def test_a_moment_is_on_the_shops_clocks_where_it_has_no_offset(text: str, moment: str) -> None:
    """Lisbon's clocks are UTC's in winter and an hour ahead in summer."""
    when = parse_when(text, LISBON)

    assert when.first == when.usual == when.last == when.due == utc(moment)
    assert not when.is_day


def test_an_hour_that_comes_twice_may_be_either() -> None:
    """Clocks went back at 02:00; an offset settles it."""
    when = parse_when("2026-10-25 01:30", LISBON)

    assert (when.first, when.usual, when.last) == (
        utc("2026-10-25T00:30"),
        utc("2026-10-25T00:30"),
        utc("2026-10-25T01:30"),
    )
    assert parse_when("2026-10-25 01:30+00:00", LISBON).last == utc("2026-10-25T01:30")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        *[(text, BAD_MOMENT) for text in ("", "soon", "31/03/2026", "3/31/2026", "31.03.2026", "2026-3-1", "45747")],
        *[(text, BAD_MOMENT) for text in ("2026-03-31x14:30", "2026-W14-2", "2026-03-31 2 PM", "2026-03-31T14")],
        *[(text, BAD_MOMENT) for text in ("２０２６-03-31", "2026-03-31\x00", "2026-03-31 14:30 CET")],
        *[(text, NO_SUCH_DAY) for text in ("2026-02-30", "2026-13-01", "0000-00-00", "0001-01-01", "9999-12-31")],
        *[(text, NO_SUCH_DAY) for text in ("2026-03-31 24:30", "2026-03-31 14:60", "2026-03-31 14:30+25:00")],
    ],
)
def test_what_is_no_day_is_refused_with_the_way_to_write_it(text: str, says: str) -> None:
    """Day and month are never guessed apart."""
    with pytest.raises(WhenError) as refusal:
        parse_when(text, LISBON)
    assert str(refusal.value) == says


@given(st.dates(date(1800, 1, 1), date(9000, 12, 31)), ZONES)
def test_c06_every_moment_of_a_day_lies_within_it(day: date, zone: ZoneInfo) -> None:
    """In any zone, on any day: also when clocks change at midnight or a day is left out."""
    whole = parse_when(day.isoformat(), zone)

    assert whole.first <= whole.usual <= whole.last
    assert whole.last - whole.first < timedelta(hours=26)
    if whole.first < whole.last:
        assert whole.usual.astimezone(zone).date() == day
    assert parse_day(day.isoformat()) == day


@given(st.datetimes(datetime(1801, 1, 1), datetime(8999, 1, 1)), ZONES)  # noqa: DTZ001 - as a file has them
def test_a_moment_reads_as_the_zones_clocks_show_it(moment: datetime, zone: ZoneInfo) -> None:
    """Both readings of a repeated hour show what was written; an hour that was left out has one reading."""
    when = parse_when(moment.isoformat(sep=" "), zone)

    assert when.first <= when.last
    shown = {at.astimezone(zone).replace(tzinfo=None) for at in (when.first, when.last)}
    assert shown == {moment} or when.first == when.last


@given(st.datetimes(datetime(1801, 1, 1), datetime(8999, 1, 1)), st.integers(-1439, 1439), ZONES)  # noqa: DTZ001
def test_an_offset_is_never_overruled(moment: datetime, minutes: int, zone: ZoneInfo) -> None:
    """The zone has no say where the text has one."""
    exact = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))

    assert parse_when(exact.isoformat(), zone).usual == exact


@given(st.text(alphabet="0123456789-: TZ+W.,/", max_size=30) | st.text(), ZONES)
def test_r48_any_text_is_a_time_or_refused(text: str, zone: ZoneInfo) -> None:
    """There is no other error."""
    for read in (lambda: parse_when(text, zone), lambda: parse_day(text), lambda: parse_time(text)):
        with suppress(WhenError):
            read()


def test_a_day_alone_takes_no_time() -> None:
    """Where a day is asked for, a time is refused."""
    assert parse_day(" 2026-03-31 ") == date(2026, 3, 31)
    for text in ("2026-03-31 14:30", "2026-W14-2", "soon"):
        with pytest.raises(WhenError, match=BAD_DAY):
            parse_day(text)


@pytest.mark.parametrize("text", ["22:00", "22:00:00", " 22:00 "])
def test_a_time_of_day_has_whole_minutes(text: str) -> None:
    """As browsers send it."""
    assert parse_time(text) == time(22)


@pytest.mark.parametrize("text", ["", "22", "2200", "22:00+05:00", "22:00:30", "24:00", "22:60", "T22:00", "10 pm"])
def test_a_time_of_day_in_another_form_is_refused(text: str) -> None:
    """An offset or seconds would be dropped without a word."""
    with pytest.raises(WhenError):
        parse_time(text)
