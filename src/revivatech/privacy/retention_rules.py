"""Periods of the privacy slice. The retention of records depends on the shop's country: `shop.country_profiles`."""

import calendar
from datetime import date, datetime, timedelta

GRACE = timedelta(days=7)
EXPORT_LIFE = timedelta(days=7)
# LGPD 19 II; the GDPR's month (12 III) is never shorter, but the rule is written down and not assumed.
LGPD_ANSWER = timedelta(days=15)


def answer_by(asked_at: datetime) -> datetime:
    """By when a request must have been answered: the earlier of the GDPR's and the LGPD's date."""
    return min(_month_later(asked_at), asked_at + LGPD_ANSWER)


def _month_later(at: datetime) -> datetime:
    """The same day of the next month, or its last one (Regulation 1182/71, article 3)."""
    first = date(at.year + at.month // 12, at.month % 12 + 1, 1)
    last = calendar.monthrange(first.year, first.month)[1]
    return at.replace(year=first.year, month=first.month, day=min(at.day, last))
