"""Dates, numbers and money as the reader writes them. Babel is thorough and slow, so each text is made once."""

from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.dates import format_date, format_skeleton, format_time
from babel.numbers import format_currency, format_decimal
from markupsafe import Markup, escape

from revivatech.kit.clock import utcnow
from revivatech.kit.i18n import LOCALES

# The class below has a method of the type's own name.
Moment = datetime


@lru_cache(maxsize=64)
def zone(name: str) -> ZoneInfo:
    """The zone of that IANA name, UTC where it is unknown."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


@lru_cache(maxsize=8192)
def _date(at: datetime, language: str, timezone: str) -> str:
    return format_date(at.astimezone(zone(timezone)), "medium", LOCALES[language])


@lru_cache(maxsize=8192)
def _day(at: datetime, language: str, timezone: str, this_year: int) -> str:
    local = at.astimezone(zone(timezone))
    skeleton = "MMMEd" if local.year == this_year else "yMMMEd"
    return format_skeleton(skeleton, local, locale=LOCALES[language])


@lru_cache(maxsize=8192)
def _datetime(at: datetime, language: str, timezone: str) -> str:
    local = at.astimezone(zone(timezone))
    return f"{format_date(local, 'medium', LOCALES[language])}, {format_time(local, 'short', locale=LOCALES[language])}"


@lru_cache(maxsize=8192)
def _time(at: datetime, language: str, timezone: str) -> str:
    return format_time(at.astimezone(zone(timezone)), "short", locale=LOCALES[language])


@lru_cache(maxsize=8192)
def _money(amount: Decimal, currency: str, language: str) -> str:
    return format_currency(amount, currency, locale=LOCALES[language])


@lru_cache(maxsize=1024)
def _number(number: float | Decimal, language: str) -> str:
    return format_decimal(number, locale=LOCALES[language])


class Formats:
    """The formatters of one reader: a language and a time zone."""

    def __init__(self, language: str, timezone: str) -> None:
        self.language = language
        self.timezone = timezone

    def date(self, at: Moment | None) -> str:
        """A day, such as `22 Nov 2026`; empty for None."""
        return _date(at, self.language, self.timezone) if at else ""

    def day(self, at: Moment | None) -> str:
        """A day with its weekday, such as `Sun, Nov 22`, and with its year where that is another; empty for None."""
        return _day(at, self.language, self.timezone, utcnow().year) if at else ""

    def datetime(self, at: Moment | None) -> str:
        """A day and a time; empty for None."""
        return _datetime(at, self.language, self.timezone) if at else ""

    def time(self, at: Moment | None) -> str:
        """A time of day; empty for None."""
        return _time(at, self.language, self.timezone) if at else ""

    def money(self, amount: Decimal | None, currency: str) -> str:
        """An amount with its currency; empty for None."""
        return _money(amount, currency, self.language) if amount is not None else ""

    def number(self, number: float | Decimal | None) -> str:
        """A number; empty for None."""
        return _number(number, self.language) if number is not None else ""

    def time_tag(self, at: Moment | None, style: str = "datetime") -> Markup:
        """A <time> element that says the moment to people and to programs; `style` is date, day, datetime or time."""
        if at is None:
            return Markup()
        text = getattr(self, style)(at)
        machine = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return Markup('<time datetime="{}">{}</time>').format(machine, escape(text))
