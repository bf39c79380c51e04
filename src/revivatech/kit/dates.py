"""Days and times as people, files and forms write them."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from revivatech.kit.i18n import marked
from revivatech.kit.structs import Value

BAD_DAY = marked("Give a day, such as 2026-01-31.")
BAD_MOMENT = marked("Give a date such as 2026-01-31, or with a time: 2026-01-31 14:30.")
NO_SUCH_DAY = marked("That date or time doesn't exist.")
BAD_TIME = marked("Give a time such as 22:00.")

# ISO 8601. Other orders of day and month mean different days in different countries.
DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{8}")
MOMENT = re.compile(
    "(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{8})[T ]"
    "(?P<time>[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,9})?)?|[0-9]{4}(?:[0-9]{2})?)"
    "(?: ?(?P<offset>Z|UTC|[+-][0-9]{2}(?::?[0-9]{2})?))?"
)
TIME = re.compile("([0-9]{1,2}):([0-9]{2})(?::00)?")
# Outside, datetime cannot shift a moment from zone to zone.
FIRST_YEAR, LAST_YEAR = 1800, 9000
NOON = time(12)
A_DAY = timedelta(days=1)
INSTANT = timedelta(microseconds=1)


class WhenError(ValueError):
    """The text is not a day or a time; the message, marked for translation, says how to write one."""


class When(Value):
    """A time as exactly as it was written: a moment, or a whole day. Everything is UTC.

    It lies between `first` and `last`, which differ for a day, and for an hour that the clocks of a zone repeat.
    `usual` is the moment to store where nothing else is known: of a day its noon, which is the same day almost
    everywhere; else `first`. `due` is the moment at which something that was promised for then is late.
    """

    first: datetime
    usual: datetime
    last: datetime
    is_day: bool

    @property
    def due(self) -> datetime:
        """The moment itself, or the last minute of the day."""
        return self.last.replace(second=0, microsecond=0) if self.is_day else self.usual


def parse_when(text: str, zone: ZoneInfo) -> When:
    """Return the day or moment that the text names, on the clocks of the zone where it has no offset of its own.

    Takes ISO 8601: `2026-03-31`, `2026-03-31 14:30`, `2026-03-31T14:30:00+01:00`. Raises WhenError.
    """
    text = text.strip()
    if DAY.fullmatch(text):
        return _whole(parse_day(text), zone)
    match = MOMENT.fullmatch(text)
    if match is None:
        raise WhenError(BAD_MOMENT)
    offset = (match["offset"] or "").replace("UTC", "Z")
    try:
        moment = datetime.fromisoformat(f"{match['day']}T{match['time']}{offset}")
    except ValueError:
        raise WhenError(NO_SUCH_DAY) from None
    _hold_to_years(moment)
    return _exact(moment) if moment.tzinfo else _on_clocks_of(zone, moment)


def parse_day(text: str) -> date:
    """Return the day of the calendar that the text names, such as `2026-03-31`. Raises WhenError."""
    text = text.strip()
    if not DAY.fullmatch(text):
        raise WhenError(BAD_DAY)
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise WhenError(NO_SUCH_DAY) from None
    _hold_to_years(day)
    return day


def parse_time(text: str) -> time:
    """Return the time of day, in whole minutes, that the text names, such as `22:00`. Raises WhenError."""
    match = TIME.fullmatch(text.strip())
    if match is None:
        raise WhenError(BAD_TIME)
    try:
        return time(int(match[1]), int(match[2]))
    except ValueError:
        raise WhenError(BAD_TIME) from None


def _hold_to_years(day: date) -> None:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise WhenError(NO_SUCH_DAY)


def _whole(day: date, zone: ZoneInfo) -> When:
    first = datetime.combine(day, time(), zone).astimezone(UTC)
    # A day that a zone left out, as Samoa did when it crossed the date line, is over when it begins.
    last = max(first, datetime.combine(day + A_DAY, time(), zone).astimezone(UTC) - INSTANT)
    noon = datetime.combine(day, NOON, zone).astimezone(UTC)
    return When(first, min(max(noon, first), last), last, is_day=True)


def _exact(moment: datetime) -> When:
    at = moment.astimezone(UTC)
    return When(at, at, at, is_day=False)


def _on_clocks_of(zone: ZoneInfo, moment: datetime) -> When:
    once = moment.replace(tzinfo=zone).astimezone(UTC)
    again = moment.replace(tzinfo=zone, fold=1).astimezone(UTC)
    # Clocks that go forward leave out an hour. Then `again` is earlier, and `once` reads on as if they had not gone.
    return When(once, once, max(once, again), is_day=False)
