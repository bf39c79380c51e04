"""Dates, numbers and money as the reader writes them. Babel is thorough and slow, so each text is made once."""

from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.dates import format_date, format_skeleton, format_time
from babel.numbers import format_currency, format_decimal
from markupsafe import Markup, escape

from revivatech.kit.clock import utcnow
from revivatech.kit.i18n import locale_of, translations

# Locales of English that name the month before the day.
MONTH_FIRST = frozenset({"en_US", "en_CA"})

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
def _date(at: datetime, locale: str, timezone: str) -> str:
    return format_date(at.astimezone(zone(timezone)), "medium", locale)


@lru_cache(maxsize=8192)
def _day(at: datetime, locale: str, timezone: str, this_year: int) -> str:
    local = at.astimezone(zone(timezone))
    text = format_skeleton("MMMEd" if local.year == this_year else "yMMMEd", local, locale=locale)
    # CLDR has "Mon 7 Dec" for Britain and "Mon, 7 Dec" for Ireland; where the day comes first, no comma is needed.
    return text.replace(",", "") if locale.startswith("en") and locale not in MONTH_FIRST else text


@lru_cache(maxsize=8192)
def _datetime(at: datetime, locale: str, timezone: str) -> str:
    local = at.astimezone(zone(timezone))
    return f"{format_date(local, 'medium', locale)}, {format_time(local, 'short', locale=locale)}"


@lru_cache(maxsize=8192)
def _time(at: datetime, locale: str, timezone: str) -> str:
    return format_time(at.astimezone(zone(timezone)), "short", locale=locale)


@lru_cache(maxsize=8192)
def _money(amount: Decimal, currency: str, locale: str) -> str:
    return format_currency(amount, currency, locale=locale)


@lru_cache(maxsize=1024)
def _number(number: float | Decimal, locale: str) -> str:
    return format_decimal(number, locale=locale)


class Formats:
    """The formatters of one reader: language, time zone, and the shop's country (ISO 3166) for its regional form."""

    def __init__(self, language: str, timezone: str, country: str | None = None) -> None:
        self.language = language
        self.timezone = timezone
        self.locale = locale_of(language, country)

    def date(self, at: Moment | None) -> str:
        """A day, such as `22 Nov 2026`; empty for None."""
        return _date(at, self.locale, self.timezone) if at else ""

    def day(self, at: Moment | None) -> str:
        """A day with its weekday, such as `Sun 22 Nov`, and with its year where that is another; empty for None."""
        return _day(at, self.locale, self.timezone, utcnow().year) if at else ""

    def datetime(self, at: Moment | None) -> str:
        """A day and a time, for texts that are read later; empty for None."""
        return _datetime(at, self.locale, self.timezone) if at else ""

    def moment(self, at: Moment | None) -> str:
        """A moment as seen from now, such as `Yesterday, 16:50` or `Mon 7 Dec, 16:50`; empty for None."""
        if at is None:
            return ""
        here = zone(self.timezone)
        days = (at.astimezone(here).date() - utcnow().astimezone(here).date()).days
        return f"{self._near(days) or self.day(at)}, {self.time(at)}"

    def _near(self, days: int) -> str:
        _ = translations(self.language).gettext
        return {-1: _("Yesterday"), 0: _("Today"), 1: _("Tomorrow")}.get(days, "")

    def time(self, at: Moment | None) -> str:
        """A time of day; empty for None."""
        return _time(at, self.locale, self.timezone) if at else ""

    def money(self, amount: Decimal | None, currency: str) -> str:
        """An amount with its currency; empty for None."""
        return _money(amount, currency, self.locale) if amount is not None else ""

    def number(self, number: float | Decimal | None) -> str:
        """A number; empty for None."""
        return _number(number, self.locale) if number is not None else ""

    def time_tag(self, at: Moment | None, style: str = "moment") -> Markup:
        """A <time> element that says the moment to people and to programs; `style` is a method of this class."""
        if at is None:
            return Markup()
        text = getattr(self, style)(at)
        machine = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return Markup('<time datetime="{}">{}</time>').format(machine, escape(text))
