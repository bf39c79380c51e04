"""The fields of the page's form."""

from collections.abc import Mapping
from typing import Any

from revivatech.kit.dates import WhenError, parse_time
from revivatech.kit.errors import Problems
from revivatech.kit.i18n import marked
from revivatech.notifications.contracts import CHANNELS, TOPICS
from revivatech.notifications.preferences import service
from revivatech.notifications.preferences.matrix import Cell
from revivatech.notifications.preferences.quiet import QuietHours
from revivatech.web.forms import fields_of

BOTH = marked("Enter both times or leave both empty.")
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
    """Return the quiet hours, None where both fields are empty. Raises InvalidInput naming each wrong field."""
    texts = {"quiet_from": typed["quiet_from"], "quiet_to": typed["quiet_to"]}
    if not any(texts.values()):
        return None
    problems = Problems()
    for field, text in texts.items():
        try:
            parse_time(text)
        except WhenError as error:
            problems.add(field, str(error) if text else BOTH)
    problems.finish()
    hours = service.quiet_hours(*texts.values())
    if hours.start == hours.end:
        problems.add("quiet_to", DIFFERENT)
        problems.finish()
    return hours
