"""The device form as it was typed, and what a warranty is in words."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal

from babel.dates import format_date

from revivatech.kit.dates import WhenError, parse_day
from revivatech.kit.errors import FieldError, InvalidInput
from revivatech.kit.i18n import translations
from revivatech.kit.numbers import LARGEST_VERSION
from revivatech.kit.structs import Value
from revivatech.repairs.devices.contracts import Device, DeviceFields
from revivatech.repairs.devices.validation import NAMES, checked
from revivatech.web import forms as sent
from revivatech.web.formats import zone

# When the end of a warranty is worth a warning.
SOON = 30
DAYS_A_MONTH = 30.44
MONTHS_SAID_IN_DAYS = 2


class Typed(Value):
    """The form as a person left it, by the fields' names."""

    fields: dict[str, str]

    def __getitem__(self, name: str) -> str:
        """The field's text."""
        return self.fields.get(name, "")


class Warranty(Value):
    """The state of a warranty: a title, a sentence, and how urgent that is."""

    tone: Literal["success", "warning", "neutral"]
    title: str
    text: str


def typed(form: Mapping[str, Any]) -> Typed:
    """Return what was sent; what is no text is left out."""
    return Typed(sent.fields_of(form))


def of(device: Device) -> Typed:
    """The form as it shows a device that is kept."""
    texts = {name: _shown(getattr(device, ours)) for ours, name in NAMES.items()}
    return Typed(texts | {"version": str(device.version)})


def _shown(value: str | date | None) -> str:
    return value.isoformat() if isinstance(value, date) else value or ""


def fields_of(form: Typed, language: str, before: DeviceFields | None = None) -> DeviceFields:
    """The device as typed. Raises InvalidInput for a day that is none, together with all else that is wrong.

    `before` is the device as it is kept: what has not changed is never wrong.
    """
    gettext = translations(language).gettext
    days: dict[str, date | None] = {}
    errors = []
    for ours in ("purchase_date", "warranty_expires"):
        text = form[NAMES[ours]].strip()
        days[ours] = None
        try:
            days[ours] = parse_day(text) if text else None
        except WhenError as error:
            errors.append(FieldError(NAMES[ours], gettext(str(error))))
    texts = {ours: form[name] for ours, name in NAMES.items() if ours not in days}
    given = DeviceFields(**texts, **days)  # type: ignore[arg-type] # texts and days, each under its own name
    if not errors:
        return given
    try:
        checked(given, language, before)
    except InvalidInput as refusal:
        errors += refusal.errors
    raise InvalidInput(gettext("Please check what you wrote."), errors=errors)


def version_of(form: Typed) -> int:
    """The version that the form was shown with; 0 where it bears none."""
    text = form["version"]
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST_VERSION))
    return min(int(text), LARGEST_VERSION) if is_number else 0


def today(timezone: str) -> date:
    """The present day in that zone."""
    return datetime.now(zone(timezone)).date()


def day_in_words(day: date | None, locale: str) -> str:
    """The day as the reader writes it; empty for None."""
    return format_date(day, "medium", locale) if day else ""


def warranty_of(device: Device, language: str, locale: str, now: date) -> Warranty:
    """Return how the device's warranty stands on that day."""
    catalogue = translations(language)
    _ = catalogue.gettext
    until = device.warranty_expires
    if until is None:
        return Warranty(
            "neutral", _("Warranty unknown"), _("Add the day on which it ends, and you see here how long it lasts.")
        )
    day = {"day": day_in_words(until, locale)}
    left = (until - now).days
    if left < 0:
        return Warranty("neutral", _("Warranty over"), _("It ended on %(day)s.") % day)
    if left == 0:
        return Warranty("warning", _("Warranty ends today"), _("Today is its last day."))
    text = _("Until %(day)s: %(left)s.") % (day | {"left": _left(left, language)})
    if left <= SOON:
        return Warranty("warning", _("Warranty ends soon"), text)
    return Warranty("success", _("Under warranty"), text)


def _left(days: int, language: str) -> str:
    ngettext = translations(language).ngettext
    months = int(days / DAYS_A_MONTH)
    if months < MONTHS_SAID_IN_DAYS:
        return ngettext("%(num)s more day", "%(num)s more days", days) % {"num": days}
    return ngettext("%(num)s more month", "%(num)s more months", months) % {"num": months}
