"""The desk's forms, as they were typed and as the services take them."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, get_args
from uuid import UUID

from babel.numbers import format_decimal
from msgspec import UNSET, UnsetType

from revivatech.kit.dates import WhenError, parse_when
from revivatech.kit.email import EmailError, parse_email
from revivatech.kit.errors import FieldError, InvalidInput, NotFound
from revivatech.kit.i18n import LOCALES, translations
from revivatech.kit.money import AmountError, parse_amount
from revivatech.kit.numbers import LARGEST_VERSION
from revivatech.kit.text import one_line, plain
from revivatech.repairs import service as repairs
from revivatech.repairs.contracts import NewRepair, Priority, RepairEdit, Status, StatusChange
from revivatech.web.formats import zone
from revivatech.web.forms import TypedForm

LONGEST_TEXT = 10_000
LONGEST_NAME = 100
LONGEST_KIND = 50
LONGEST_PHONE = 32
LONGEST_WARRANTY = 120
# How a browser's datetime-local field writes a moment.
LOCAL = "%Y-%m-%dT%H:%M"


def local(at: datetime | None, timezone: str) -> str:
    """The moment as a datetime-local field of that zone holds it."""
    return at.astimezone(zone(timezone)).strftime(LOCAL) if at else ""


def shown(amount: Decimal | None, language: str) -> str:
    """The amount as a field of that language holds it, such as `1249,90`; empty for None."""
    return format_decimal(amount, "0.00", locale=LOCALES[language]) if amount is not None else ""


def status_change(form: TypedForm) -> StatusChange:
    """A change of status as typed. Raises InvalidInput naming the fields."""
    check = _Check(form)
    status, _, stage = form["to"].partition("/")
    if status not in set(Status):
        check.refuse("to", translations(form.language).gettext("Choose what comes next."))
    change: dict[str, Any] = {
        "version": check.number("version", LARGEST_VERSION),
        "notes": check.text("notes", LONGEST_TEXT) or None,
        "internal_notes": check.text("internal_notes", LONGEST_TEXT) or None,
        "estimated_completion": check.moment("estimate"),
        "amount": check.new_amount("amount") if status == Status.QUOTED else None,
    }
    check.finish()
    return StatusChange(Status(status), stage=stage or None, **change)


def assignment(form: TypedForm) -> tuple[UUID | None, int]:
    """Return whose work it shall be, and the version seen. Raises InvalidInput."""
    check = _Check(form)
    technician, version = check.identifier("technician"), check.number("version", LARGEST_VERSION)
    check.finish()
    return technician, version


def entry_of(fields: Mapping[str, str]) -> UUID:
    """Return the entry of the history that a form is about. Raises NotFound for what is no id."""
    try:
        return UUID(fields.get("entry", ""))
    except ValueError:
        raise NotFound from None


def repair_edit(form: TypedForm) -> RepairEdit:
    """New facts as typed. Raises InvalidInput naming the fields."""
    check = _Check(form)
    edit: dict[str, Any] = {
        "version": check.number("version", LARGEST_VERSION),
        "priority": check.priority(),
        "issue_description": check.required("issue_description", LONGEST_TEXT),
        "repair_cost": check.amount("repair_cost"),
        "parts_cost": check.amount("parts_cost"),
        "labor_cost": check.amount("labor_cost"),
        "warranty_months": check.number("warranty_months", LONGEST_WARRANTY),
        "notes": check.text("notes", LONGEST_TEXT) or None,
        "internal_notes": check.text("internal_notes", LONGEST_TEXT) or None,
    }
    check.finish()
    return RepairEdit(**edit)


def new_repair(form: TypedForm) -> NewRepair:
    """An intake as typed. Raises InvalidInput naming the fields."""
    check = _Check(form)
    estimate = check.moment("estimate")
    new: dict[str, Any] = {
        **_whose(check),
        **_which(form, check),
        "issue_description": check.required("issue_description", LONGEST_TEXT),
        "priority": check.priority(),
        "technician_id": check.identifier("technician"),
        "estimated_completion": None if estimate is UNSET else estimate,
        "repair_cost": check.amount("repair_cost"),
        "internal_notes": check.text("internal_notes", LONGEST_TEXT) or None,
        "key": check.text("key", LONGEST_NAME) or None,
    }
    check.finish()
    return NewRepair(**new)


def _whose(check: "_Check") -> dict[str, Any]:
    """The customer who was chosen, else the one who was written down."""
    if customer_id := check.identifier("customer_id"):
        return {"customer_id": customer_id}
    return {
        "customer_email": check.email("customer_email"),
        "customer_first_name": check.required("customer_first_name", LONGEST_NAME),
        "customer_last_name": check.text("customer_last_name", LONGEST_NAME),
        "customer_phone": check.text("customer_phone", LONGEST_PHONE) or None,
    }


def _which(form: TypedForm, check: "_Check") -> dict[str, Any]:
    """The device that was chosen, which says itself what it is; else the one that was written down."""
    if device_id := check.identifier("device_id"):
        return {"device_id": device_id, "device_type": "", "device_brand": "", "device_model": ""}
    if form["chooses_device"] and "device_id" not in form.fields:
        check.refuse("device_id", translations(form.language).gettext("Choose a device, or another one."))
        return {}
    for error in repairs.wrong_numbers(form["serial_number"], form["imei"], form.language):
        check.refuse({"serialNumber": "serial_number"}.get(error.field, error.field), error.message)
    return {
        "device_type": check.required("device_type", LONGEST_KIND),
        "device_brand": check.required("device_brand", LONGEST_NAME),
        "device_model": check.text("device_model", LONGEST_NAME),
        "serial_number": check.text("serial_number", LONGEST_NAME),
        "imei": check.text("imei", LONGEST_NAME),
        "keeps_device": bool(form["keeps_device"]),
    }


class _Check:
    """Reads fields and gathers what is wrong with them, so that a form says everything at once."""

    def __init__(self, form: TypedForm) -> None:
        self._form = form
        self._errors: list[FieldError] = []
        self._ = _ = translations(form.language).gettext
        self._missing = {
            "customer_first_name": _("Enter the customer's first name."),
            "device_type": _("Choose the kind of device."),
            "device_brand": _("Enter the brand."),
            "issue_description": _("Describe the problem."),
        }

    def refuse(self, field: str, message: str) -> None:
        """Note that a field is wrong."""
        self._errors.append(FieldError(field, message))

    def finish(self) -> None:
        """Raise InvalidInput where any field was wrong."""
        if self._errors:
            raise InvalidInput(self._("Please check what you wrote."), errors=self._errors)

    def text(self, field: str, longest: int) -> str:
        text = plain(self._form[field])
        if len(text) > longest:
            self.refuse(field, self._("At most %(count)s characters, please.") % {"count": longest})
        return text

    def required(self, field: str, longest: int) -> str:
        text = self.text(field, longest)
        if not text:
            self.refuse(field, self._missing[field])
        return text

    def email(self, field: str) -> str | None:
        if not one_line(self._form[field]):
            return None
        try:
            return parse_email(self._form[field])
        except EmailError as error:
            self.refuse(field, self._(error.message))
            return None

    def number(self, field: str, largest: int) -> int:
        text = self._form[field].strip()
        if not (text.isascii() and text.isdigit()) or len(text) > len(str(largest)) or int(text) > largest:
            self.refuse(field, self._("Give a whole number from 0 to %(largest)s.") % {"largest": largest})
            return 0
        return int(text)

    def amount(self, field: str) -> Any:  # noqa: ANN401 - a Decimal, None for an empty field
        text = self._form[field].strip()
        try:
            return parse_amount(text) if text else None
        except AmountError as error:
            self.refuse(field, self._(str(error)))
            return None

    def new_amount(self, field: str) -> Any:  # noqa: ANN401 - as above
        """Return the amount; None where the field is empty or still holds what it was shown with."""
        return None if self._form[field] == self._form[f"{field}_was"] else self.amount(field)

    def identifier(self, field: str) -> UUID | None:
        text = self._form[field].strip()
        try:
            return UUID(text) if text else None
        except ValueError:
            self.refuse(field, self._("Choose one from the list."))
            return None

    def priority(self) -> str:
        text = self._form["priority"] or "normal"
        if text not in get_args(Priority):
            self.refuse("priority", self._("Choose one from the list."))
        return text

    def moment(self, field: str) -> datetime | UnsetType | None:
        """Return the moment in UTC, of a day its end; UNSET where the field still holds what it was shown with."""
        text = self._form[field].strip()
        if text == self._form[f"{field}_was"]:
            return UNSET
        if not text:
            return None
        try:
            return parse_when(text, zone(self._form.timezone)).due
        except WhenError as error:
            self.refuse(field, self._(str(error)))
            return None
