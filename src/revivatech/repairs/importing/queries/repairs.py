"""From the stage into repairs, repair_status_history and customer_devices."""

from typing import LiteralString

from revivatech.db import Reader, Transaction, execute, fetch_value, joined, without_limit


def _with_device_of(customer_id: LiteralString) -> LiteralString:
    """The device `d` of that customer that a row `s` of the stage names; null where it names none."""
    return joined(
        """
  LEFT JOIN LATERAL (
    SELECT id FROM customer_devices d WHERE d.customer_id =
        """,
        customer_id,
        """
      AND coalesce(s.serial_number, s.imei) IS NOT NULL
      AND d.serial_number IS NOT DISTINCT FROM s.serial_number AND d.imei IS NOT DISTINCT FROM s.imei
    ORDER BY d.id LIMIT 1
  ) d ON true
        """,
    )


# A repair on which somebody has worked here is further than its source: only the source's description of it is renewed.
# Dates that the source has corrected are corrected in the two entries of the history that were made from them.
UPDATE = joined(
    """
WITH incoming AS (
  SELECT r.id, s.*, d.id AS device_id, EXISTS (
    SELECT FROM repair_status_history h WHERE h.repair_id = r.id AND h.changed_by_kind <> 'system'
  ) AS in_work, (
    SELECT count(*) FROM repair_status_history h WHERE h.repair_id = r.id
  ) AS entries
  FROM import_rows s
  JOIN repairs r ON r.import_source = %(source)s AND r.import_id = s.import_id
    """,
    _with_device_of("r.customer_id"),
    """
), updated AS (
  UPDATE repairs r SET
    device_id = coalesce(s.device_id, r.device_id), device_type = s.device_type, device_brand = s.device_brand,
    device_model = s.device_model, issue_description = s.issue_description, priority = s.priority,
    status = CASE WHEN in_work THEN r.status ELSE s.status END,
    stage = CASE WHEN in_work THEN r.stage ELSE s.stage END,
    technician_id = CASE WHEN in_work THEN r.technician_id ELSE s.technician_id END,
    estimated_completion = CASE WHEN in_work THEN r.estimated_completion ELSE s.estimated_completion END,
    actual_completion = CASE WHEN in_work THEN r.actual_completion ELSE s.actual_completion END,
    repair_cost = CASE WHEN in_work THEN r.repair_cost ELSE s.repair_cost END,
    parts_cost = CASE WHEN in_work THEN r.parts_cost ELSE s.parts_cost END,
    labor_cost = CASE WHEN in_work THEN r.labor_cost ELSE s.labor_cost END,
    total_cost = CASE WHEN in_work THEN r.total_cost ELSE s.total_cost END,
    currency = CASE WHEN in_work THEN r.currency ELSE s.currency END,
    warranty_months = CASE WHEN in_work THEN r.warranty_months ELSE s.warranty_months END,
    notes = CASE WHEN in_work THEN r.notes ELSE s.notes END,
    internal_notes = CASE WHEN in_work THEN r.internal_notes ELSE s.internal_notes END,
    created_at = CASE WHEN in_work THEN r.created_at ELSE s.received_at END,
    import_digest = s.digest, version = r.version + 1
  FROM incoming s WHERE r.id = s.id
  RETURNING r.id, r.customer_id, old.status AS old_status, r.status, r.stage, r.notes, r.created_at,
    r.actual_completion, (old.status, old.stage) IS DISTINCT FROM (r.status, r.stage) AS moved,
    s.entries <= 2
      AND (old.created_at, old.actual_completion) IS DISTINCT FROM (r.created_at, r.actual_completion) AS redated
), corrected AS (
  UPDATE repair_status_history h SET created_at = CASE
    WHEN h.previous_status IS NULL THEN u.created_at
    WHEN u.moved THEN greatest(h.created_at, u.created_at)
    ELSE coalesce(u.actual_completion, u.created_at) END
  FROM updated u WHERE h.repair_id = u.id AND u.redated
), told AS (
  INSERT INTO repair_status_history (
    repair_id, customer_id, status, previous_status, stage, changed_by_kind, notes, created_at
  )
  SELECT id, customer_id, status, old_status, stage, 'system', notes, CASE
    WHEN status = 'completed' THEN least(now(), greatest(actual_completion, (
      SELECT max(h.created_at) FROM repair_status_history h WHERE h.repair_id = updated.id
    ))) ELSE now() END
  FROM updated WHERE moved
)
SELECT count(*) FROM updated
    """,
)
# The history is what a file tells: that the repair was received, and where it stands.
INSERT = joined(
    """
WITH added AS (
  INSERT INTO repairs (
    customer_id, device_id, repair_number, device_type, device_brand, device_model, issue_description, priority,
    status, stage, technician_id, estimated_completion, actual_completion, repair_cost, parts_cost, labor_cost,
    total_cost, currency, warranty_months, notes, internal_notes, import_source, import_id, import_digest,
    created_at, updated_at
  )
  SELECT c.id, d.id, s.repair_number, s.device_type, s.device_brand, s.device_model, s.issue_description, s.priority,
    s.status, s.stage, s.technician_id, s.estimated_completion, s.actual_completion, s.repair_cost, s.parts_cost,
    s.labor_cost, s.total_cost, s.currency, s.warranty_months, s.notes, s.internal_notes, %(source)s, s.import_id,
    s.digest, s.received_at, coalesce(s.actual_completion, s.received_at)
  FROM import_rows s JOIN import_customers c ON c.key = s.customer_key
    """,
    _with_device_of("c.id"),
    """
  ORDER BY s.received_at, s.line
  ON CONFLICT (import_source, import_id) DO NOTHING
  RETURNING id, customer_id, status, stage, notes, created_at, updated_at
), received AS (
  INSERT INTO repair_status_history (repair_id, customer_id, status, stage, changed_by_kind, created_at)
  SELECT id, customer_id, 'received', 'received', 'system', created_at FROM added
  RETURNING repair_id
), ended AS (
  INSERT INTO repair_status_history (
    repair_id, customer_id, status, previous_status, stage, changed_by_kind, notes, created_at
  )
  SELECT a.id, a.customer_id, a.status, 'received', a.stage, 'system', a.notes, a.updated_at
  FROM added a JOIN received r ON r.repair_id = a.id
  WHERE a.stage <> 'received'
)
SELECT count(*) FROM added
    """,
)


async def add_devices(tx: Transaction) -> int:
    """Return how many devices are new: those that a serial number or an IMEI tells apart, once each customer."""
    return await execute(
        tx,
        """
        INSERT INTO customer_devices (customer_id, device_type, brand, model, serial_number, imei)
        SELECT DISTINCT ON (c.id, s.serial_number, s.imei)
          c.id, s.device_type, s.device_brand, s.device_model, s.serial_number, s.imei
        FROM import_rows s JOIN import_customers c ON c.key = s.customer_key
        WHERE coalesce(s.serial_number, s.imei) IS NOT NULL AND NOT EXISTS (
          SELECT FROM customer_devices d WHERE d.customer_id = c.id
            AND d.serial_number IS NOT DISTINCT FROM s.serial_number AND d.imei IS NOT DISTINCT FROM s.imei
        )
        ORDER BY c.id, s.serial_number, s.imei, s.line DESC
        """,
    )


async def lock(tx: Transaction, source: str) -> None:
    """Hold the repairs that the stage will change: what is read of them from now on stays true."""
    await execute(
        tx,
        """
        SELECT FROM repairs r JOIN import_rows s ON s.import_id = r.import_id
        WHERE r.import_source = %s ORDER BY r.id FOR UPDATE OF r
        """,
        [source],
    )


async def update(tx: Transaction, source: str) -> int:
    """Change the repairs that differ from the stage and return how many they are.

    A new status or stage becomes an entry of the history: of now, or of the day on which the repair was completed.
    """
    return int(await fetch_value(tx, UPDATE, {"source": source}))


async def insert(tx: Transaction, source: str) -> int:
    """Return how many repairs are new; each has its history from now on."""
    return int(await fetch_value(tx, INSERT, {"source": source}))


async def settle(reader: Reader) -> None:
    """After a big load: statistics for the planner, and the search index's backlog folded in."""
    async with without_limit(reader):
        await reader.connection.execute("VACUUM (ANALYZE) repairs, repair_status_history, customer_devices")
