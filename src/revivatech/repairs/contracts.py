"""Types that others may use of repairs: values, states, events, refusals."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar, Literal
from uuid import UUID

from msgspec import UNSET, UnsetType

from revivatech.kit.errors import Conflict
from revivatech.kit.paging import DEFAULT_LIMIT
from revivatech.kit.structs import Json, Value
from revivatech.notifications.contracts import Delivery


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


ENDED = (Status.COMPLETED, Status.CANCELLED)
Priority = Literal["low", "normal", "high", "urgent"]
PRIORITIES: tuple[Priority, ...] = ("low", "normal", "high", "urgent")
Sort = Literal["-createdAt", "createdAt", "-updatedAt"]
DeskSort = Literal["due", "newest"]


class Stage(Value):
    """A step that the shop names, within a status; labels and sentences by language."""

    key: str
    status: Status
    position: int
    labels: dict[str, str]
    sentences: dict[str, str]
    tells_customer: bool
    waits_for_customer: bool

    def label(self, language: str) -> str:
        """The stage's name in that language, else in English."""
        return self.labels.get(language) or self.labels["en"]

    def sentence(self, language: str) -> str:
        """Return what the stage means for the customer, in that language, else in English."""
        return self.sentences.get(language) or self.sentences["en"]


# ---------------------------------------------------------------- what customers read


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
    """A repair as its customer sees it; internal notes are not part of it."""

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
    device_id: UUID | None


class TimelineActor(Json):
    """The person who made a change; a name without an email address."""

    kind: Literal["staff", "customer", "system"]
    name: str


class TimelineItem(Json):
    """One entry as the customer reads it.

    `previous_status` is null for the intake and for a note; it equals `status` where only the stage changed.
    `estimated_completion` is the estimate that this entry gave, `quoted_cost` the price that it asked the customer to
    approve, in the repair's currency; each is null where it gave none.
    """

    id: UUID
    status: Status
    previous_status: Status | None
    label: str
    notes: str | None
    estimated_completion: datetime | None
    quoted_cost: Decimal | None
    actor: TimelineActor
    created_at: datetime


class ActivityItem(Json):
    """One entry of the news of all repairs of a customer."""

    id: UUID
    repair_id: UUID
    repair_number: str
    device_brand: str
    device_model: str
    status: Status
    previous_status: Status | None
    stage: StageView
    notes: str | None
    estimated_completion: datetime | None
    actor: TimelineActor
    created_at: datetime


class Stats(Json):
    """The dashboard's figures; null where there is nothing to reckon from."""

    total_repairs: int
    active_repairs: int
    completed_repairs: int
    cancelled_repairs: int
    success_rate: float | None
    average_cost: Decimal | None
    avg_completion_time: float | None
    currency: str
    status_breakdown: dict[str, int]


# ---------------------------------------------------------------- what a repair's page and the dashboard say


class Step(Value):
    """A step that is still to come, in the reader's words."""

    status: Status
    label: str
    text: str


class Waiting(Value):
    """Something that waits for the customer, in their words."""

    kind: Literal["quote", "pickup", "stage"]
    title: str
    text: str


# What became of a step: `skipped` was left out as the state table allows, of an `unknown` one there is no record,
# `stopped` was begun and not finished, `possible` comes only if needed.
ProgressState = Literal["done", "current", "upcoming", "possible", "skipped", "unknown", "stopped", "cancelled"]


class ProgressStep(Value):
    """One step of a repair and what became of it."""

    status: Status
    state: ProgressState


class Progress(Value):
    """The progress of a repair: where it is, what comes next, what waits for the customer.

    `has_begun` says that work has begun, so that no sentence promises to ask first.
    """

    sentence: str
    next: str
    upcoming: tuple[Step, ...]
    waiting: Waiting | None
    steps: tuple[ProgressStep, ...]
    has_begun: bool


class RepairWithProgress(Value):
    """A repair with the answers to what a person asks of it."""

    repair: Repair
    progress: Progress


class Trend(Value):
    """The last completed repairs, oldest first: what each cost, and the hours that it took."""

    costs: list[Decimal]
    hours: list[float]


class RepairOverview(Value):
    """All of a customer's repairs at a glance.

    `present` are those under way, the newest first, and before them those that wait for the customer (a quote, a
    pick-up); `news` the newest entries of any repair's history.
    """

    present: list[RepairWithProgress]
    stats: Stats
    trend: Trend
    news: list[ActivityItem]


# ---------------------------------------------------------------- what the desk reads


class StaffRepair(Json):
    """A repair as the desk sees it: the customer's view, who the customer is, and what only the shop may read.

    Email and phone are null, too, for a colleague without `customers:read`.
    """

    repair: Repair
    customer_id: UUID
    customer_name: str
    customer_email: str | None
    customer_phone: str | None
    internal_notes: str | None
    is_overdue: bool


class StaffTimelineItem(Json):
    """One change as the desk reads it.

    `notices` say where its message reached the customer, and are null where it had none for them; `called_at` and
    `called_by` who called them instead. `customer_notified` is true once a notice was sent or somebody called.
    """

    item: TimelineItem
    stage: str
    internal_notes: str | None
    customer_notified: bool
    notices: tuple[Delivery, ...] | None = None
    called_at: datetime | None = None
    called_by: str | None = None

    @property
    def needs_call(self) -> bool:
        """True if the customer was to be told, and nothing has reached them or may still reach them."""
        if self.notices is None or self.customer_notified:
            return False
        return not any(one.state == "waiting" for one in self.notices)


class StatusCount(Json):
    """The number of open repairs in a status, and of those that are late."""

    status: Status
    total: int
    overdue: int


# ---------------------------------------------------------------- what is asked for


# Characters of a search: the pasted address of a repair's page has room.
LONGEST_SEARCH = 300


class RepairFilter(Value):
    """A filter and an order for a customer's repairs; `search.search_of` reads `q`."""

    status: Status | None = None
    q: str = ""
    sort: Sort = "-createdAt"
    limit: int = DEFAULT_LIMIT
    cursor: str | None = None


class DeskFilter(Value):
    """A filter and an order for the desk's repairs.

    `technician` is an id, or "none" for work that nobody has. The sort `due` lists open work alone: what is late first,
    what has no estimate last.
    """

    status: Status | None = None
    technician: UUID | Literal["none"] | None = None
    q: str = ""
    overdue: bool = False
    sort: DeskSort = "newest"
    limit: int = DEFAULT_LIMIT
    cursor: str | None = None


# ---------------------------------------------------------------- what is done


class NewRepair(Value):
    """An intake: whose device, which, and what is wrong.

    The customer is named by `customer_id`, or else found by `customer_email` or created from it and the names. The
    device is one of theirs, by `device_id`: then it says itself what it is. Any other is written down among theirs
    where `keeps_device` says so, or a serial number or IMEI is given. The same `key` twice is one repair.
    """

    device_type: str
    device_brand: str
    device_model: str
    issue_description: str
    customer_id: UUID | None = None
    customer_email: str | None = None
    customer_first_name: str = ""
    customer_last_name: str = ""
    customer_phone: str | None = None
    repair_type: str = "repair"
    priority: Priority = "normal"
    technician_id: UUID | None = None
    estimated_completion: datetime | None = None
    repair_cost: Decimal | None = None
    notes: str | None = None
    internal_notes: str | None = None
    device_id: UUID | None = None
    serial_number: str = ""
    imei: str = ""
    keeps_device: bool = False
    key: str | None = None


class StatusChange(Value):
    """A change of status. What is unset stays; `stage` None means the first stage of a new status.

    `amount` is the price that the customer is asked to approve: it becomes the repair's total. A change to `quoted`
    needs it unless the repair has a total already; no other change takes it.
    """

    status: Status
    version: int
    stage: str | None = None
    notes: str | None = None
    internal_notes: str | None = None
    estimated_completion: datetime | UnsetType | None = UNSET
    amount: Decimal | None = None


class RepairEdit(Value):
    """New values of a repair but its status; what is unset stays. The total is reckoned from the three costs."""

    version: int
    priority: Priority | UnsetType = UNSET
    device_type: str | UnsetType = UNSET
    device_brand: str | UnsetType = UNSET
    device_model: str | UnsetType = UNSET
    issue_description: str | UnsetType = UNSET
    repair_type: str | UnsetType = UNSET
    estimated_completion: datetime | UnsetType | None = UNSET
    repair_cost: Decimal | UnsetType | None = UNSET
    parts_cost: Decimal | UnsetType | None = UNSET
    labor_cost: Decimal | UnsetType | None = UNSET
    warranty_months: int | UnsetType = UNSET
    notes: str | UnsetType | None = UNSET
    internal_notes: str | UnsetType | None = UNSET


# ---------------------------------------------------------------- what happened


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


# ---------------------------------------------------------------- what is refused


class ChangeRefused(Conflict):
    """The state table does not allow this change; `allowed` names what it does allow."""

    code: ClassVar[str] = "change_refused"


class SomebodyWasFaster(Conflict):
    """The version seen is no longer the present one; `current` holds the present state."""

    code: ClassVar[str] = "version_conflict"
