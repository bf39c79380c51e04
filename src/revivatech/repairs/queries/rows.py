"""A repair and its history as they are stored, and the pieces of statements that read them."""

from datetime import datetime
from decimal import Decimal
from typing import LiteralString
from uuid import UUID

from revivatech.db import joined
from revivatech.kit.structs import Value
from revivatech.repairs.contracts import Priority


class RepairRow(Value):
    """A repair as it is stored, as far as its customer may see it."""

    id: UUID
    repair_number: str
    device_type: str
    device_brand: str
    device_model: str
    issue_description: str
    repair_type: str
    priority: Priority
    status: str
    stage: str
    technician_id: UUID | None
    estimated_completion: datetime | None
    actual_completion: datetime | None
    repair_cost: Decimal | None
    parts_cost: Decimal | None
    labor_cost: Decimal | None
    total_cost: Decimal | None
    currency: str
    warranty_months: int
    notes: str | None
    created_at: datetime
    updated_at: datetime
    version: int
    device_id: UUID | None


class DeskRow(RepairRow):
    """A repair as the shop sees it."""

    customer_id: UUID
    internal_notes: str | None
    is_overdue: bool


class HistoryRow(Value):
    """An entry of the history; `id` is null in the one row of a repair that has no entry."""

    id: UUID | None
    status: str
    previous_status: str | None
    stage: str
    changed_by_kind: str
    changed_by_user: UUID | None
    notes: str | None
    estimated_completion: datetime | None
    quoted_cost: Decimal | None
    created_at: datetime


class DeskHistoryRow(HistoryRow):
    """An entry of the history with what only the shop may read."""

    internal_notes: str | None
    notification_id: UUID | None
    called_at: datetime | None
    called_by: UUID | None
    customer_id: UUID


COLUMNS: LiteralString = """
  id, repair_number, device_type, device_brand, device_model, issue_description, repair_type, priority, status, stage,
  technician_id, estimated_completion, actual_completion, repair_cost, parts_cost, labor_cost, total_cost, currency,
  warranty_months, notes, created_at, updated_at, version, device_id
"""
# The conditions of the partial indexes, word for word.
OPEN = "status NOT IN ('completed', 'cancelled')"
OVERDUE = joined("coalesce(", OPEN, "AND estimated_completion < now(), false)")
DESK_COLUMNS = joined(COLUMNS, ", customer_id, internal_notes,", OVERDUE, "AS is_overdue")
HISTORY_COLUMNS = """
  h.id, h.status, h.previous_status, h.stage, h.changed_by_kind, h.changed_by_user, h.notes, h.estimated_completion,
  h.quoted_cost, h.created_at
"""
