"""Types that other slices may use of privacy."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import ClassVar, Literal
from uuid import UUID

from revivatech.kit.errors import Conflict, NotFound
from revivatech.kit.structs import Json, Value

ExportStatus = Literal["waiting", "running", "ready", "failed", "expired"]
ErasureStatus = Literal["waiting", "cancelled", "executed"]


class ExportView(Json, frozen=True):
    """An export as its customer sees it; `progress` is in percent, `download_url` is there while it is ready."""

    id: UUID
    status: ExportStatus
    progress: int
    size_bytes: int | None
    created_at: datetime
    expires_at: datetime | None
    download_url: str | None


class Remains(Json, frozen=True):
    """Records that the law keeps of a deleted customer: how many rows of what, why, and their last day.

    `source` cites the law of the shop's country; it is empty for a country that has no profile.
    """

    what: str
    reason: Literal["invoice", "warranty"]
    rows: int
    until: date
    source: str


class ErasureView(Json, frozen=True):
    """An erasure that waits for its day; `kept` is what would stay if it were done now."""

    status: ErasureStatus
    execute_at: datetime
    kept: Sequence[Remains]


class OpenRequest(Value, frozen=True):
    """An open request of a customer, for the staff's queue. `customer` is their name as it is now."""

    id: UUID
    kind: Literal["export", "erasure"]
    status: str
    customer_id: UUID
    customer: str
    asked_at: datetime
    due_at: datetime
    execute_at: datetime | None
    is_late: bool
    is_soon: bool


class DeviceWithShop(Conflict):
    """A repair has not ended: the device could not be given back to nobody."""

    code: ClassVar[str] = "open_repair"


class NothingToCancel(NotFound):
    """No erasure waits, or its day has come."""


class ExportAway(NotFound):
    """There is no such export of this customer that can be downloaded now."""
