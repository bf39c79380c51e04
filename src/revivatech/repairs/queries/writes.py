"""Statements that change a repair: taken in, moved, rewritten, each with an entry of its history."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from msgspec import structs

from revivatech.db import Reader, Transaction, execute, fetch_all, fetch_one, fetch_value, joined, one_changed
from revivatech.kit.structs import Value
from revivatech.repairs.contracts import Priority
from revivatech.repairs.queries.desk import ANY_REPAIR
from revivatech.repairs.queries.rows import DESK_COLUMNS, OPEN, DeskRow


class NewRow(Value):
    """A repair to be taken in."""

    customer_id: UUID
    repair_number: str
    device_type: str
    device_brand: str
    device_model: str
    issue_description: str
    repair_type: str
    priority: Priority
    technician_id: UUID | None
    estimated_completion: datetime | None
    repair_cost: Decimal | None
    total_cost: Decimal | None
    currency: str
    notes: str | None
    internal_notes: str | None
    import_source: str | None
    import_id: str | None
    import_digest: bytes | None
    device_id: UUID | None


async def insert(tx: Transaction, row: NewRow) -> DeskRow | None:
    """The new repair; None where its number or its import id is taken."""
    return await fetch_one(
        tx,
        DeskRow,
        joined(
            """
        INSERT INTO repairs (customer_id, repair_number, device_type, device_brand, device_model, issue_description,
          repair_type, priority, technician_id, estimated_completion, repair_cost, total_cost, currency, notes,
          internal_notes, import_source, import_id, import_digest, device_id)
        VALUES (%(customer_id)s, %(repair_number)s, %(device_type)s, %(device_brand)s, %(device_model)s,
          %(issue_description)s, %(repair_type)s, %(priority)s, %(technician_id)s, %(estimated_completion)s,
          %(repair_cost)s, %(total_cost)s, %(currency)s, %(notes)s, %(internal_notes)s, %(import_source)s,
          %(import_id)s, %(import_digest)s, %(device_id)s)
        ON CONFLICT DO NOTHING RETURNING
        """,
            DESK_COLUMNS,
        ),
        structs.asdict(row),
    )


async def hold_key(tx: Transaction, import_id: str) -> None:
    """Until the commit nobody else takes a device in under that key."""
    await execute(tx, "SELECT pg_advisory_xact_lock(hashtextextended('intake:' || %s, 0))", [import_id])


async def digest_of(reader: Reader, repair_id: UUID) -> bytes | None:
    """The digest of what the repair was made from, None where none was kept."""
    digest: bytes | None = await fetch_value(reader, "SELECT import_digest FROM repairs WHERE id = %s", [repair_id])
    return digest


async def repair_by_import(reader: Reader, source: str, import_id: str) -> DeskRow | None:
    """The repair that came from there under that id."""
    return await fetch_one(
        reader,
        DeskRow,
        joined("SELECT", DESK_COLUMNS, "FROM repairs WHERE import_source = %s AND import_id = %s"),
        [source, import_id],
    )


async def repair(tx: Transaction, repair_id: UUID, customer_id: UUID | None, *, lock: bool) -> DeskRow | None:
    """That repair, that customer's where one is named, held until the commit where `lock` is true."""
    statement = joined(
        ANY_REPAIR,
        "AND customer_id = %(customer_id)s" if customer_id is not None else "",
        # NO KEY: entries of the history may refer to the row meanwhile.
        "FOR NO KEY UPDATE" if lock else "",
    )
    return await fetch_one(tx, DeskRow, statement, {"id": repair_id, "customer_id": customer_id})


class NewState(Value):
    """The state that a repair takes, and the statuses from which it may come."""

    id: UUID
    version: int
    sources: list[str]
    status: str
    stage: str
    estimated_completion: datetime | None
    repair_cost: Decimal | None
    total_cost: Decimal | None


async def move(tx: Transaction, state: NewState) -> DeskRow | None:
    """The repair in its new state; None where it is not in one of the sources or no longer of that version."""
    return await fetch_one(
        tx,
        DeskRow,
        joined(
            """
        UPDATE repairs SET status = %(status)s, stage = %(stage)s, estimated_completion = %(estimated_completion)s,
          repair_cost = %(repair_cost)s, total_cost = %(total_cost)s,
          actual_completion = CASE WHEN %(status)s = 'completed'
            THEN coalesce(actual_completion, greatest(now(), created_at)) END,
          version = version + 1
        WHERE id = %(id)s AND version = %(version)s AND status = ANY(%(sources)s)
        RETURNING
        """,
            DESK_COLUMNS,
        ),
        structs.asdict(state),
    )


class NewFacts(Value):
    """Everything of a repair that an edit may change."""

    id: UUID
    version: int
    priority: Priority
    device_type: str
    device_brand: str
    device_model: str
    issue_description: str
    repair_type: str
    technician_id: UUID | None
    estimated_completion: datetime | None
    repair_cost: Decimal | None
    parts_cost: Decimal | None
    labor_cost: Decimal | None
    total_cost: Decimal | None
    warranty_months: int
    notes: str | None
    internal_notes: str | None


async def rewrite(tx: Transaction, facts: NewFacts) -> DeskRow | None:
    """The repair with its new facts; None where it is no longer of that version."""
    return await fetch_one(
        tx,
        DeskRow,
        joined(
            """
        UPDATE repairs SET priority = %(priority)s, device_type = %(device_type)s, device_brand = %(device_brand)s,
          device_model = %(device_model)s, issue_description = %(issue_description)s, repair_type = %(repair_type)s,
          technician_id = %(technician_id)s, estimated_completion = %(estimated_completion)s,
          repair_cost = %(repair_cost)s, parts_cost = %(parts_cost)s, labor_cost = %(labor_cost)s,
          total_cost = %(total_cost)s, warranty_months = %(warranty_months)s, notes = %(notes)s,
          internal_notes = %(internal_notes)s, version = version + 1
        WHERE id = %(id)s AND version = %(version)s
        RETURNING
        """,
            DESK_COLUMNS,
        ),
        structs.asdict(facts),
    )


class NewEntry(Value):
    """An entry of the history to be written."""

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
    quoted_cost: Decimal | None
    notification_id: UUID | None
    event_seq: int | None


async def append(tx: Transaction, entry: NewEntry) -> None:
    """Write an entry of the history."""
    # clock_timestamp: two entries of one transaction keep their order.
    await execute(
        tx,
        """
        INSERT INTO repair_status_history (repair_id, customer_id, status, previous_status, stage, changed_by_kind,
          changed_by_user, changed_by_customer, notes, internal_notes, estimated_completion, quoted_cost,
          notification_id, event_seq, created_at)
        VALUES (%(repair_id)s, %(customer_id)s, %(status)s, %(previous_status)s, %(stage)s, %(changed_by_kind)s,
          %(changed_by_user)s, %(changed_by_customer)s, %(notes)s, %(internal_notes)s, %(estimated_completion)s,
          %(quoted_cost)s, %(notification_id)s, %(event_seq)s, clock_timestamp())
        RETURNING id
        """,
        structs.asdict(entry),
    )


async def note_call(tx: Transaction, repair_id: UUID, entry_id: UUID, user_id: UUID) -> bool:
    """Return whether the repair has that entry; whoever called the customer about it first is noted."""
    return await one_changed(
        tx,
        """
        UPDATE repair_status_history
        SET called_at = coalesce(called_at, now()), called_by = coalesce(called_by, %(user_id)s)
        WHERE id = %(id)s AND repair_id = %(repair_id)s AND notification_id IS NOT NULL
        """,
        {"id": entry_id, "repair_id": repair_id, "user_id": user_id},
    )


async def open_of(tx: Transaction, technician_id: UUID) -> list[DeskRow]:
    """The technician's open repairs, held until the commit; in an order that is the same for everybody."""
    return await fetch_all(
        tx,
        DeskRow,
        joined(
            "SELECT",
            DESK_COLUMNS,
            "FROM repairs WHERE technician_id = %s AND",
            OPEN,
            "ORDER BY customer_id, id FOR NO KEY UPDATE",
        ),
        [technician_id],
    )
