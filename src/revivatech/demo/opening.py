"""The demo shop's calendar: open Monday to Friday, nine to six."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from revivatech.demo.shapes import FromToday

OPENS = time(9)
CLOSES = time(18)
# When the shop promises a device for a day, it means this hour.
READY_BY = time(17)
SATURDAY = 5


class Opening:
    """The open days around a moment. Day 0 is the last one that is over, so that all that is told has happened."""

    def __init__(self, now: datetime, timezone: str) -> None:
        self._zone = ZoneInfo(timezone)
        self._today = now.astimezone(self._zone)
        day = self._today.date() if self._today.time() >= CLOSES else self._today.date() - timedelta(days=1)
        while day.weekday() >= SATURDAY:
            day -= timedelta(days=1)
        self._last = day

    def at(self, ago: int, clock: str) -> datetime:
        """That time of the open day so many open days before day 0."""
        return datetime.combine(self._day(ago), time.fromisoformat(clock), self._zone)

    def due(self, taken_in: int, due: int | FromToday) -> datetime:
        """When a device is promised: so many open days after its intake, or from the next closing time on."""
        ago = -1 - due.days if isinstance(due, FromToday) else taken_in - due
        return datetime.combine(self._day(ago), READY_BY, self._zone)

    def _day(self, ago: int):
        day, step = self._last, timedelta(days=-1 if ago > 0 else 1)
        for _ in range(abs(ago)):
            day += step
            while day.weekday() >= SATURDAY:
                day += step
        return day
