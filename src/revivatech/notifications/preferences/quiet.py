"""Hours in which nothing may beep."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from revivatech.kit.structs import Value

MINUTE = timedelta(minutes=1)


class QuietHours(Value, frozen=True):
    """From one time of day until another, on the clock of the customer's zone, over midnight where `start` is later.

    Whole minutes, never the same one twice. Quiet from `start` on; at `end` it is over.
    """

    start: time
    end: time

    def holds(self, at: time) -> bool:
        """Return whether it is quiet at that time of day."""
        if self.start < self.end:
            return self.start <= at < self.end
        return at >= self.start or at < self.end


def quiet_until(quiet: QuietHours | None, zone: ZoneInfo, now: datetime) -> datetime | None:
    """The first whole minute (UTC) from now at which it is not quiet; None where it is not quiet now."""
    moment = now.astimezone(UTC)
    if quiet is None or not quiet.holds(_clock(zone, moment)):
        return None
    moment = moment.replace(second=0, microsecond=0)
    # A clock that is put forward or back skips or repeats the end. Walking there is right whatever it does; a night
    # has 600 minutes.
    while quiet.holds(_clock(zone, moment)):
        moment += MINUTE
    return moment


def _clock(zone: ZoneInfo, moment: datetime) -> time:
    return moment.astimezone(zone).time()
