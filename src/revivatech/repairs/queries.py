"""The tables repairs, repair_status_history and repair_stages."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import LiteralString
from uuid import UUID

from revivatech.db import Question, Reader, Transaction, execute, fetch_all, fetch_one, fetch_value
from revivatech.kit.structs import Value
from revivatech.repairs.contracts import DeskSort, Priority, Sort, Stage, Status


class RepairRow(Value):
    """What a customer may see of a repair, as it is stored."""

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


def _sql(*pieces: LiteralString) -> LiteralString:
    """The pieces as one statement; each is written in this module, values are parameters."""
    return " ".join(pieces)


COLUMNS: LiteralString = """
  id, repair_number, device_type, device_brand, device_model, issue_description, repair_type, priority, status, stage,
  technician_id, estimated_completion, actual_completion, repair_cost, parts_cost, labor_cost, total_cost, currency,
  warranty_months, notes, created_at, updated_at, version, device_id
"""
# The conditions of the partial indexes, word for word.
OPEN = "status NOT IN ('completed', 'cancelled')"
DUE = "coalesce(estimated_completion, 'infinity')"
OVERDUE = _sql("coalesce(", OPEN, "AND estimated_completion < now(), false)")
DESK_COLUMNS = _sql(COLUMNS, ", customer_id, internal_notes,", OVERDUE, "AS is_overdue")


async def stages(reader: Reader) -> list[Stage]:
    """The shop's stages in the order of the work."""
    rows = await fetch_all(
        reader,
        StageRow,
        """
        SELECT key, status, position, labels, sentences, tells_customer, waits_for_customer FROM repair_stages
        ORDER BY position, key
        """,
    )
    return [
        Stage(
            row.key,
            Status(row.status),
            row.position,
            row.labels,
            row.sentences,
            row.tells_customer,
            row.waits_for_customer,
        )
        for row in rows
    ]


class StageRow(Value):
    """A stage as it is stored."""

    key: str
    status: str
    position: int
    labels: dict[str, str]
    sentences: dict[str, str]
    tells_customer: bool
    waits_for_customer: bool


# ---------------------------------------------------------------- what customers read


class ListPosition(Value):
    """The last row of a page: the value it was sorted by, its id, and which list it belongs to."""

    list: str
    value: datetime
    id: UUID


# Sort -> column, direction, comparison with the last row seen.
ORDERS: dict[Sort, tuple[LiteralString, LiteralString, LiteralString]] = {
    "-createdAt": ("created_at", "DESC", "<"),
    "createdAt": ("created_at", "ASC", ">"),
    "-updatedAt": ("updated_at", "DESC", "<"),
}


@cache
def _list_statement(sort: Sort, words: int, *, by_status: bool, after: bool) -> LiteralString:
    column, direction, comparison = ORDERS[sort]
    return " ".join(
        [
            "SELECT",
            COLUMNS,
            "FROM repairs WHERE customer_id = %(customer_id)s",
            "AND status = %(status)s" if by_status else "",
            *_word_conditions(words),
            f"AND ({column}, id) {comparison} (%(value)s, %(id)s)" if after else "",
            f"ORDER BY {column} {direction}, id {direction} LIMIT %(limit)s",
        ]
    )


def customers_repairs(
    customer_id: UUID,
    *,
    sort: Sort,
    status: Status | None,
    words: Sequence[str],
    after: ListPosition | None,
    limit: int,
) -> Question[RepairRow]:
    """At most `limit` repairs of that customer after that position."""
    parameters: dict[str, object] = {"customer_id": customer_id, "limit": limit, **_word_parameters(words)}
    if status:
        parameters["status"] = status.value
    if after:
        parameters |= {"value": after.value, "id": after.id}
    statement = _list_statement(sort, len(words), by_status=status is not None, after=after is not None)
    return Question(RepairRow, statement, parameters)


CUSTOMERS_REPAIR = _sql("SELECT", COLUMNS, "FROM repairs WHERE id = %(id)s AND customer_id = %(customer_id)s")


def customers_repair(customer_id: UUID, repair_id: UUID) -> Question[RepairRow]:
    """That repair if it is that customer's; else no row."""
    return Question(RepairRow, CUSTOMERS_REPAIR, {"id": repair_id, "customer_id": customer_id})


CUSTOMERS_OPEN = _sql(
    "SELECT",
    COLUMNS,
    "FROM repairs WHERE customer_id = %(customer_id)s AND (",
    OPEN,
    "OR stage = ANY(%(waiting)s))",
    "ORDER BY (stage = ANY(%(waiting)s)) DESC, created_at DESC, id DESC LIMIT %(limit)s",
)


def customers_open_repairs(customer_id: UUID, waiting: Sequence[str], limit: int) -> Question[RepairRow]:
    """At most `limit` repairs of that customer that are open or in one of the `waiting` stages, which come first."""
    return Question(RepairRow, CUSTOMERS_OPEN, {"customer_id": customer_id, "waiting": list(waiting), "limit": limit})


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
    created_at: datetime


HISTORY_COLUMNS = """
  h.id, h.status, h.previous_status, h.stage, h.changed_by_kind, h.changed_by_user, h.notes, h.estimated_completion,
  h.created_at
"""
# An entry that holds an internal note and nothing else is the shop's alone.
FOR_CUSTOMERS = """
  (h.internal_notes IS NULL OR h.previous_status IS NOT NULL OR h.notes IS NOT NULL
    OR h.estimated_completion IS NOT NULL)
"""


CUSTOMERS_HISTORY = _sql(
    "SELECT",
    HISTORY_COLUMNS,
    "FROM repairs r LEFT JOIN repair_status_history h ON h.repair_id = r.id AND",
    FOR_CUSTOMERS,
    "WHERE r.id = %(id)s AND r.customer_id = %(customer_id)s ORDER BY h.created_at, h.id",
)


def customers_history(customer_id: UUID, repair_id: UUID) -> Question[HistoryRow]:
    """What that customer may read of that repair's history, oldest first; no row where the repair is not theirs."""
    return Question(HistoryRow, CUSTOMERS_HISTORY, {"id": repair_id, "customer_id": customer_id})


class ActivityRow(Value):
    """An entry of any of a customer's repairs."""

    id: UUID
    repair_id: UUID
    repair_number: str
    device_brand: str
    device_model: str
    status: str
    previous_status: str | None
    stage: str
    changed_by_kind: str
    changed_by_user: UUID | None
    notes: str | None
    estimated_completion: datetime | None
    created_at: datetime


ACTIVITY = _sql(
    """
    SELECT h.id, h.repair_id, r.repair_number, r.device_brand, r.device_model, h.status, h.previous_status, h.stage,
      h.changed_by_kind, h.changed_by_user, h.notes, h.estimated_completion, h.created_at
    FROM repair_status_history h JOIN repairs r ON r.id = h.repair_id WHERE h.customer_id = %(customer_id)s AND
    """,
    FOR_CUSTOMERS,
)
NEWEST_FIRST = "ORDER BY h.created_at DESC, h.id DESC LIMIT %(limit)s"
ACTIVITY_FROM_START = _sql(ACTIVITY, NEWEST_FIRST)
ACTIVITY_AFTER = _sql(ACTIVITY, "AND (h.created_at, h.id) < (%(value)s, %(id)s)", NEWEST_FIRST)


def activity(customer_id: UUID, after: ListPosition | None, limit: int) -> Question[ActivityRow]:
    """At most `limit` entries of all repairs of that customer after that position, newest first."""
    parameters: dict[str, object] = {"customer_id": customer_id, "limit": limit}
    if after is None:
        return Question(ActivityRow, ACTIVITY_FROM_START, parameters)
    return Question(ActivityRow, ACTIVITY_AFTER, parameters | {"value": after.value, "id": after.id})


async def owner(reader: Reader, repair_id: UUID) -> UUID | None:
    """Whose repair it is; None where there is no such repair."""
    customer_id: UUID | None = await fetch_value(reader, "SELECT customer_id FROM repairs WHERE id = %s", [repair_id])
    return customer_id


async def count(reader: Reader, customer_id: UUID) -> int:
    """How many repairs that customer has."""
    return int(await fetch_value(reader, "SELECT count(*) FROM repairs WHERE customer_id = %s", [customer_id]))


class StatsRow(Value):
    """A customer's figures: repairs by status, what one cost on average, hours from intake to completion."""

    received: int
    diagnosing: int
    quoted: int
    approved: int
    repairing: int
    testing: int
    completed: int
    cancelled: int
    average_cost: Decimal | None
    average_hours: float | None


STATS = """
    SELECT count(*) FILTER (WHERE status = 'received') AS received,
      count(*) FILTER (WHERE status = 'diagnosing') AS diagnosing,
      count(*) FILTER (WHERE status = 'quoted') AS quoted,
      count(*) FILTER (WHERE status = 'approved') AS approved,
      count(*) FILTER (WHERE status = 'repairing') AS repairing,
      count(*) FILTER (WHERE status = 'testing') AS testing,
      count(*) FILTER (WHERE status = 'completed') AS completed,
      count(*) FILTER (WHERE status = 'cancelled') AS cancelled,
      round(avg(coalesce(total_cost, repair_cost)), 2) AS average_cost,
      (avg(extract(epoch FROM actual_completion - created_at)) / 3600)::float8 AS average_hours
    FROM repairs WHERE customer_id = %(customer_id)s
"""


def stats(customer_id: UUID) -> Question[StatsRow]:
    """That customer's figures, in one row."""
    return Question(StatsRow, STATS, {"customer_id": customer_id})


class TrendRow(Value):
    """A completed repair's cost and duration."""

    cost: Decimal | None
    hours: float


TREND = """
    SELECT coalesce(total_cost, repair_cost) AS cost,
      (extract(epoch FROM actual_completion - created_at) / 3600)::float8 AS hours
    FROM repairs WHERE customer_id = %(customer_id)s AND status = 'completed'
    ORDER BY created_at DESC, id DESC LIMIT %(limit)s
"""


def trend(customer_id: UUID, limit: int) -> Question[TrendRow]:
    """That customer's last completed repairs, the newest first."""
    return Question(TrendRow, TREND, {"customer_id": customer_id, "limit": limit})


# ---------------------------------------------------------------- what the desk reads


class DuePosition(Value):
    """The last row of a page sorted by what is due: its estimate (null: none), its id, and which list it belongs to."""

    list: str
    value: datetime | None
    id: UUID


@cache
def _desk_statement(sort: DeskSort, words: int, *, by_status: bool, technician: str, overdue: bool, after: bool) -> str:
    by_due = sort == "due"
    technicians = {"": "", "none": "AND technician_id IS NULL", "one": "AND technician_id = %(technician_id)s"}
    search = " AND ".join(condition.removeprefix("AND ") for condition in _word_conditions(words))
    position = (
        f"AND ({DUE}, id) > (coalesce(%(value)s::timestamptz, 'infinity'), %(id)s)"
        if by_due
        else ("AND (created_at, id) < (%(value)s, %(id)s)")
    )
    return " ".join(
        [
            "SELECT",
            DESK_COLUMNS,
            "FROM repairs WHERE true",
            f"AND {OPEN}" if by_due or overdue else "",
            "AND estimated_completion < now()" if overdue else "",
            "AND status = %(status)s" if by_status else "",
            technicians[technician],
            f"AND (({search}) OR customer_id = ANY(%(customer_ids)s))" if words else "",
            position if after else "",
            f"ORDER BY {DUE}, id" if by_due else "ORDER BY created_at DESC, id DESC",
            "LIMIT %(limit)s",
        ]
    )


async def desk_repairs(  # noqa: PLR0913 - what narrows the list
    reader: Reader,
    *,
    sort: DeskSort,
    status: Status | None,
    technician: UUID | str | None,
    overdue: bool,
    words: Sequence[str],
    customer_ids: Sequence[UUID],
    after: DuePosition | None,
    limit: int,
) -> list[DeskRow]:
    """At most `limit` repairs of the shop after that position; words match the repair, ids the customer."""
    parameters: dict[str, object] = {"limit": limit, **_word_parameters(words)}
    if status:
        parameters["status"] = status.value
    if words:
        parameters["customer_ids"] = list(customer_ids)
    if isinstance(technician, UUID):
        parameters["technician_id"] = technician
    if after:
        parameters |= {"value": after.value, "id": after.id}
    statement = _desk_statement(
        sort,
        len(words),
        by_status=status is not None,
        technician="one" if isinstance(technician, UUID) else technician or "",
        overdue=overdue,
        after=after is not None,
    )
    return await fetch_all(reader, DeskRow, statement, parameters)


ANY_REPAIR = _sql("SELECT", DESK_COLUMNS, "FROM repairs WHERE id = %(id)s")


async def desk_repair(reader: Reader, repair_id: UUID) -> DeskRow | None:
    """That repair."""
    return await fetch_one(reader, DeskRow, ANY_REPAIR, {"id": repair_id})


async def desk_repairs_of(reader: Reader, customer_id: UUID, limit: int) -> list[DeskRow]:
    """At most so many repairs of that customer, the newest first."""
    return await fetch_all(
        reader,
        DeskRow,
        _sql("SELECT", DESK_COLUMNS, "FROM repairs WHERE customer_id = %s ORDER BY created_at DESC, id DESC LIMIT %s"),
        [customer_id, limit],
    )


class CustomerCount(Value):
    """How many repairs a customer has."""

    customer_id: UUID
    total: int


async def counts_of(reader: Reader, customer_ids: Sequence[UUID]) -> list[CustomerCount]:
    """How many repairs each of these customers has who has any."""
    return await fetch_all(
        reader,
        CustomerCount,
        "SELECT customer_id, count(*) AS total FROM repairs WHERE customer_id = ANY (%s) GROUP BY customer_id",
        [list(customer_ids)],
    )


class CountRow(Value):
    """Open repairs of one status."""

    status: str
    total: int
    overdue: int


async def open_counts(reader: Reader) -> list[CountRow]:
    """How many open repairs each status has, and how many of them are late."""
    return await fetch_all(
        reader,
        CountRow,
        _sql(
            "SELECT status, count(*) AS total, count(*) FILTER (WHERE estimated_completion < now()) AS overdue",
            "FROM repairs WHERE",
            OPEN,
            "GROUP BY status",
        ),
    )


class DeskHistoryRow(HistoryRow):
    """An entry of the history with what only the shop may read."""

    internal_notes: str | None
    customer_notified: bool
    customer_id: UUID


async def desk_history(reader: Reader, repair_id: UUID) -> list[DeskHistoryRow]:
    """That repair's history, oldest first; no row where there is no such repair."""
    return await fetch_all(
        reader,
        DeskHistoryRow,
        _sql(
            "SELECT",
            HISTORY_COLUMNS,
            ", h.internal_notes, h.customer_notified, r.customer_id",
            "FROM repairs r LEFT JOIN repair_status_history h ON h.repair_id = r.id",
            "WHERE r.id = %s ORDER BY h.created_at, h.id",
        ),
        [repair_id],
    )


# ---------------------------------------------------------------- changes


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
    device_id: UUID | None


async def insert(tx: Transaction, row: NewRow) -> DeskRow | None:
    """The new repair; None where its number or its import id is taken."""
    return await fetch_one(
        tx,
        DeskRow,
        _sql(
            """
        INSERT INTO repairs (customer_id, repair_number, device_type, device_brand, device_model, issue_description,
          repair_type, priority, technician_id, estimated_completion, repair_cost, total_cost, currency, notes,
          internal_notes, import_source, import_id, device_id)
        VALUES (%(customer_id)s, %(repair_number)s, %(device_type)s, %(device_brand)s, %(device_model)s,
          %(issue_description)s, %(repair_type)s, %(priority)s, %(technician_id)s, %(estimated_completion)s,
          %(repair_cost)s, %(total_cost)s, %(currency)s, %(notes)s, %(internal_notes)s, %(import_source)s,
          %(import_id)s, %(device_id)s)
        ON CONFLICT DO NOTHING RETURNING
        """,
            DESK_COLUMNS,
        ),
        _fields(row),
    )


async def repair_by_import(reader: Reader, source: str, import_id: str) -> DeskRow | None:
    """The repair that came from there under that id."""
    return await fetch_one(
        reader,
        DeskRow,
        _sql("SELECT", DESK_COLUMNS, "FROM repairs WHERE import_source = %s AND import_id = %s"),
        [source, import_id],
    )


async def repair(tx: Transaction, repair_id: UUID, customer_id: UUID | None, *, lock: bool) -> DeskRow | None:
    """That repair, that customer's where one is named, held until the commit where `lock` is true."""
    statement = _sql(
        ANY_REPAIR,
        "AND customer_id = %(customer_id)s" if customer_id is not None else "",
        # NO KEY: entries of the history may refer to the row meanwhile.
        "FOR NO KEY UPDATE" if lock else "",
    )
    return await fetch_one(tx, DeskRow, statement, {"id": repair_id, "customer_id": customer_id})


class NewState(Value):
    """Where a repair goes, and from where it may come."""

    id: UUID
    version: int
    sources: list[str]
    status: str
    stage: str
    estimated_completion: datetime | None


async def move(tx: Transaction, state: NewState) -> DeskRow | None:
    """The repair in its new state; None where it is not in one of the sources or no longer of that version."""
    return await fetch_one(
        tx,
        DeskRow,
        _sql(
            """
        UPDATE repairs SET status = %(status)s, stage = %(stage)s, estimated_completion = %(estimated_completion)s,
          actual_completion = CASE WHEN %(status)s = 'completed' THEN coalesce(actual_completion, now()) END,
          version = version + 1
        WHERE id = %(id)s AND version = %(version)s AND status = ANY(%(sources)s)
        RETURNING
        """,
            DESK_COLUMNS,
        ),
        _fields(state),
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
        _sql(
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
        _fields(facts),
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
    customer_notified: bool
    event_seq: int | None


async def open_of(tx: Transaction, technician_id: UUID) -> list[DeskRow]:
    """The technician's open repairs, held until the commit; in an order that is the same for everybody."""
    return await fetch_all(
        tx,
        DeskRow,
        _sql(
            "SELECT",
            DESK_COLUMNS,
            "FROM repairs WHERE technician_id = %s AND",
            OPEN,
            "ORDER BY customer_id, id FOR NO KEY UPDATE",
        ),
        [technician_id],
    )


class WorkRow(Value):
    """How many open repairs somebody has."""

    technician_id: UUID
    total: int


async def open_work(reader: Reader) -> list[WorkRow]:
    """How many open repairs each technician has who has any."""
    return await fetch_all(
        reader,
        WorkRow,
        _sql(
            "SELECT technician_id, count(*) AS total FROM repairs WHERE technician_id IS NOT NULL AND",
            OPEN,
            "GROUP BY technician_id",
        ),
    )


async def append(tx: Transaction, entry: NewEntry) -> None:
    """Write an entry of the history."""
    # clock_timestamp: two entries of one transaction keep their order.
    await execute(
        tx,
        """
        INSERT INTO repair_status_history (repair_id, customer_id, status, previous_status, stage, changed_by_kind,
          changed_by_user, changed_by_customer, notes, internal_notes, estimated_completion, customer_notified,
          event_seq, created_at)
        VALUES (%(repair_id)s, %(customer_id)s, %(status)s, %(previous_status)s, %(stage)s, %(changed_by_kind)s,
          %(changed_by_user)s, %(changed_by_customer)s, %(notes)s, %(internal_notes)s, %(estimated_completion)s,
          %(customer_notified)s, %(event_seq)s, clock_timestamp())
        RETURNING id
        """,
        _fields(entry),
    )


# ---------------------------------------------------------------- helpers


def _word_conditions(words: int) -> list[LiteralString]:
    return [f"AND search_text LIKE lower(%(word{n})s)" for n in range(words)]


def _word_parameters(words: Sequence[str]) -> dict[str, str]:
    return {f"word{n}": f"%{_literal(word)}%" for n, word in enumerate(words)}


def _literal(text: str) -> str:
    """The text as LIKE reads it letter by letter."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _fields(row: Value) -> dict[str, object]:
    return {name: getattr(row, name) for name in row.__struct_fields__}
