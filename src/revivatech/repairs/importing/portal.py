"""A row of the portal's own CSV (docs/importing.md) as a repair."""

import re
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from revivatech.kit import phones
from revivatech.kit.email import EmailError, lookup_forms, parse_email
from revivatech.kit.errors import InvalidInput
from revivatech.kit.ids import human_number
from revivatech.kit.spreadsheets import ShortenedNumberError, text_of_number
from revivatech.kit.text import one_line
from revivatech.repairs.contracts import Status
from revivatech.repairs.importing.contracts import Problem, StagedRow, Surroundings
from revivatech.repairs.importing.fields import Fields
from revivatech.repairs.importing.numbers import numbers_of, with_note
from revivatech.repairs.importing.open_repair import digest
from revivatech.repairs.importing.reader import SourceRow
from revivatech.repairs.importing.timeline import TimelineError, settle
from revivatech.repairs.importing.wording import Wording

SOURCE = "portal"
LANGUAGES = {"en": "en", "pt-br": "pt-BR", "pt": "pt-BR"}
PRIORITIES = {word: word for word in ("low", "normal", "high", "urgent")}
STATUSES = {status.value: status.value for status in Status}
ORGANISATION = {"no": "", "yes": "yes"}
USUAL_WARRANTY = 6
LONGEST_WARRANTY = 120
LONGEST_ESTIMATE = timedelta(days=3660)


def ignore(_: Iterable[Problem]) -> None:
    """Do nothing with hints."""


class PortalMapping:
    """Reads rows against a shop's surroundings; `hint` gets what somebody should look at in rows that are good."""

    source = SOURCE

    def __init__(self, around: Surroundings, hint: Callable[[Iterable[Problem]], None] = ignore) -> None:
        self._around = around
        self._hint = hint
        self._wording = Wording(around.language)
        self._zone = ZoneInfo(around.timezone)

    def row(self, source: SourceRow) -> StagedRow | list[Problem]:
        """The row to stage, or everything that is wrong with it."""
        fields = Fields(source, "repair_id")
        first_name = fields.line_of("customer_first_name", 100, required=True)
        last_name = fields.line_of("customer_last_name", 100)
        email = _email(fields)
        phone = _phone(fields)
        status, stage = self._place(fields)
        received, completed = self._timeline(fields, status)
        parts, labor, rest, total = _costs(fields)
        numbers = numbers_of(fields, self._wording)
        row = StagedRow(
            line=source.line,
            import_id=fields.id,
            digest=digest(source),
            repair_number=human_number("R"),
            customer_key=_customer_key(email, first_name, last_name, phone),
            customer_email=email,
            first_name=first_name,
            last_name=last_name,
            is_organisation=bool(fields.choice_of("customer_organisation", ORGANISATION, "")),
            phone=phone or None,
            language=fields.choice_of("customer_language", LANGUAGES, self._around.language),
            device_type=fields.line_of("device_type", 50, required=True),
            device_brand=fields.line_of("device_brand", 100),
            device_model=fields.line_of("device_model", 100),
            serial_number=numbers.serial_number,
            imei=numbers.imei,
            issue_description=fields.text_of("issue", required=True) or "",
            priority=fields.choice_of("priority", PRIORITIES, "normal"),
            status=status,
            stage=stage,
            technician_id=self._technician(fields),
            received_at=received,
            estimated_completion=self._estimate(fields),
            actual_completion=completed,
            repair_cost=rest,
            parts_cost=parts,
            labor_cost=labor,
            total_cost=total,
            currency=self._currency(fields),
            warranty_months=_warranty(fields),
            notes=fields.text_of("notes"),
            internal_notes=with_note(fields.text_of("internal_notes"), numbers.note),
        )
        if fields.problems:
            return fields.problems
        self._hint(fields.hints)
        return row

    def _place(self, fields: Fields) -> tuple[str, str]:
        """Status and stage; either one alone tells the other."""
        stage = fields.line_of("stage", 50)
        if not stage:
            status = fields.choice_of("status", STATUSES, "received")
            return status, status
        home = self._around.stages.get(stage)
        if home is None:
            fields.refuse("stage", f"The shop has no such stage; it has {', '.join(self._around.stages)}.")
            return "received", "received"
        status = fields.choice_of("status", STATUSES, home)
        if status != home:
            fields.refuse("stage", f"The stage {stage} belongs to the status {home}.")
        return home, stage

    def _technician(self, fields: Fields) -> UUID | None:
        text = fields.raw("technician_email")
        if not one_line(text):
            return None
        try:
            emails = lookup_forms(text)
        except InvalidInput as refusal:
            fields.refuse("technician_email", refusal.detail)
            return None
        known = next((self._around.technicians[email] for email in emails if email in self._around.technicians), None)
        if known is None:
            fields.refuse("technician_email", "No member of the staff has this address; create the account first.")
        return known

    def _timeline(self, fields: Fields, status: str) -> tuple[datetime, datetime | None]:
        """Return when the repair was received and completed; the dates must tell the same story as the status."""
        received = fields.when("received", self._zone, required=True)
        completed = fields.when("completed", self._zone)
        if status == Status.COMPLETED and completed is None:
            fields.refuse("completed", "A completed repair needs the date of its completion.")
        if status != Status.COMPLETED and completed is not None:
            fields.refuse("completed", f"A repair that is {status} has no date of completion.")
        if received is None:
            return self._around.now, None
        try:
            return settle(received, completed, self._around.now)
        except TimelineError as error:
            fields.refuse(error.field, error.reason)
            return self._around.now, None

    def _estimate(self, fields: Fields) -> datetime | None:
        when = fields.when("estimated", self._zone)
        if when is None:
            return None
        if when.due > self._around.now + LONGEST_ESTIMATE:
            fields.refuse("estimated", "This is more than ten years away.")
        return when.due

    def _currency(self, fields: Fields) -> str:
        currency = fields.line_of("currency", 3).upper()
        if currency and not re.fullmatch("[A-Z]{3}", currency):
            fields.refuse("currency", "A currency has three letters, such as EUR.")
        return currency or self._around.currency


def _costs(fields: Fields) -> tuple[Decimal | None, Decimal | None, Decimal | None, Decimal | None]:
    """Parts, labour, what else the total holds, and the total, which is their sum as everywhere in the portal."""
    parts, labor, total = (fields.amount_of(name) for name in ("parts_cost", "labor_cost", "total_cost"))
    known = [amount for amount in (parts, labor) if amount is not None]
    if total is None:
        return parts, labor, None, sum(known, Decimal("0.00")) if known else None
    rest = total - sum(known, Decimal("0.00"))
    if rest < 0:
        fields.refuse("total_cost", "The total is less than parts and labour together.")
    return parts, labor, rest or None, total


def _phone(fields: Fields) -> str:
    text = fields.line_of("customer_phone", phones.LONGEST)
    try:
        return text_of_number(text)
    except ShortenedNumberError as error:
        fields.refuse("customer_phone", str(error))
        return text


def _email(fields: Fields) -> str | None:
    text = fields.raw("customer_email")
    try:
        return parse_email(text) if one_line(text) else None
    except EmailError as error:
        fields.refuse("customer_email", error.message)
        return None


def _warranty(fields: Fields) -> int:
    text = one_line(fields.raw("warranty_months"))
    if not text:
        return USUAL_WARRANTY
    # A column of whole numbers with gaps leaves many programs as 12.0.
    number = re.fullmatch("([0-9]{1,3})(?:[.,]0{1,2})?", text)
    if number is None or int(number[1]) > LONGEST_WARRANTY:
        fields.refuse("warranty_months", f"This is not a number of months from 0 to {LONGEST_WARRANTY}.")
        return USUAL_WARRANTY
    return int(number[1])


def _customer_key(email: str | None, first_name: str, last_name: str, phone: str) -> str:
    """Return who the customer is: the e-mail address, or, without one, the name and the phone number's digits."""
    if email:
        return f"{SOURCE}:{email}"
    digits = re.sub(r"\D", "", phone)
    return f"{SOURCE}:{first_name} {last_name}:{digits}".casefold()
