"""Bodies of the desk's JSON requests."""

from decimal import Decimal
from typing import Annotated, overload
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType

from revivatech.kit import phones
from revivatech.kit.email import EmailText
from revivatech.kit.errors import FieldError, InvalidInput
from revivatech.kit.money import AmountError, parse_amount
from revivatech.kit.numbers import Moment, Version
from revivatech.kit.structs import Body, Json
from revivatech.repairs.contracts import NewRepair, Priority, RepairEdit, Status, StatusChange

LONGEST_TEXT = 10_000

Text = Annotated[str, Meta(max_length=LONGEST_TEXT)]
Name = Annotated[str, Meta(max_length=100)]
Kind = Annotated[str, Meta(min_length=1, max_length=50)]
Issue = Annotated[str, Meta(min_length=1, max_length=LONGEST_TEXT)]
Phone = Annotated[str, Meta(max_length=phones.LONGEST_TYPED, description="Answered as E.164 where it is a number.")]
Months = Annotated[int, Meta(ge=0, le=120)]
StageKey = Annotated[
    str, Meta(pattern=r"^[a-z][a-z0-9_]{0,49}$", description="The key of a stage, such as `waiting_for_parts`.")
]


class StatusChangeBody(Body):
    """A new status or stage, or a note or an estimate where the repair is. What is left out stays."""

    status: Status
    version: Version
    stage: StageKey | None = None
    notes: Annotated[Text | None, Meta(description="The customer reads it.")] = None
    internal_notes: Annotated[Text | None, Meta(description="The shop alone reads it.")] = None
    estimated_completion: Moment | UnsetType | None = UNSET
    amount: Annotated[
        Decimal | None,
        Meta(
            description="The price that the customer is asked to approve, which becomes the repair's total. Needed for "
            "`quoted` unless the repair has a total; no other status takes it."
        ),
    ] = None

    def change(self) -> StatusChange:
        """Return the change that the service makes. Raises InvalidInput for what is no amount of money."""
        return StatusChange(
            status=self.status,
            version=self.version,
            stage=self.stage,
            notes=self.notes,
            internal_notes=self.internal_notes,
            estimated_completion=self.estimated_completion,
            amount=amount(self.amount, "amount") if self.amount is not None else None,
        )


class CalledBody(Body):
    """The entry of the history that the customer was called about."""

    entry_id: UUID


class AssignBody(Body):
    """The technician from now on; null is nobody's."""

    technician_id: UUID | None
    version: Version


class RepairEditBody(Body):
    """New facts of a repair. What is left out stays."""

    version: Version
    priority: Priority | UnsetType = UNSET
    device_type: Kind | UnsetType = UNSET
    device_brand: Name | UnsetType = UNSET
    device_model: Name | UnsetType = UNSET
    issue_description: Issue | UnsetType = UNSET
    repair_type: Name | UnsetType = UNSET
    estimated_completion: Moment | UnsetType | None = UNSET
    repair_cost: Decimal | UnsetType | None = UNSET
    parts_cost: Decimal | UnsetType | None = UNSET
    labor_cost: Decimal | UnsetType | None = UNSET
    warranty_months: Months | UnsetType = UNSET
    notes: Text | UnsetType | None = UNSET
    internal_notes: Text | UnsetType | None = UNSET

    def edit(self) -> RepairEdit:
        """Return what the service is asked. Raises InvalidInput for what is no amount of money."""
        values = {name: getattr(self, name) for name in RepairEdit.__struct_fields__}
        for name, field in (("repair_cost", "repairCost"), ("parts_cost", "partsCost"), ("labor_cost", "laborCost")):
            values[name] = amount(values[name], field)
        return RepairEdit(**values)


class NewRepairBody(Body):
    """A device that is taken in: of a customer who is known by id, or by e-mail address, or by name."""

    issue_description: Issue
    device_type: Kind = ""
    device_brand: Name = ""
    device_model: Name = ""
    customer_id: UUID | None = None
    customer_email: EmailText | None = None
    customer_first_name: Name = ""
    customer_last_name: Name = ""
    customer_phone: Phone | None = None
    repair_type: Name = "repair"
    priority: Priority = "normal"
    technician_id: UUID | None = None
    estimated_completion: Moment | None = None
    repair_cost: Decimal | None = None
    notes: Text | None = None
    internal_notes: Text | None = None
    device_id: Annotated[
        UUID | None, Meta(description="One of that customer's devices, which then says itself what it is.")
    ] = None
    serial_number: Name = ""
    imei: Annotated[str, Meta(max_length=40, description="With whatever stands between its 15 digits.")] = ""
    keeps_device: Annotated[bool, Meta(description="Write the device down among the customer's.")] = False

    def repair(self, key: str | None) -> NewRepair:
        """Return what the service is asked; `key` makes asking twice one repair."""
        values = {name: getattr(self, name) for name in NewRepairBody.__struct_fields__}
        values["repair_cost"] = amount(self.repair_cost, "repairCost")
        return NewRepair(**values, key=key)


class StageChoice(Json):
    """A stage as the desk's forms offer it."""

    key: str
    status: Status
    label: str
    tells_customer: bool


class Colleague(Json):
    """Somebody who can be given work."""

    id: UUID
    first_name: str
    last_name: str


@overload
def amount(value: Decimal, field: str) -> Decimal: ...
@overload
def amount(value: Decimal | UnsetType | None, field: str) -> Decimal | UnsetType | None: ...
def amount(value: Decimal | UnsetType | None, field: str) -> Decimal | UnsetType | None:
    """Return the amount with two decimals. Raises InvalidInput naming the field."""
    if value is None or value is UNSET:
        return value
    try:
        return parse_amount(str(value))
    except AmountError as error:
        raise InvalidInput("That is not an amount of money.", errors=[FieldError(field, str(error))]) from None
