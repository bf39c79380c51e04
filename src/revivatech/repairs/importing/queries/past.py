"""A past that is known step by step: rows of repairs, their history and devices, written as they are told."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

import msgspec

from revivatech.db import Reader, Transaction, execute, fetch_values
from revivatech.kit.structs import Value
from revivatech.repairs.queries.writes import NewEntry


class PastDevice(Value):
    """A row of customer_devices."""

    id: UUID
    customer_id: UUID
    device_type: str
    brand: str
    model: str
    serial_number: str | None
    imei: str | None
    created_at: datetime


class PastRepair(Value):
    """A row of repairs, as its last step left it."""

    id: UUID
    customer_id: UUID
    device_id: UUID
    repair_number: str
    device_type: str
    device_brand: str
    device_model: str
    issue_description: str
    repair_type: str
    priority: str
    status: str
    stage: str
    technician_id: UUID | None
    estimated_completion: datetime | None
    actual_completion: datetime | None
    parts_cost: Decimal | None
    labor_cost: Decimal | None
    total_cost: Decimal | None
    currency: str
    warranty_months: int
    notes: str | None
    internal_notes: str | None
    version: int
    created_at: datetime
    updated_at: datetime


class PastEntry(NewEntry):
    """A row of repair_status_history: an entry under the key and at the time that it has."""

    id: UUID
    created_at: datetime


async def past_ids(reader: Reader, moments: Sequence[datetime]) -> list[UUID]:
    """A key for each moment, as it would have been made then, in the same order."""
    return await fetch_values(
        reader,
        """
        SELECT uuidv7(moment - clock_timestamp())
        FROM unnest(%s::timestamptz[]) WITH ORDINALITY AS past (moment, nth) ORDER BY nth
        """,
        [list(moments)],
    )


async def add_past(
    tx: Transaction, devices: Sequence[PastDevice], repairs: Sequence[PastRepair], entries: Sequence[PastEntry]
) -> None:
    """Store a past as it is told: nothing is checked but what the tables check, and nobody hears of it."""
    await execute(
        tx,
        """
        INSERT INTO customer_devices (id, customer_id, device_type, brand, model, serial_number, imei, created_at)
        SELECT id, customer_id, device_type, brand, model, serial_number, imei, created_at
        FROM jsonb_populate_recordset(NULL::customer_devices, %s::jsonb)
        """,
        [_json(devices)],
    )
    await execute(
        tx,
        """
        INSERT INTO repairs (id, customer_id, device_id, repair_number, device_type, device_brand, device_model,
          issue_description, repair_type, priority, status, stage, technician_id, estimated_completion,
          actual_completion, parts_cost, labor_cost, total_cost, currency, warranty_months, notes, internal_notes,
          version, created_at, updated_at)
        SELECT id, customer_id, device_id, repair_number, device_type, device_brand, device_model,
          issue_description, repair_type, priority, status, stage, technician_id, estimated_completion,
          actual_completion, parts_cost, labor_cost, total_cost, currency, warranty_months, notes, internal_notes,
          version, created_at, updated_at
        FROM jsonb_populate_recordset(NULL::repairs, %s::jsonb)
        """,
        [_json(repairs)],
    )
    await execute(
        tx,
        """
        INSERT INTO repair_status_history (id, repair_id, customer_id, status, previous_status, stage, changed_by_kind,
          changed_by_user, changed_by_customer, notes, internal_notes, estimated_completion, quoted_cost,
          notification_id, event_seq, created_at)
        SELECT id, repair_id, customer_id, status, previous_status, stage, changed_by_kind,
          changed_by_user, changed_by_customer, notes, internal_notes, estimated_completion, quoted_cost,
          notification_id, event_seq, created_at
        FROM jsonb_populate_recordset(NULL::repair_status_history, %s::jsonb)
        """,
        [_json(entries)],
    )


def _json(rows: Sequence[Value]) -> str:
    return msgspec.json.encode(rows).decode()
