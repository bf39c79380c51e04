"""The moments at which a repair was received and completed, from dates that may be whole days."""

from datetime import datetime

from revivatech.kit.dates import When

FUTURE = "This is in the future on the shop's clock."


class TimelineError(ValueError):
    """The dates of a repair contradict each other or the present; says which `field` and the `reason`."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


def settle(received: When, completed: When | None, now: datetime) -> tuple[datetime, datetime | None]:
    """Return the moments to store, as usual for their days as possible: received, then completed, then now.

    A repair that was received and completed on one day may have a time for either, or for none. Raises
    TimelineError where no such moments lie within the dates.
    """
    if received.first > now:
        raise TimelineError("received", FUTURE)
    if completed is None:
        return min(received.usual, now), None
    if completed.first > now:
        raise TimelineError("completed", FUTURE)
    if completed.last < received.first:
        raise TimelineError("completed", "The repair was completed before it was received.")
    # Of an hour that comes twice, the second one where only that is in order.
    usual = completed.last if not completed.is_day and completed.usual < received.first else completed.usual
    end = min(max(usual, received.usual), completed.last, now)
    return min(received.usual, end), end
