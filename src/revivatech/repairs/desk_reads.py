"""Reads of the desk: all repairs of the shop, and how the work stands."""

from collections.abc import Sequence
from uuid import UUID

from revivatech.accounts import service as accounts
from revivatech.db import Reader
from revivatech.kit.actor import Actor
from revivatech.kit.errors import NotFound
from revivatech.kit.paging import Page, encode_cursor, list_name, read_cursor
from revivatech.notifications import service as notifications
from revivatech.notifications.contracts import Place
from revivatech.repairs import states, views
from revivatech.repairs.authors import customer_name
from revivatech.repairs.contracts import DeskFilter, StaffRepair, StaffTimelineItem, StatusCount
from revivatech.repairs.device_search import patterns_of
from revivatech.repairs.devices import queries as devices
from revivatech.repairs.queries import desk, figures
from revivatech.repairs.queries.desk import DuePosition
from revivatech.repairs.reference_data import Labels
from revivatech.repairs.search import search_of

# How many customers' names a search may match.
MOST_CUSTOMERS = 50
# How many devices a number, or its beginning, may mean.
MOST_DEVICES = 50
MOST_OF_A_CUSTOMER = 100


async def desk_list(reader: Reader, actor: Actor, labels: Labels, wanted: DeskFilter) -> Page[StaffRepair]:
    """A page of the shop's repairs; those of a device too whose serial number or IMEI begins with what was typed.

    Raises InvalidInput for a cursor of another list.
    """
    name = list_name(wanted.sort, wanted.status, wanted.q, wanted.technician, wanted.overdue)
    search = search_of(wanted.q)
    found = await accounts.find_customers(reader, actor, wanted.q, limit=MOST_CUSTOMERS) if search else []
    marked = await devices.marked_ids(reader, patterns_of(search.mark), MOST_DEVICES) if search.mark else []
    rows = await desk.repairs(
        reader,
        sort=wanted.sort,
        status=wanted.status,
        technician=wanted.technician,
        overdue=wanted.overdue,
        search=search,
        customer_ids=[customer.id for customer in found],
        device_ids=marked,
        after=read_cursor(wanted.cursor, DuePosition, name),
        limit=wanted.limit + 1,
    )
    shown = rows[: wanted.limit]
    customers = await accounts.customers(reader, {row.customer_id for row in shown}) if shown else {}
    cursor = None
    if len(rows) > wanted.limit:
        value = shown[-1].estimated_completion if wanted.sort == "due" else shown[-1].created_at
        cursor = encode_cursor(DuePosition(name, value, shown[-1].id))
    return Page([views.staff_repair(row, customers.get(row.customer_id), labels, actor) for row in shown], cursor)


async def desk_repair(reader: Reader, actor: Actor, labels: Labels, repair_id: UUID) -> StaffRepair:
    """Any repair of the shop. Raises NotFound."""
    row = await desk.repair(reader, repair_id)
    if row is None:
        raise NotFound
    return views.staff_repair(row, await accounts.customer(reader, row.customer_id), labels, actor)


async def require_repair(reader: Reader, repair_id: UUID) -> None:
    """Raise NotFound unless the shop has that repair."""
    if await desk.repair(reader, repair_id) is None:
        raise NotFound


async def desk_timeline(reader: Reader, labels: Labels, repair_id: UUID) -> list[StaffTimelineItem]:
    """The repair's whole history, oldest first. Raises NotFound."""
    rows = await desk.history(reader, repair_id)
    if not rows:
        raise NotFound
    name = await customer_name(reader, rows[0].customer_id, rows)
    notices = await notifications.deliveries_of(reader, [row.notification_id for row in rows if row.notification_id])
    return [
        views.staff_timeline_item(
            row, labels, name, notices.get(row.notification_id, ()) if row.notification_id else ()
        )
        for row in rows
        if row.id is not None
    ]


async def reach(reader: Reader, customer_id: UUID) -> tuple[Place, ...]:
    """Return where news of a repair would reach the customer now."""
    customer = await accounts.customer(reader, customer_id)
    return await notifications.reach(reader, customer, "repair_updates") if customer else ()


async def desk_repairs_of(reader: Reader, actor: Actor, labels: Labels, customer_id: UUID) -> list[StaffRepair]:
    """The customer's repairs, the newest first; of more than a hundred the last hundred."""
    rows = await desk.repairs_of(reader, customer_id, MOST_OF_A_CUSTOMER)
    customer = await accounts.customer(reader, customer_id) if rows else None
    return [views.staff_repair(row, customer, labels, actor) for row in rows]


async def counts_of(reader: Reader, customer_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Return how many repairs each of these customers has; who has none is not named."""
    return {row.customer_id: row.total for row in await figures.counts_of(reader, customer_ids)}


async def open_counts(reader: Reader) -> list[StatusCount]:
    """Return how many open repairs each open status has, and how many are late; in the order of the work."""
    rows = {row.status: row for row in await figures.open_counts(reader)}
    return [
        StatusCount(status, row.total if (row := rows.get(status.value)) else 0, row.overdue if row else 0)
        for status in states.OPEN
    ]


async def open_work(reader: Reader) -> dict[UUID, int]:
    """Return how many open repairs each technician has; nobody without any is named."""
    return {row.technician_id: row.total for row in await figures.open_work(reader)}
