"""The verbs of a repair: reading it, taking it in, moving it along, editing it."""

import hashlib
from collections.abc import Sequence
from typing import TypeVar
from uuid import UUID

from revivatech.accounts import service as accounts
from revivatech.db import Database, Inquiry, Question, Reader, fetch
from revivatech.kit.actor import CustomerActor, StaffActor
from revivatech.kit.errors import FieldError, InvalidInput, NotFound
from revivatech.kit.paging import Page, decode_cursor, encode_cursor
from revivatech.kit.text import one_line
from revivatech.repairs import changes, states, views
from revivatech.repairs.changes import hand_over, move
from revivatech.repairs.contracts import (
    ActivityItem,
    DeskFilter,
    Glance,
    NewRepair,
    Repair,
    RepairEdit,
    RepairFilter,
    RepairInSight,
    StaffRepair,
    StaffTimelineItem,
    Stats,
    Status,
    StatusChange,
    StatusCount,
    TimelineItem,
)
from revivatech.repairs.devices.at_desk import device_of_repair, devices_at_desk
from revivatech.repairs.devices.contracts import Device
from revivatech.repairs.known import Words, known
from revivatech.repairs.known import forget as forget_known
from revivatech.repairs.outlook import outlook
from revivatech.repairs.queries import customers, desk, figures
from revivatech.repairs.queries.customers import ActivityRow, ListPosition
from revivatech.repairs.queries.desk import DuePosition
from revivatech.repairs.queries.figures import StatsRow, TrendRow
from revivatech.repairs.queries.rows import HistoryRow, RepairRow
from revivatech.repairs.repeats import is_repeat
from revivatech.repairs.states import OPEN, allowed

# `hand_over` and `move` are parts for other slices: they join their transaction.
__all__ = [
    "ENDED",
    "OPEN",
    "Device",
    "Words",
    "allowed",
    "assign",
    "at_a_glance",
    "change_status",
    "count_repairs",
    "counts_of",
    "desk_list",
    "desk_repair",
    "desk_repairs_of",
    "desk_timeline",
    "device_of_repair",
    "devices_at_desk",
    "edit_repair",
    "forget_known",
    "get_repair",
    "hand_over",
    "intake",
    "is_repeat",
    "list_repairs",
    "list_with_stats",
    "move",
    "open_counts",
    "open_work",
    "outlook",
    "recent_activity",
    "repair_with_timeline",
    "stats",
    "timeline",
    "words_for",
    "words_in",
]

ENDED = (Status.COMPLETED, Status.CANCELLED)

Position = TypeVar("Position", ListPosition, DuePosition)

# More words than anybody types; what comes behind them counts as part of the last.
MOST_WORDS = 6
# How many customers' names a search of the desk may match.
MOST_CUSTOMERS = 50
MOST_OF_A_CUSTOMER = 100
# As many as a small chart can show.
TREND_REPAIRS = 12


async def words_in(db: Database, language: str) -> Words:
    """How answers in that language call stages and people; every read asks for it."""
    return (await known(db)).words(language)


async def words_for(db: Database, actor: StaffActor) -> Words:
    """The same in a colleague's language."""
    return (await known(db)).words_of_staff(actor.id)


# ---------------------------------------------------------------- what customers read


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
    return _timeline(rows, words, await _customer_name(reader, actor.id, rows))


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
    rows = await fetch(reader, customers.activity(actor.id, _position(cursor, ListPosition, "activity"), limit + 1))
    shown = rows[:limit]
    name = await _customer_name(reader, actor.id, shown)
    more = len(rows) > limit
    return Page(
        [views.activity_item(row, words, name) for row in shown],
        encode_cursor(ListPosition("activity", shown[-1].created_at, shown[-1].id)) if more else None,
    )


# ---------------------------------------------------------------- what the desk reads


async def desk_list(reader: Reader, words: Words, wanted: DeskFilter) -> Page[StaffRepair]:
    """A page of the shop's repairs. Raises InvalidInput for a cursor of another list."""
    name = _list_name(wanted.sort, wanted.status, wanted.q, wanted.technician, wanted.overdue)
    typed = _words_of(wanted.q)
    found = await accounts.find_customers(reader, wanted.q, limit=MOST_CUSTOMERS) if typed else []
    rows = await desk.repairs(
        reader,
        sort=wanted.sort,
        status=wanted.status,
        technician=wanted.technician,
        overdue=wanted.overdue,
        words=typed,
        customer_ids=[customer.id for customer in found],
        after=_position(wanted.cursor, DuePosition, name),
        limit=wanted.limit + 1,
    )
    shown = rows[: wanted.limit]
    customers = await accounts.customers(reader, {row.customer_id for row in shown}) if shown else {}
    cursor = None
    if len(rows) > wanted.limit:
        value = shown[-1].estimated_completion if wanted.sort == "due" else shown[-1].created_at
        cursor = encode_cursor(DuePosition(name, value, shown[-1].id))
    return Page([views.staff_repair(row, customers.get(row.customer_id), words) for row in shown], cursor)


async def desk_repair(reader: Reader, words: Words, repair_id: UUID) -> StaffRepair:
    """Any repair of the shop. Raises NotFound."""
    row = await desk.repair(reader, repair_id)
    if row is None:
        raise NotFound
    return views.staff_repair(row, await accounts.customer(reader, row.customer_id), words)


async def desk_timeline(reader: Reader, words: Words, repair_id: UUID) -> list[StaffTimelineItem]:
    """The repair's whole history, oldest first. Raises NotFound."""
    rows = await desk.history(reader, repair_id)
    if not rows:
        raise NotFound
    name = await _customer_name(reader, rows[0].customer_id, rows)
    return [views.staff_timeline_item(row, words, name) for row in rows if row.id is not None]


async def desk_repairs_of(reader: Reader, words: Words, customer_id: UUID) -> list[StaffRepair]:
    """The customer's repairs, the newest first; of more than a hundred the last hundred."""
    rows = await desk.repairs_of(reader, customer_id, MOST_OF_A_CUSTOMER)
    customer = await accounts.customer(reader, customer_id) if rows else None
    return [views.staff_repair(row, customer, words) for row in rows]


async def counts_of(reader: Reader, customer_ids: Sequence[UUID]) -> dict[UUID, int]:
    """How many repairs each of these customers has; who has none is not named."""
    return {row.customer_id: row.total for row in await figures.counts_of(reader, customer_ids)}


async def open_counts(reader: Reader) -> list[StatusCount]:
    """How many open repairs each open status has, and how many are late; in the order of the work."""
    rows = {row.status: row for row in await figures.open_counts(reader)}
    return [
        StatusCount(status, row.total if (row := rows.get(status.value)) else 0, row.overdue if row else 0)
        for status in states.OPEN
    ]


async def open_work(reader: Reader) -> dict[UUID, int]:
    """How many open repairs each technician has; nobody without any is named."""
    return {row.technician_id: row.total for row in await figures.open_work(reader)}


# ---------------------------------------------------------------- changes


async def change_status(db: Database, actor: StaffActor, repair_id: UUID, change: StatusChange) -> StaffRepair:
    """Move a repair to another status or stage, or add a note or an estimate to where it is; the repair as it then is.

    Raises NotFound; SomebodyWasFaster where the version is no longer the present one; ChangeRefused where the state
    table does not lead there; NotAllowed where it takes a manager; InvalidInput for a stage of another status.
    """
    memory = await known(db)
    async with db.transaction() as tx:
        changed = await changes.move(tx, memory, actor, repair_id, change)
    return views.staff_repair(changed.row, changed.customer, memory.words_of_staff(actor.id))


async def edit_repair(db: Database, actor: StaffActor, repair_id: UUID, edit: RepairEdit) -> StaffRepair:
    """Change a repair's facts; the repair as it then is. Raises NotFound, SomebodyWasFaster, InvalidInput."""
    memory = await known(db)
    async with db.transaction() as tx:
        changed = await changes.edit(tx, actor, repair_id, edit)
    return views.staff_repair(changed.row, changed.customer, memory.words_of_staff(actor.id))


async def assign(
    db: Database, actor: StaffActor, repair_id: UUID, technician_id: UUID | None, version: int
) -> StaffRepair:
    """Give the repair to a colleague, or to nobody; the repair as it then is.

    Raises NotFound, SomebodyWasFaster, and InvalidInput where there is no such colleague.
    """
    memory = await known(db)
    async with db.transaction() as tx:
        changed = await changes.assign(tx, actor, repair_id, technician_id, version)
    return views.staff_repair(changed.row, changed.customer, memory.words_of_staff(actor.id))


async def intake(db: Database, actor: StaffActor, new: NewRepair) -> StaffRepair:
    """Take a device in; the repair. The same key again answers the repair that it made.

    Raises InvalidInput where the customer or the technician does not exist, or where neither a customer nor a name is
    given.
    """
    memory = await known(db)
    async with db.transaction() as tx:
        changed = await changes.take_in(tx, memory, actor, new)
    return views.staff_repair(changed.row, changed.customer, memory.words_of_staff(actor.id))


# ---------------------------------------------------------------- helpers


def _list_question(actor: CustomerActor, wanted: RepairFilter) -> Question[RepairRow]:
    """One row more than the page shows, which tells whether another page follows."""
    return customers.repairs(
        actor.id,
        sort=wanted.sort,
        status=wanted.status,
        words=_words_of(wanted.q),
        after=_position(wanted.cursor, ListPosition, _customers_list(wanted)),
        limit=wanted.limit + 1,
    )


def _page(rows: list[RepairRow], words: Words, wanted: RepairFilter) -> Page[Repair]:
    shown = rows[: wanted.limit]
    cursor = None
    if len(rows) > wanted.limit:
        last = shown[-1]
        value = last.updated_at if wanted.sort == "-updatedAt" else last.created_at
        cursor = encode_cursor(ListPosition(_customers_list(wanted), value, last.id))
    return Page([views.repair(row, words) for row in shown], cursor)


def _customers_list(wanted: RepairFilter) -> str:
    return _list_name(wanted.sort, wanted.status, wanted.q)


def _the_repair(rows: list[RepairRow], words: Words) -> Repair:
    if not rows:
        raise NotFound
    return views.repair(rows[0], words)


def _timeline(rows: list[HistoryRow], words: Words, name: str) -> list[TimelineItem]:
    return [views.timeline_item(row, words, name) for row in rows if row.id is not None]


def _words_of(text: str) -> list[str]:
    return one_line(text).split(" ", MOST_WORDS - 1) if one_line(text) else []


def _list_name(*choices: object) -> str:
    """A short name of one list, its order and what narrows it: a cursor works on the list that made it alone."""
    return hashlib.blake2s(repr(choices).encode(), digest_size=6).hexdigest()


def _position(cursor: str | None, kind: type[Position], name: str) -> Position | None:
    if cursor is None:
        return None
    position = decode_cursor(cursor, kind)
    if position.list != name:
        raise InvalidInput(
            "The cursor belongs to another list.", errors=[FieldError("cursor", "This is not a cursor of this list.")]
        )
    return position


async def _customer_name(reader: Reader, customer_id: UUID, rows: Sequence[HistoryRow] | Sequence[ActivityRow]) -> str:
    """The customer's name where one of the entries is theirs: seldom, so it is only then asked for."""
    if not any(row.changed_by_kind == "customer" for row in rows):
        return ""
    customer = await accounts.customer(reader, customer_id)
    return customer.name if customer else ""
