"""The stage of an import, and the statements that bring it into repairs, repair_status_history and customer_devices."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

import msgspec

from revivatech.db import Reader, Transaction, execute, fetch_all, fetch_value
from revivatech.kit.structs import Value
from revivatech.repairs.importing.contracts import Account, Problem, StagedRow

# Any constant of our own: imports take turns on it.
LOCK = 7_346_216_002


class StagedCustomer(Value):
    """A customer as the first of their rows describes them, with the time of their earliest one."""

    nth: int
    key: str
    email: str | None
    first_name: str
    last_name: str
    is_organisation: bool
    phone: str | None
    language: str
    since: datetime


class StageHome(Value):
    """A stage and its status."""

    key: str
    status: str


class Line(Value):
    """A line of the stage."""

    line: int


async def claim(tx: Transaction) -> bool:
    """Whether no other import runs; until the commit none will. A big file may take longer than a page's statement."""
    await execute(tx, "SET LOCAL statement_timeout = 0")
    return bool(await fetch_value(tx, "SELECT pg_try_advisory_xact_lock(%s)", [LOCK]))


async def stages(reader: Reader) -> dict[str, str]:
    """Each stage's status, in the order of the work."""
    homes = await fetch_all(reader, StageHome, "SELECT key, status FROM repair_stages ORDER BY position")
    return {home.key: home.status for home in homes}


# ---------------------------------------------------------------- the stage


async def make_stage(tx: Transaction) -> None:
    """The temporary tables, gone with the transaction. Their columns are the fields of StagedRow and StagedCustomer."""
    await execute(
        tx,
        """
        CREATE TEMPORARY TABLE import_rows (
          line bigint, import_id text, digest bytea, repair_number text,
          customer_key text, customer_email text, first_name text, last_name text, is_organisation boolean,
          phone text, language text,
          device_type text, device_brand text, device_model text, serial_number text, imei text,
          issue_description text, priority text, status text, stage text, technician_id uuid,
          received_at timestamptz, estimated_completion timestamptz, actual_completion timestamptz,
          repair_cost numeric(10, 2), parts_cost numeric(10, 2), labor_cost numeric(10, 2),
          total_cost numeric(10, 2), currency text, warranty_months int4, notes text, internal_notes text
        ) ON COMMIT DROP
        """,
    )
    await execute(
        tx,
        """
        CREATE TEMPORARY TABLE import_customers (
          nth int4, key text, email text, first_name text, last_name text, is_organisation boolean, phone text,
          language text, since timestamptz, id uuid
        ) ON COMMIT DROP
        """,
    )


STAGE_TYPES = (
    *("int8", "text", "bytea", "text"),
    *("text", "text", "text", "text", "bool", "text", "text"),
    *("text", "text", "text", "text", "text"),
    *("text", "text", "text", "text", "uuid"),
    *("timestamptz", "timestamptz", "timestamptz"),
    *("numeric", "numeric", "numeric", "numeric", "text", "int4", "text", "text"),
)


async def fill_stage(tx: Transaction, rows: Iterable[StagedRow]) -> None:
    """Stream the rows into the stage, as fast as they come, and learn its statistics."""
    async with tx.connection.cursor() as cursor:
        async with cursor.copy("COPY import_rows FROM STDIN (FORMAT binary)") as copy:
            copy.set_types(STAGE_TYPES)
            for row in rows:
                await copy.write_row(_values(row))
        await cursor.execute("ANALYZE import_rows")


def _values(row: StagedRow) -> Sequence[object]:
    return [getattr(row, field) for field in StagedRow.__struct_fields__]


# ---------------------------------------------------------------- what needs no work, what is wrong


async def drop_unchanged(tx: Transaction, source: str) -> int:
    """How many rows of the stage are here already, just so; they leave it."""
    return await execute(
        tx,
        """
        DELETE FROM import_rows s USING repairs r
        WHERE r.import_source = %s AND r.import_id = s.import_id AND r.import_digest = s.digest
        """,
        [source],
    )


async def drop_doubles(tx: Transaction) -> list[Problem]:
    """Rows whose id came before in the same file; they leave the stage."""
    return await fetch_all(
        tx,
        Problem,
        """
        DELETE FROM import_rows s USING (
          SELECT line, first_value(line) OVER (PARTITION BY import_id ORDER BY line) AS first_line FROM import_rows
        ) d
        WHERE s.line = d.line AND d.first_line < s.line
        RETURNING s.line, s.import_id AS id, 'id' AS field,
          'Line ' || d.first_line || ' has the same id.' AS reason
        """,
    )


async def drop_moved(tx: Transaction, source: str) -> list[Problem]:
    """Rows whose repair is here under another customer: an import hands nobody's repair to somebody else."""
    return await fetch_all(
        tx,
        Problem,
        """
        DELETE FROM import_rows s USING repairs r, import_customers c
        WHERE r.import_source = %s AND r.import_id = s.import_id AND c.key = s.customer_key
          AND r.customer_id <> c.id
        RETURNING s.line, s.import_id AS id, 'customer' AS field,
          'The repair belongs to another customer here: ' || r.repair_number || '.' AS reason
        """,
        [source],
    )


# ---------------------------------------------------------------- customers


async def gather_customers(tx: Transaction) -> None:
    """Number the customers of the stage, each once, as their first row describes them."""
    await execute(
        tx,
        """
        INSERT INTO import_customers
        SELECT row_number() OVER (), first.* FROM (
          SELECT DISTINCT ON (customer_key) customer_key, customer_email, first_name, last_name, is_organisation,
            phone, language, min(received_at) OVER (PARTITION BY customer_key)
          FROM import_rows ORDER BY customer_key, line
        ) first
        """,
    )
    await execute(tx, "ANALYZE import_customers")


async def staged_customers(tx: Transaction, after: int, limit: int) -> list[StagedCustomer]:
    """The next customers of the stage after that number."""
    return await fetch_all(
        tx,
        StagedCustomer,
        """
        SELECT nth, key, email, first_name, last_name, is_organisation, phone, language, since
        FROM import_customers WHERE nth > %s ORDER BY nth LIMIT %s
        """,
        [after, limit],
    )


async def people_of_stage(tx: Transaction, after: str, limit: int) -> list[StagedCustomer]:
    """The next people of the stage after that key, each once, as their first row describes them."""
    return await fetch_all(
        tx,
        StagedCustomer,
        """
        SELECT DISTINCT ON (customer_key) 0 AS nth, customer_key AS key, customer_email AS email, first_name, last_name,
          is_organisation, phone, language, received_at AS since
        FROM import_rows WHERE customer_key > %s ORDER BY customer_key, line LIMIT %s
        """,
        [after, limit],
    )


async def drop_erased(tx: Transaction, erased: Mapping[str, datetime]) -> list[Problem]:
    """The rows of what was received of those people before they were erased; they leave the stage."""
    return await fetch_all(
        tx,
        Problem,
        """
        DELETE FROM import_rows s USING unnest(%s::text[], %s::timestamptz[]) AS e (key, at)
        WHERE s.customer_key = e.key AND s.received_at <= e.at
        RETURNING s.line, s.import_id AS id, 'customer' AS field,
          'The customer had themselves erased on ' || to_char(e.at, 'YYYY-MM-DD') || ', after this repair.' AS reason
        """,
        [list(erased), list(erased.values())],
    )


async def know_customers(tx: Transaction, ids: dict[str, UUID]) -> None:
    """Keep whose row is whose."""
    await execute(
        tx,
        """
        UPDATE import_customers c SET id = k.id
        FROM unnest(%s::text[], %s::uuid[]) AS k (key, id) WHERE c.key = k.key
        """,
        [list(ids), list(ids.values())],
    )


async def largest_accounts(tx: Transaction, limit: int) -> list[Account]:
    """The customers with the most rows in the stage."""
    return await fetch_all(
        tx,
        Account,
        """
        SELECT first_name || CASE WHEN last_name = '' THEN '' ELSE ' ' || last_name END AS name,
          customer_email AS email, count(*)::int4 AS repairs
        FROM import_rows GROUP BY 1, 2 ORDER BY repairs DESC, name LIMIT %s
        """,
        [limit],
    )


# ---------------------------------------------------------------- repair numbers


async def taken_numbers(tx: Transaction) -> list[Line]:
    """Lines whose fresh repair number is somebody's already, here or further up."""
    return await fetch_all(
        tx,
        Line,
        """
        SELECT s.line FROM import_rows s JOIN repairs r USING (repair_number)
        UNION
        SELECT line FROM (SELECT line, row_number() OVER (PARTITION BY repair_number) AS nth FROM import_rows) n
        WHERE nth > 1
        """,
    )


async def renumber(tx: Transaction, numbers: dict[int, str]) -> None:
    """Give these lines these numbers."""
    await execute(
        tx,
        """
        UPDATE import_rows s SET repair_number = n.number
        FROM unnest(%s::int8[], %s::text[]) AS n (line, number) WHERE s.line = n.line
        """,
        [list(numbers), list(numbers.values())],
    )


# ---------------------------------------------------------------- into the repairs


async def add_devices(tx: Transaction) -> int:
    """How many devices are new: those that a serial number or an IMEI tells apart, once each customer."""
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


# A repair on which somebody has worked here is further than its source: only the source's description of it is renewed.
UPDATE = """
WITH incoming AS (
  SELECT r.id, s.*, d.id AS device_id, EXISTS (
    SELECT FROM repair_status_history h WHERE h.repair_id = r.id AND h.changed_by_kind <> 'system'
  ) AS in_work
  FROM import_rows s
  JOIN repairs r ON r.import_source = %(source)s AND r.import_id = s.import_id
  LEFT JOIN LATERAL (
    SELECT id FROM customer_devices d WHERE d.customer_id = r.customer_id
      AND coalesce(s.serial_number, s.imei) IS NOT NULL
      AND d.serial_number IS NOT DISTINCT FROM s.serial_number AND d.imei IS NOT DISTINCT FROM s.imei
    ORDER BY d.id LIMIT 1
  ) d ON true
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
  RETURNING r.id, r.customer_id, old.status AS old_status, r.status, r.stage, r.notes,
    (old.status, old.stage) IS DISTINCT FROM (r.status, r.stage) AS moved
), told AS (
  INSERT INTO repair_status_history (repair_id, customer_id, status, previous_status, stage, changed_by_kind, notes)
  SELECT id, customer_id, status, old_status, stage, 'system', notes FROM updated WHERE moved
)
SELECT count(*) FROM updated
"""


async def lock_repairs(tx: Transaction, source: str) -> None:
    """Hold the repairs that the stage will change: what is read of them from now on stays true."""
    await execute(
        tx,
        """
        SELECT FROM repairs r JOIN import_rows s ON s.import_id = r.import_id
        WHERE r.import_source = %s ORDER BY r.id FOR UPDATE OF r
        """,
        [source],
    )


async def update_repairs(tx: Transaction, source: str) -> int:
    """How many repairs the stage changed; a new status or stage is told by the history, from now."""
    return int(await fetch_value(tx, UPDATE, {"source": source}))


# The history is what a file tells: that the repair was received, and where it stands.
INSERT = """
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
  LEFT JOIN LATERAL (
    SELECT id FROM customer_devices d WHERE d.customer_id = c.id
      AND coalesce(s.serial_number, s.imei) IS NOT NULL
      AND d.serial_number IS NOT DISTINCT FROM s.serial_number AND d.imei IS NOT DISTINCT FROM s.imei
    ORDER BY d.id LIMIT 1
  ) d ON true
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
"""


async def insert_repairs(tx: Transaction, source: str) -> int:
    """How many repairs are new; each has its history from now on."""
    return int(await fetch_value(tx, INSERT, {"source": source}))


async def customers_of_stage(tx: Transaction) -> list[UUID]:
    """The customers whose repairs the stage touched."""
    async with tx.connection.cursor() as cursor:
        await cursor.execute(
            "SELECT DISTINCT c.id FROM import_customers c JOIN import_rows s ON s.customer_key = c.key"
        )
        return [row[0] for row in await cursor.fetchall()]


async def settle(reader: Reader) -> None:
    """After a big load: statistics for the planner, and the search index's backlog folded in."""
    connection = reader.connection
    await connection.execute("SET statement_timeout = 0")
    try:
        await connection.execute("VACUUM (ANALYZE) repairs, repair_status_history, customer_devices")
    finally:
        await connection.execute("RESET statement_timeout")


# ---------------------------------------------------------------- a past that is known step by step


async def past_ids(reader: Reader, moments: Sequence[datetime]) -> list[UUID]:
    """A key for each moment, as it would have been made then, in the same order."""
    async with reader.connection.cursor() as cursor:
        await cursor.execute(
            """
            SELECT uuidv7(moment - clock_timestamp())
            FROM unnest(%s::timestamptz[]) WITH ORDINALITY AS past (moment, nth) ORDER BY nth
            """,
            [list(moments)],
        )
        return [row[0] for row in await cursor.fetchall()]


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


class PastEntry(Value):
    """A row of repair_status_history."""

    id: UUID
    repair_id: UUID
    customer_id: UUID
    status: str
    previous_status: str | None
    stage: str
    changed_by_kind: str
    changed_by_user: UUID | None
    changed_by_customer: UUID | None
    notes: str | None
    internal_notes: str | None
    estimated_completion: datetime | None
    customer_notified: bool
    event_seq: int
    created_at: datetime


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
          changed_by_user, changed_by_customer, notes, internal_notes, estimated_completion, customer_notified,
          event_seq, created_at)
        SELECT id, repair_id, customer_id, status, previous_status, stage, changed_by_kind,
          changed_by_user, changed_by_customer, notes, internal_notes, estimated_completion, customer_notified,
          event_seq, created_at
        FROM jsonb_populate_recordset(NULL::repair_status_history, %s::jsonb)
        """,
        [_json(entries)],
    )


def _json(rows: Sequence[Value]) -> str:
    return msgspec.json.encode(rows).decode()
