"""Statements for customers' own repairs: each names the customer."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import LiteralString
from uuid import UUID

from revivatech.db import Query, Reader, fetch_value, joined
from revivatech.kit.numbers import Moment
from revivatech.kit.paging import Position
from revivatech.kit.structs import Value
from revivatech.repairs.contracts import Sort, Status
from revivatech.repairs.device_search import patterns_of
from revivatech.repairs.queries.rows import COLUMNS, HISTORY_COLUMNS, OPEN, HistoryRow, RepairRow
from revivatech.repairs.queries.search import (
    MARKED,
    Shape,
    condition,
    shape_of,
)
from revivatech.repairs.queries.search import parameters as searched
from revivatech.repairs.search import Search


class ListPosition(Position):
    """The last row of a page: the value it was sorted by, its id, and which list it belongs to."""

    value: Moment
    id: UUID


# Sort -> column, direction, comparison with the last row seen.
ORDERS: dict[Sort, tuple[LiteralString, LiteralString, LiteralString]] = {
    "-createdAt": ("created_at", "DESC", "<"),
    "createdAt": ("created_at", "ASC", ">"),
    "-updatedAt": ("updated_at", "DESC", "<"),
}


# A device of their own that has such a number; nobody else's is looked at.
OWN_MARKED = joined(
    "OR device_id IN (SELECT id FROM customer_devices WHERE customer_id = %(customer_id)s AND", MARKED, ")"
)


@cache
def _list_statement(sort: Sort, search: Shape, *, by_status: bool, after: bool, marked: bool) -> LiteralString:
    column, direction, comparison = ORDERS[sort]
    return " ".join(
        [
            "SELECT",
            COLUMNS,
            "FROM repairs WHERE customer_id = %(customer_id)s",
            "AND status = %(status)s" if by_status else "",
            f"AND ({condition(search)}" if search.words else "",
            OWN_MARKED if search.words and marked else "",
            ")" if search.words else "",
            f"AND ({column}, id) {comparison} (%(value)s, %(id)s)" if after else "",
            f"ORDER BY {column} {direction}, id {direction} LIMIT %(limit)s",
        ]
    )


def repairs(
    customer_id: UUID,
    *,
    sort: Sort,
    status: Status | None,
    search: Search,
    after: ListPosition | None,
    limit: int,
) -> Query[RepairRow]:
    """At most `limit` repairs of that customer after that position."""
    parameters: dict[str, object] = {"customer_id": customer_id, "limit": limit, **searched(search)}
    if search.mark:
        parameters |= patterns_of(search.mark)
    if status:
        parameters["status"] = status.value
    if after:
        parameters |= {"value": after.value, "id": after.id}
    statement = _list_statement(
        sort, shape_of(search), by_status=status is not None, after=after is not None, marked=bool(search.mark)
    )
    return Query(RepairRow, statement, parameters)


REPAIR = joined("SELECT", COLUMNS, "FROM repairs WHERE id = %(id)s AND customer_id = %(customer_id)s")


def repair(customer_id: UUID, repair_id: UUID) -> Query[RepairRow]:
    """That repair if it is that customer's; else no row."""
    return Query(RepairRow, REPAIR, {"id": repair_id, "customer_id": customer_id})


OPEN_REPAIRS = joined(
    "SELECT",
    COLUMNS,
    "FROM repairs WHERE customer_id = %(customer_id)s AND (",
    OPEN,
    "OR stage = ANY(%(waiting)s))",
    "ORDER BY (stage = ANY(%(waiting)s)) DESC, created_at DESC, id DESC LIMIT %(limit)s",
)


def open_repairs(customer_id: UUID, waiting: Sequence[str], limit: int) -> Query[RepairRow]:
    """At most `limit` repairs of that customer that are open or in one of the `waiting` stages, which come first."""
    return Query(RepairRow, OPEN_REPAIRS, {"customer_id": customer_id, "waiting": list(waiting), "limit": limit})


# An entry that holds an internal note and nothing else is the shop's alone.
FOR_CUSTOMERS = """
  (h.internal_notes IS NULL OR h.previous_status IS NOT NULL OR h.notes IS NOT NULL
    OR h.estimated_completion IS NOT NULL OR h.quoted_cost IS NOT NULL)
"""
HISTORY = joined(
    "SELECT",
    HISTORY_COLUMNS,
    "FROM repairs r LEFT JOIN repair_status_history h ON h.repair_id = r.id AND",
    FOR_CUSTOMERS,
    "WHERE r.id = %(id)s AND r.customer_id = %(customer_id)s ORDER BY h.created_at, h.id",
)


def history(customer_id: UUID, repair_id: UUID) -> Query[HistoryRow]:
    """Return that repair's history as its customer may read it, oldest first; no row where it is not theirs."""
    return Query(HistoryRow, HISTORY, {"id": repair_id, "customer_id": customer_id})


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


ACTIVITY = joined(
    """
    SELECT h.id, h.repair_id, r.repair_number, r.device_brand, r.device_model, h.status, h.previous_status, h.stage,
      h.changed_by_kind, h.changed_by_user, h.notes, h.estimated_completion, h.created_at
    FROM repair_status_history h JOIN repairs r ON r.id = h.repair_id WHERE h.customer_id = %(customer_id)s AND
    """,
    FOR_CUSTOMERS,
)
NEWEST_FIRST = "ORDER BY h.created_at DESC, h.id DESC LIMIT %(limit)s"
ACTIVITY_FROM_START = joined(ACTIVITY, NEWEST_FIRST)
ACTIVITY_AFTER = joined(ACTIVITY, "AND (h.created_at, h.id) < (%(value)s, %(id)s)", NEWEST_FIRST)


def activity(customer_id: UUID, after: ListPosition | None, limit: int) -> Query[ActivityRow]:
    """At most `limit` entries of all repairs of that customer after that position, newest first."""
    parameters: dict[str, object] = {"customer_id": customer_id, "limit": limit}
    if after is None:
        return Query(ActivityRow, ACTIVITY_FROM_START, parameters)
    return Query(ActivityRow, ACTIVITY_AFTER, parameters | {"value": after.value, "id": after.id})


async def count(reader: Reader, customer_id: UUID) -> int:
    """Return how many repairs that customer has."""
    return int(await fetch_value(reader, "SELECT count(*) FROM repairs WHERE customer_id = %s", [customer_id]))
