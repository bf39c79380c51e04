"""Personal data in the tables of repairs, and until when a law asks for it."""

from collections.abc import Sequence
from datetime import date
from typing import LiteralString
from uuid import UUID

from revivatech.db import Reader, Transaction, execute, fetch_all, fetch_value
from revivatech.db.personal_data import Table
from revivatech.kit.structs import Value

SHOPS = "a note of the shop to itself"

HISTORY = Table(
    "repair_status_history",
    "repairs/history",
    own=("notes",),
    hidden={"internal_notes": SHOPS},
    kept=(
        "repair_id",
        "status",
        "stage",
        "changed_by_kind",
        "estimated_completion",
        "quoted_cost",
        "called_at",
        "created_at",
    ),
    technical=(
        "id",
        "customer_id",
        "previous_status",
        "changed_by_user",
        "changed_by_customer",
        "event_seq",
        "notification_id",
        "called_by",
        "customer_notified",
    ),
    blanks={"notes": "NULL", "internal_notes": "NULL"},
)
REPAIRS = Table(
    "repairs",
    "repairs/repairs",
    own=("issue_description", "notes", "device_id"),
    hidden={
        "internal_notes": SHOPS,
        "parts_cost": "the shop's calculation",
        "labor_cost": "the shop's calculation",
        "import_digest": "a fingerprint of the row of an older system",
    },
    kept=(
        "id",
        "repair_number",
        "device_type",
        "device_brand",
        "device_model",
        "repair_type",
        "priority",
        "status",
        "stage",
        "estimated_completion",
        "actual_completion",
        "repair_cost",
        "total_cost",
        "currency",
        "warranty_months",
        "created_at",
    ),
    technical=("customer_id", "technician_id", "import_source", "import_id", "version", "updated_at", "search_text"),
    blanks={
        "issue_description": "''",
        "notes": "NULL",
        "device_id": "NULL",
        "internal_notes": "NULL",
        # Money that a law has the shop keep stays as it was booked.
        "parts_cost": "parts_cost",
        "labor_cost": "labor_cost",
        "import_digest": "NULL",
    },
)
DEVICES = Table(
    "customer_devices",
    "repairs/devices",
    own=(
        "id",
        "device_type",
        "brand",
        "model",
        "serial_number",
        "imei",
        "purchase_date",
        "warranty_expires",
        "notes",
        "is_active",
        "created_at",
    ),
    technical=("customer_id", "version", "updated_at"),
)
# Repairs let go of their devices before those are deleted.
TABLES = (HISTORY, REPAIRS, DEVICES)

# A record of money is kept to the end of the year so many years after that of the work; a warranty runs from its end.
# Repairs that have neither are over as soon as their customer is erased.
KEPT: LiteralString = """
    WITH ended AS (
      SELECT id,
        CASE WHEN coalesce(total_cost, repair_cost, parts_cost, labor_cost, 0) > 0
          THEN make_date(extract(year FROM coalesce(actual_completion, updated_at))::integer + %(years)s, 12, 31) END
          AS invoice,
        CASE WHEN status = 'completed' AND warranty_months > 0
          THEN (actual_completion + make_interval(months => warranty_months))::date END AS warranty
      FROM repairs WHERE customer_id = ANY (%(owners)s) AND status IN ('completed', 'cancelled')
    ), kept AS (
      SELECT *, coalesce(greatest(invoice, warranty), '-infinity') AS until FROM ended
    )
"""
OPEN: LiteralString = """
    SELECT count(*) FROM repairs r JOIN repair_stages s ON s.key = r.stage
    WHERE r.customer_id = %s
      AND (r.status NOT IN ('completed', 'cancelled') OR (r.status = 'completed' AND s.waits_for_customer))
"""
BY_REASON: LiteralString = """
    SELECT CASE WHEN coalesce(invoice, '-infinity') >= coalesce(warranty, '-infinity')
        THEN 'invoice' ELSE 'warranty' END AS reason,
      count(*) AS rows, max(until) AS until
    FROM kept WHERE until >= current_date GROUP BY 1 ORDER BY 1
"""
DELETE_HISTORY: LiteralString = """
    DELETE FROM repair_status_history h USING kept WHERE h.repair_id = kept.id AND kept.until < current_date
"""
DELETE_REPAIRS: LiteralString = """
    DELETE FROM repairs r USING kept WHERE r.id = kept.id AND kept.until < current_date
"""


class KeptRepairs(Value, frozen=True):
    """The number of repairs kept for that reason, and the last day of the one that is kept longest."""

    reason: str
    rows: int
    until: date


async def open_repairs(reader: Reader, customer_id: UUID) -> int:
    """Return how many devices of the customer are with the shop: in work, or waiting to be collected."""
    return int(await fetch_value(reader, OPEN, [customer_id]))


async def kept(reader: Reader, customer_id: UUID, years: int) -> list[KeptRepairs]:
    """Return what a law keeps of the customer's ended repairs; each counts under the reason that holds it longest."""
    return await fetch_all(reader, KeptRepairs, KEPT + BY_REASON, {"owners": [customer_id], "years": years})


async def delete_over(tx: Transaction, customer_ids: Sequence[UUID], years: int) -> int:
    """Return how many ended repairs of those customers were deleted because nothing has them kept any longer."""
    parameters = {"owners": list(customer_ids), "years": years}
    await execute(tx, KEPT + DELETE_HISTORY, parameters)
    return await execute(tx, KEPT + DELETE_REPAIRS, parameters)
