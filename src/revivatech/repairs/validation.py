"""Validation of a repair's fields; each function returns what is stored, or raises InvalidInput naming the field."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from msgspec import UNSET, UnsetType

from revivatech.kit.clock import utcnow
from revivatech.kit.errors import FieldError, InvalidInput
from revivatech.kit.i18n import marked
from revivatech.kit.money import LARGEST
from revivatech.kit.text import plain

# Estimates outside are typing errors; PostgreSQL knows years that Python does not.
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)
# So long may a form stand open in which "now" was a good answer.
OPEN_FORM = timedelta(minutes=15)
# What asks for a field that is empty.
MISSING = {
    "deviceType": marked("Choose the kind of device."),
    "issueDescription": marked("Describe the problem."),
}


def said(text: str | None) -> str | None:
    """The note without what no note holds, None where nothing is left."""
    return (plain(text) or None) if text else None


def required(text: str, field: str) -> str:
    """Return the text of a field that may not be empty. Raises InvalidInput naming the field."""
    cleaned = plain(text)
    if not cleaned:
        raise InvalidInput("Something is missing.", errors=[FieldError(field, MISSING[field])])
    return cleaned


def estimate(present: datetime | None, wanted: datetime | UnsetType | None) -> datetime | None:
    """Return the wanted estimate, the present one where it is unset.

    A new estimate must be ahead; one that was given before and has passed meanwhile may stay. Raises InvalidInput.
    """
    if wanted is UNSET or wanted == present:
        return present
    if wanted is not None and not EARLIEST <= wanted < LATEST:
        raise _estimate_refused(marked("Give a moment between the years 2000 and 2100."))
    if wanted is not None and wanted < utcnow() - OPEN_FORM:
        raise _estimate_refused(marked("This time has already passed. Choose a later one."))
    return wanted


def _estimate_refused(problem: str) -> InvalidInput:
    return InvalidInput("The estimate cannot be right.", errors=[FieldError("estimatedCompletion", problem)])


def total(*costs: Decimal | None) -> Decimal | None:
    """The sum of the known costs, None where none is known; it must fit where it is stored."""
    given = [cost for cost in costs if cost is not None]
    if not given:
        return None
    whole = sum(given, Decimal())
    if whole > LARGEST:
        problem = marked("All costs together are more than can be stored.")
        raise InvalidInput("The costs are too large.", errors=[FieldError("repairCost", problem)])
    return whole


def no_such_colleague() -> InvalidInput:
    """Return why nobody was assigned."""
    problem = marked("There is no such colleague.")
    return InvalidInput("Nobody could be assigned.", errors=[FieldError("technicianId", problem)])
