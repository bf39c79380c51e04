"""The demo shop's calendar: open Monday to Friday, nine to six."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from revivatech.demo.shapes import FromToday

OPENS = time(9)
CLOSES = time(18)
# When the shop promises a device for a day, it means this hour.
READY_BY = time(17)
SATURDAY = 5
ONE_DAY = timedelta(days=1)


class Opening:
    """The open days around a moment. Day 0 is the last one that is over, so that all that is told has happened."""

    def __init__(self, now: datetime, timezone: str) -> None:
        self._zone = ZoneInfo(timezone)
        local = now.astimezone(self._zone)
        is_over = local.time() >= CLOSES
        self._last = _open_day(local.date() if is_over else local.date() - ONE_DAY, -ONE_DAY)

    def at(self, ago: int, clock: str) -> datetime:
        """That time of the open day so many open days before day 0, in UTC."""
        return datetime.combine(self._day(ago), time.fromisoformat(clock), self._zone).astimezone(UTC)

    def due(self, taken_in: int, due: int | FromToday) -> datetime:
        """Return when a device is promised: so many open days after its intake, or from the next closing time on."""
        ago = -1 - due.days if isinstance(due, FromToday) else taken_in - due
        return datetime.combine(self._day(ago), READY_BY, self._zone).astimezone(UTC)

    def _day(self, ago: int) -> date:
        """The open day so many open days before day 0; after it where `ago` is negative."""
        day, step = self._last, -ONE_DAY if ago > 0 else ONE_DAY
        for _ in range(abs(ago)):
            day = _open_day(day + step, step)
        return day


def _open_day(day: date, step: timedelta) -> date:
    """That day, or the next in the direction of `step` on which the shop opens."""
    while day.weekday() >= SATURDAY:
        day += step
    return day
