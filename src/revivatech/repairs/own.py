"""What customers read of their own repairs."""

from uuid import UUID

from revivatech.db import Database, Inquiry, Question, Reader, fetch
from revivatech.kit.actor import CustomerActor
from revivatech.kit.errors import NotFound
from revivatech.kit.paging import Page, encode_cursor, list_name, read_cursor
from revivatech.repairs import views
from revivatech.repairs.authors import customer_name
from revivatech.repairs.contracts import (
    ActivityItem,
    Glance,
    Repair,
    RepairFilter,
    RepairInSight,
    Stats,
    TimelineItem,
)
from revivatech.repairs.known import Words, known
from revivatech.repairs.outlook import outlook
from revivatech.repairs.queries import customers, figures
from revivatech.repairs.queries.customers import ActivityRow, ListPosition
from revivatech.repairs.queries.figures import StatsRow, TrendRow
from revivatech.repairs.queries.rows import HistoryRow, RepairRow
from revivatech.repairs.search import search_of

# As many as a small chart can show.
TREND_REPAIRS = 12


async def list_repairs(reader: Reader, actor: CustomerActor, words: Words, wanted: RepairFilter) -> Page[Repair]:
    """A page of the customer's repairs. Raises InvalidInput for a cursor of another list."""
    return _page(await fetch(reader, _list_question(actor, wanted)), words, wanted)


async def list_with_stats(
    db: Database, actor: CustomerActor, wanted: RepairFilter
) -> Inquiry[tuple[Page[Repair], Stats]]:
    """The same and the figures of all the customer's repairs. Raises InvalidInput likewise."""
    memory = await known(db)

    def answer(language: str, _name: str, rows: list[RepairRow], figures: list[StatsRow]) -> tuple[Page[Repair], Stats]:
        return _page(rows, memory.words(language), wanted), views.stats(figures[0], memory.shop.currency)

    return Inquiry((_list_question(actor, wanted), figures.stats(actor.id)), answer)


async def get_repair(reader: Reader, actor: CustomerActor, words: Words, repair_id: UUID) -> Repair:
    """The customer's repair. Raises NotFound."""
    return _the_repair(await fetch(reader, customers.repair(actor.id, repair_id)), words)


async def timeline(reader: Reader, actor: CustomerActor, words: Words, repair_id: UUID) -> list[TimelineItem]:
    """What the customer may read of the repair's history, oldest first. Raises NotFound."""
    rows = await fetch(reader, customers.history(actor.id, repair_id))
    if not rows:
        raise NotFound
    return _timeline(rows, words, await customer_name(reader, actor.id, rows))


async def repair_with_timeline(
    db: Database, actor: CustomerActor, repair_id: UUID
) -> Inquiry[tuple[Repair, list[TimelineItem]]]:
    """Both of the above; its answer raises NotFound."""
    memory = await known(db)

    def answer(
        language: str, name: str, repairs: list[RepairRow], history: list[HistoryRow]
    ) -> tuple[Repair, list[TimelineItem]]:
        words = memory.words(language)
        return _the_repair(repairs, words), _timeline(history, words, name)

    return Inquiry((customers.repair(actor.id, repair_id), customers.history(actor.id, repair_id)), answer)


async def at_a_glance(db: Database, actor: CustomerActor, *, most: int, most_news: int) -> Inquiry[Glance]:
    """What is under way, the figures and the newest entries of all the customer's repairs."""
    memory = await known(db)
    waiting = [stage.key for stage in memory.stages.values() if stage.waits_for_customer]

    def answer(
        language: str,
        name: str,
        present: list[RepairRow],
        figures: list[StatsRow],
        trend: list[TrendRow],
        news: list[ActivityRow],
    ) -> Glance:
        words = memory.words(language)
        repairs = [views.repair(row, words) for row in present]
        return Glance(
            present=[RepairInSight(repair, outlook(repair, words)) for repair in repairs],
            stats=views.stats(figures[0], memory.shop.currency),
            trend=views.trend(trend),
            news=[views.activity_item(row, words, name) for row in news],
        )

    return Inquiry(
        (
            customers.open_repairs(actor.id, waiting, most),
            figures.stats(actor.id),
            figures.trend(actor.id, TREND_REPAIRS),
            customers.activity(actor.id, None, most_news),
        ),
        answer,
    )


async def count_repairs(reader: Reader, customer_id: UUID) -> int:
    """How many repairs the customer has, ended ones too."""
    return await customers.count(reader, customer_id)


async def stats(reader: Reader, actor: CustomerActor, words: Words) -> Stats:
    """The customer's figures (api.md, section 3)."""
    rows = await fetch(reader, figures.stats(actor.id))
    return views.stats(rows[0], words.known.shop.currency)


async def recent_activity(
    reader: Reader, actor: CustomerActor, words: Words, *, limit: int, cursor: str | None = None
) -> Page[ActivityItem]:
    """A page of the news of all the customer's repairs, newest first. Raises InvalidInput for a foreign cursor."""
    rows = await fetch(reader, customers.activity(actor.id, read_cursor(cursor, ListPosition, "activity"), limit + 1))
    shown = rows[:limit]
    name = await customer_name(reader, actor.id, shown)
    cursor = None
    if len(rows) > limit:
        cursor = encode_cursor(ListPosition("activity", shown[-1].created_at, shown[-1].id))
    return Page([views.activity_item(row, words, name) for row in shown], cursor)


def _list_question(actor: CustomerActor, wanted: RepairFilter) -> Question[RepairRow]:
    """One row more than the page shows, which tells whether another page follows."""
    return customers.repairs(
        actor.id,
        sort=wanted.sort,
        status=wanted.status,
        search=search_of(wanted.q),
        after=read_cursor(wanted.cursor, ListPosition, _list_name(wanted)),
        limit=wanted.limit + 1,
    )


def _page(rows: list[RepairRow], words: Words, wanted: RepairFilter) -> Page[Repair]:
    shown = rows[: wanted.limit]
    cursor = None
    if len(rows) > wanted.limit:
        last = shown[-1]
        value = last.updated_at if wanted.sort == "-updatedAt" else last.created_at
        cursor = encode_cursor(ListPosition(_list_name(wanted), value, last.id))
    return Page([views.repair(row, words) for row in shown], cursor)


def _list_name(wanted: RepairFilter) -> str:
    return list_name(wanted.sort, wanted.status, wanted.q)


def _the_repair(rows: list[RepairRow], words: Words) -> Repair:
    if not rows:
        raise NotFound
    return views.repair(rows[0], words)


def _timeline(rows: list[HistoryRow], words: Words, name: str) -> list[TimelineItem]:
    return [views.timeline_item(row, words, name) for row in rows if row.id is not None]
