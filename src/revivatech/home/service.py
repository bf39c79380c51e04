"""The dashboard's parts, asked of the slices that own them."""

from collections.abc import Sequence
from typing import Any

from revivatech.accounts import service as accounts
from revivatech.db import BatchedRead, Database
from revivatech.home.contracts import Appointment, Overview
from revivatech.kit.actor import CustomerActor
from revivatech.kit.paging import Page
from revivatech.repairs import service as repairs
from revivatech.repairs.contracts import ActivityItem, RepairOverview, Stats

# More than these are counted and linked, not shown.
MOST_WAITING = 4
MOST_UNDER_WAY = 6
MOST_NEWS = 5


async def stats(db: Database, actor: CustomerActor, language: str) -> Stats:
    """The figures of all the customer's repairs."""
    labels = await repairs.labels_in(db, language)
    async with db.read() as reader:
        return await repairs.stats(reader, actor, labels)


async def activity(
    db: Database, actor: CustomerActor, language: str, *, limit: int, cursor: str | None = None
) -> Page[ActivityItem]:
    """A page of the news of all the customer's repairs, newest first. Raises InvalidInput for a foreign cursor."""
    labels = await repairs.labels_in(db, language)
    async with db.read() as reader:
        return await repairs.recent_activity(reader, actor, labels, limit=limit, cursor=cursor)


def upcoming_appointments() -> list[Appointment]:
    """The customer's next appointments; none until the shop takes them."""
    return []


async def overview(db: Database, actor: CustomerActor) -> BatchedRead[Overview]:
    """Everything on the dashboard."""
    chosen = accounts.dashboard_read(actor.id)
    glance = await repairs.at_a_glance(db, actor, most=MOST_WAITING + MOST_UNDER_WAY, most_news=MOST_NEWS)

    def answer(language: str, name: str, parts: list[Any], *rows: list[Any]) -> Overview:
        return _overview(chosen.answer(language, name, parts), glance.answer(language, name, *rows))

    return BatchedRead((*chosen.questions, *glance.questions), answer)


def _rows(parts: Sequence[str]) -> list[list[str]]:
    """The parts of the dashboard that the customer has chosen, by rows: figures alone, neighbours together."""
    made: list[list[str]] = []
    for part in parts:
        if made and part != "stats" and made[-1] != ["stats"]:
            made[-1].append(part)
        else:
            made.append([part])
    return made


def _overview(parts: Sequence[str], glance: RepairOverview) -> Overview:
    return Overview(
        rows=_rows(parts),
        waiting=[one for one in glance.present if one.progress.waiting][:MOST_WAITING],
        under_way=[one for one in glance.present if not one.progress.waiting][:MOST_UNDER_WAY],
        stats=glance.stats,
        trend=glance.trend,
        activity=glance.news,
        appointments=upcoming_appointments(),
    )
