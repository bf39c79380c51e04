"""Reads of customers: their own repairs."""

from uuid import UUID

from revivatech.db import BatchedRead, Database, Query, Reader, fetch
from revivatech.kit.actor import CustomerActor
from revivatech.kit.errors import NotFound
from revivatech.kit.paging import Page, encode_cursor, list_name, read_cursor
from revivatech.repairs import views
from revivatech.repairs.authors import customer_name
from revivatech.repairs.contracts import (
    ActivityItem,
    Repair,
    RepairFilter,
    RepairOverview,
    RepairWithProgress,
    Stats,
    TimelineItem,
)
from revivatech.repairs.progress import progress
from revivatech.repairs.queries import customers, figures
from revivatech.repairs.queries.customers import ActivityRow, ListPosition
from revivatech.repairs.queries.figures import StatsRow, TrendRow
from revivatech.repairs.queries.rows import HistoryRow, RepairRow
from revivatech.repairs.reference_data import Labels, known
from revivatech.repairs.search import search_of

# As many as a small chart can show.
TREND_REPAIRS = 12


async def list_repairs(reader: Reader, actor: CustomerActor, labels: Labels, wanted: RepairFilter) -> Page[Repair]:
    """A page of the customer's repairs. Raises InvalidInput for a cursor of another list."""
    return _page(await fetch(reader, _list_question(actor, wanted)), labels, wanted)


async def list_with_stats(
    db: Database, actor: CustomerActor, wanted: RepairFilter
) -> BatchedRead[tuple[Page[Repair], Stats]]:
    """The same and the figures of all the customer's repairs. Raises InvalidInput likewise."""
    reference = await known(db)

    def answer(language: str, _name: str, rows: list[RepairRow], figures: list[StatsRow]) -> tuple[Page[Repair], Stats]:
        return _page(rows, reference.labels(language), wanted), views.stats(figures[0], reference.shop.currency)

    return BatchedRead((_list_question(actor, wanted), figures.stats(actor.id)), answer)


async def get_repair(reader: Reader, actor: CustomerActor, labels: Labels, repair_id: UUID) -> Repair:
    """The customer's repair. Raises NotFound."""
    return _the_repair(await fetch(reader, customers.repair(actor.id, repair_id)), labels)


async def timeline(reader: Reader, actor: CustomerActor, labels: Labels, repair_id: UUID) -> list[TimelineItem]:
    """Return what the customer may read of the repair's history, oldest first. Raises NotFound."""
    rows = await fetch(reader, customers.history(actor.id, repair_id))
    if not rows:
        raise NotFound
    return _timeline(rows, labels, await customer_name(reader, actor.id, rows))


async def repair_with_timeline(
    db: Database, actor: CustomerActor, repair_id: UUID
) -> BatchedRead[tuple[Repair, list[TimelineItem]]]:
    """Both of the above; its answer raises NotFound."""
    reference = await known(db)

    def answer(
        language: str, name: str, repairs: list[RepairRow], history: list[HistoryRow]
    ) -> tuple[Repair, list[TimelineItem]]:
        labels = reference.labels(language)
        return _the_repair(repairs, labels), _timeline(history, labels, name)

    return BatchedRead((customers.repair(actor.id, repair_id), customers.history(actor.id, repair_id)), answer)


async def at_a_glance(db: Database, actor: CustomerActor, *, most: int, most_news: int) -> BatchedRead[RepairOverview]:
    """Return what is under way, the figures and the newest entries of all the customer's repairs."""
    reference = await known(db)
    waiting = [stage.key for stage in reference.stages.values() if stage.waits_for_customer]

    def answer(
        language: str,
        name: str,
        present: list[RepairRow],
        figures: list[StatsRow],
        trend: list[TrendRow],
        news: list[ActivityRow],
    ) -> RepairOverview:
        labels = reference.labels(language)
        repairs = [views.repair(row, labels) for row in present]
        return RepairOverview(
            present=[RepairWithProgress(repair, progress(repair, labels)) for repair in repairs],
            stats=views.stats(figures[0], reference.shop.currency),
            trend=views.trend(trend),
            news=[views.activity_item(row, labels, name) for row in news],
        )

    return BatchedRead(
        (
            customers.open_repairs(actor.id, waiting, most),
            figures.stats(actor.id),
            figures.trend(actor.id, TREND_REPAIRS),
            customers.activity(actor.id, None, most_news),
        ),
        answer,
    )


async def count_repairs(reader: Reader, customer_id: UUID) -> int:
    """Return how many repairs the customer has, ended ones too."""
    return await customers.count(reader, customer_id)


async def stats(reader: Reader, actor: CustomerActor, labels: Labels) -> Stats:
    """The customer's figures."""
    rows = await fetch(reader, figures.stats(actor.id))
    return views.stats(rows[0], labels.known.shop.currency)


async def recent_activity(
    reader: Reader, actor: CustomerActor, labels: Labels, *, limit: int, cursor: str | None = None
) -> Page[ActivityItem]:
    """A page of the news of all the customer's repairs, newest first. Raises InvalidInput for a foreign cursor."""
    rows = await fetch(reader, customers.activity(actor.id, read_cursor(cursor, ListPosition, "activity"), limit + 1))
    shown = rows[:limit]
    name = await customer_name(reader, actor.id, shown)
    cursor = None
    if len(rows) > limit:
        cursor = encode_cursor(ListPosition("activity", shown[-1].created_at, shown[-1].id))
    return Page([views.activity_item(row, labels, name) for row in shown], cursor)


def _list_question(actor: CustomerActor, wanted: RepairFilter) -> Query[RepairRow]:
    """One row more than the page shows, which tells whether another page follows."""
    return customers.repairs(
        actor.id,
        sort=wanted.sort,
        status=wanted.status,
        search=search_of(wanted.q),
        after=read_cursor(wanted.cursor, ListPosition, _list_name(wanted)),
        limit=wanted.limit + 1,
    )


def _page(rows: list[RepairRow], labels: Labels, wanted: RepairFilter) -> Page[Repair]:
    shown = rows[: wanted.limit]
    cursor = None
    if len(rows) > wanted.limit:
        last = shown[-1]
        value = last.updated_at if wanted.sort == "-updatedAt" else last.created_at
        cursor = encode_cursor(ListPosition(_list_name(wanted), value, last.id))
    return Page([views.repair(row, labels) for row in shown], cursor)


def _list_name(wanted: RepairFilter) -> str:
    return list_name(wanted.sort, wanted.status, wanted.q)


def _the_repair(rows: list[RepairRow], labels: Labels) -> Repair:
    if not rows:
        raise NotFound
    return views.repair(rows[0], labels)


def _timeline(rows: list[HistoryRow], labels: Labels, name: str) -> list[TimelineItem]:
    return [views.timeline_item(row, labels, name) for row in rows if row.id is not None]
