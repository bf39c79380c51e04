"""What others may know of repairs: values, states, events, refusals."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar, Literal
from uuid import UUID

from revivatech.kit.errors import Conflict
from revivatech.kit.structs import Json, Value


class Status(StrEnum):
    """The contract's eight statuses, in the order of the work."""

    RECEIVED = "received"
    DIAGNOSING = "diagnosing"
    QUOTED = "quoted"
    APPROVED = "approved"
    REPAIRING = "repairing"
    TESTING = "testing"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


ENDED = frozenset({Status.COMPLETED, Status.CANCELLED})
Priority = Literal["low", "normal", "high", "urgent"]


class Stage(Value):
    """A step that the shop names, within a status; labels and sentences by language."""

    key: str
    status: Status
    position: int
    labels: dict[str, str]
    sentences: dict[str, str]
    tells_customer: bool

    def label(self, language: str) -> str:
        """The stage's name in that language, else in English."""
        return self.labels.get(language) or self.labels["en"]

    def sentence(self, language: str) -> str:
        """What the stage means for the customer, in that language, else in English."""
        return self.sentences.get(language) or self.sentences["en"]


class StageView(Json):
    """A stage as a client sees it, in the reader's language."""

    key: str
    label: str


class TechnicianView(Json):
    """The technician, as customers see them."""

    id: UUID
    first_name: str
    last_name: str


class PendingQuote(Json):
    """The quote that waits for the customer's decision."""

    id: UUID
    quote_number: str
    total_cost: Decimal
    expires_at: datetime | None


class Repair(Json):
    """A repair as its customer sees it (api.md section 3); internal notes are not part of it."""

    id: UUID
    repair_number: str
    device_type: str
    device_brand: str
    device_model: str
    issue_description: str
    repair_type: str
    priority: Priority
    status: Status
    stage: StageView
    technician: TechnicianView | None
    estimated_completion: datetime | None
    actual_completion: datetime | None
    repair_cost: Decimal | None
    parts_cost: Decimal | None
    labor_cost: Decimal | None
    total_cost: Decimal | None
    currency: str
    warranty_months: int
    notes: str | None
    pending_quote: PendingQuote | None
    unread_messages: int
    created_at: datetime
    updated_at: datetime
    version: int


class StaffRepair(Json):
    """A repair as the desk sees it: the customer's view, who the customer is, and what only the shop may read."""

    repair: Repair
    customer_id: UUID
    customer_name: str
    customer_email: str | None
    customer_phone: str | None
    internal_notes: str | None
    is_overdue: bool


class TimelineActor(Json):
    """Who made a change; a name without an e-mail address."""

    kind: Literal["staff", "customer", "system"]
    name: str


class TimelineItem(Json):
    """One change as the customer reads it."""

    id: UUID
    status: Status
    previous_status: Status | None
    label: str
    notes: str | None
    actor: TimelineActor
    created_at: datetime


class StaffTimelineItem(Json):
    """One change as the desk reads it."""

    item: TimelineItem
    stage: str
    internal_notes: str | None
    customer_notified: bool


class Stats(Json):
    """The dashboard's figures (api.md section 3); null where there is nothing to reckon from."""

    total_repairs: int
    active_repairs: int
    completed_repairs: int
    cancelled_repairs: int
    success_rate: float | None
    average_cost: Decimal | None
    avg_completion_time: float | None
    currency: str
    status_breakdown: dict[str, int]


class StatusUpdated(Json):
    """`repair:status_update`."""

    seq: int
    repair_id: UUID
    repair_number: str
    status: Status
    previous_status: Status
    stage: str
    label: str
    at: datetime


class RepairUpdated(Json):
    """`repair:updated`: something of the repair but its status has changed."""

    seq: int
    repair_id: UUID
    repair_number: str
    at: datetime


class ChangeRefused(Conflict):
    """The state table does not allow this change; `allowed` names what it does allow."""

    code: ClassVar[str] = "change_refused"


class SomebodyWasFaster(Conflict):
    """The version seen is no longer the present one; `current` holds the present state."""

    code: ClassVar[str] = "version_conflict"
