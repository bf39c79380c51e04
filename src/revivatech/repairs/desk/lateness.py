"""Lateness of a repair, in words."""

from datetime import datetime

from revivatech.kit.i18n import translations
from revivatech.repairs.contracts import StaffRepair

HOUR = 3600
DAY = 24 * HOUR


def lateness(one: StaffRepair, now: datetime, language: str) -> str:
    """Return how late a repair is; empty where it is not."""
    if not one.is_overdue or one.repair.estimated_completion is None:
        return ""
    ngettext = translations(language).ngettext
    seconds = int((now - one.repair.estimated_completion).total_seconds())
    if seconds >= DAY:
        return ngettext("%(num)s day late", "%(num)s days late", seconds // DAY) % {"num": seconds // DAY}
    hours = max(seconds // HOUR, 1)
    return ngettext("%(num)s hour late", "%(num)s hours late", hours) % {"num": hours}
