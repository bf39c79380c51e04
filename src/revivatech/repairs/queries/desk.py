"""Statements of the desk: any customer's repairs, with what only the shop may know."""

from collections.abc import Sequence
from functools import cache
from uuid import UUID

from revivatech.db import Reader, fetch_all, fetch_one, fetch_value, joined
from revivatech.kit.numbers import Moment
from revivatech.kit.paging import Position
from revivatech.repairs.contracts import DeskSort, Status
from revivatech.repairs.queries.rows import DESK_COLUMNS, HISTORY_COLUMNS, OPEN, DeskHistoryRow, DeskRow
from revivatech.repairs.queries.search import Shape, condition, shape_of
from revivatech.repairs.queries.search import parameters as searched
from revivatech.repairs.search import Search


class DuePosition(Position):
    """The last row of a page sorted by what is due: its estimate (null: none), its id, and which list it belongs to."""

    value: Moment | None
    id: UUID


DUE = "coalesce(estimated_completion, 'infinity')"


@cache
def _desk_statement(
    sort: DeskSort,
    search: Shape,
    *,
    by_status: bool,
    technician: str,
    overdue: bool,
    after: bool,
    devices: bool = False,
) -> str:
    by_due = sort == "due"
    technicians = {"": "", "none": "AND technician_id IS NULL", "one": "AND technician_id = %(technician_id)s"}
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
            f"AND ({condition(search)} OR customer_id = ANY(%(customer_ids)s)" if search.words else "",
            # Said twice: from the second alone it is not seen that the index of repairs with a device will do.
            "OR device_id IS NOT NULL AND device_id = ANY(%(device_ids)s)" if search.words and devices else "",
            ")" if search.words else "",
            position if after else "",
            f"ORDER BY {DUE}, id" if by_due else "ORDER BY created_at DESC, id DESC",
            "LIMIT %(limit)s",
        ]
    )


async def repairs(  # noqa: PLR0913 - what narrows the list
    reader: Reader,
    *,
    sort: DeskSort,
    status: Status | None,
    technician: UUID | str | None,
    overdue: bool,
    search: Search,
    customer_ids: Sequence[UUID],
    device_ids: Sequence[UUID] = (),
    after: DuePosition | None,
    limit: int,
) -> list[DeskRow]:
    """At most `limit` repairs of the shop after that position; the ids are of customers or devices found."""
    parameters: dict[str, object] = {"limit": limit, **searched(search)}
    if status:
        parameters["status"] = status.value
    if search:
        parameters |= {"customer_ids": list(customer_ids), "device_ids": list(device_ids)}
    if isinstance(technician, UUID):
        parameters["technician_id"] = technician
    if after:
        parameters |= {"value": after.value, "id": after.id}
    statement = _desk_statement(
        sort,
        shape_of(search),
        by_status=status is not None,
        technician="one" if isinstance(technician, UUID) else technician or "",
        overdue=overdue,
        after=after is not None,
        devices=bool(device_ids),
    )
    return await fetch_all(reader, DeskRow, statement, parameters)


ANY_REPAIR = joined("SELECT", DESK_COLUMNS, "FROM repairs WHERE id = %(id)s")


async def repair(reader: Reader, repair_id: UUID) -> DeskRow | None:
    """That repair."""
    return await fetch_one(reader, DeskRow, ANY_REPAIR, {"id": repair_id})


async def repairs_of(reader: Reader, customer_id: UUID, limit: int) -> list[DeskRow]:
    """At most so many repairs of that customer, the newest first."""
    return await fetch_all(
        reader,
        DeskRow,
        joined(
            "SELECT", DESK_COLUMNS, "FROM repairs WHERE customer_id = %s ORDER BY created_at DESC, id DESC LIMIT %s"
        ),
        [customer_id, limit],
    )


async def history(reader: Reader, repair_id: UUID) -> list[DeskHistoryRow]:
    """That repair's history, oldest first; no row where there is no such repair."""
    return await fetch_all(
        reader,
        DeskHistoryRow,
        joined(
            "SELECT",
            HISTORY_COLUMNS,
            ", h.internal_notes, h.notification_id, h.called_at, h.called_by, r.customer_id",
            "FROM repairs r LEFT JOIN repair_status_history h ON h.repair_id = r.id",
            "WHERE r.id = %s ORDER BY h.created_at, h.id",
        ),
        [repair_id],
    )


async def owner(reader: Reader, repair_id: UUID) -> UUID | None:
    """Return whose repair it is; None where there is no such repair."""
    customer_id: UUID | None = await fetch_value(reader, "SELECT customer_id FROM repairs WHERE id = %s", [repair_id])
    return customer_id
