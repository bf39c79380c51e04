"""What the page's form holds."""

from collections.abc import Mapping
from typing import Any

from revivatech.kit.dates import WhenError
from revivatech.kit.errors import FieldError, InvalidInput
from revivatech.kit.i18n import marked
from revivatech.notifications.contracts import CHANNELS, TOPICS
from revivatech.notifications.preferences import service
from revivatech.notifications.preferences.matrix import Cell
from revivatech.notifications.preferences.quiet import QuietHours
from revivatech.web.forms import fields_of

BOTH = marked("Give both times, or neither.")
DIFFERENT = marked("Choose two different times.")


class Typed:
    """The text fields of a form; a missing one is empty."""

    def __init__(self, form: Mapping[str, Any]) -> None:
        self._fields = fields_of(form)

    def __getitem__(self, name: str) -> str:
        """The field's text."""
        return self._fields[name].strip()

    @property
    def ticked(self) -> frozenset[str]:
        """The names of the fields that were sent: of checkboxes, those with a tick."""
        return frozenset(self._fields)


def cells(typed: Typed) -> dict[Cell, bool]:
    """Every topic by each channel that the form showed, whose names are in its field `channels`."""
    shown = typed["channels"].split()
    return {
        (topic, channel): f"{topic}.{channel}" in typed.ticked
        for topic in TOPICS
        for channel in CHANNELS
        if channel in shown
    }


def quiet_hours(typed: Typed) -> QuietHours | None:
    """The quiet hours, None where both fields are empty. Raises InvalidInput naming the field."""
    start, end = typed["quiet_from"], typed["quiet_to"]
    if not start and not end:
        return None
    if not start or not end:
        raise _refusal("quiet_to" if start else "quiet_from", BOTH)
    try:
        hours = service.quiet_hours(start, end)
    except WhenError as error:
        raise _refusal("quiet_from", str(error)) from None
    if hours.start == hours.end:
        raise _refusal("quiet_to", DIFFERENT)
    return hours


def _refusal(field: str, message: str) -> InvalidInput:
    return InvalidInput("The quiet hours cannot be read.", errors=[FieldError(field, message)])
