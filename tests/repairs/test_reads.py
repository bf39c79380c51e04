"""What customers and the desk read: pages of lists, searches, timelines, figures; one statement each."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, get_args
from uuid import UUID, uuid4

import psycopg
import pytest

from revivatech.db import Database
from revivatech.kit.errors import InvalidInput, NotFound
from revivatech.kit.paging import Page
from revivatech.repairs import service
from revivatech.repairs.contracts import DeskFilter, Repair, RepairFilter, Sort, StaffRepair, Status
from support.asking import answer_to
from support.repairing import Actors, Bench
from support.statements import Statements

pytestmark = pytest.mark.anyio


async def listed(bench: Bench, **wanted: Any) -> Page[Repair]:
    """A page of Anna's repairs."""
    labels = await service.labels_in(bench.db, "en")
    async with bench.db.read() as reader:
        return await service.list_repairs(reader, bench.actors.anna, labels, RepairFilter(**wanted))


async def desk(bench: Bench, **wanted: Any) -> Page[StaffRepair]:
    """A page of the desk's repairs."""
    labels = await service.labels_in(bench.db, "en")
    async with bench.db.read() as reader:
        return await service.desk_list(reader, bench.actors.fay, labels, DeskFilter(**wanted))


def spread(url: str, *, ties: bool) -> None:
    """Give the repairs times of their own, or two and two the same one."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ALTER TABLE repairs DISABLE TRIGGER touch")
        connection.execute(
            """
            UPDATE repairs r SET created_at = n.at, updated_at = n.at + interval '1 hour' FROM (
              SELECT id, '2026-01-01Z'::timestamptz + (row_number() OVER (ORDER BY id) / %s) * interval '1 day' AS at
              FROM repairs
            ) n WHERE r.id = n.id
            """,
            [2 if ties else 1],
        )
        connection.execute("ALTER TABLE repairs ENABLE TRIGGER touch")


@pytest.mark.parametrize("sort", get_args(Sort))
async def test_pages_hold_each_repair_once_in_order(
    bench: Bench, actors: Actors, database_url: str, sort: Sort
) -> None:
    """Page by page, with equal times among them, nothing is left out or shown twice; nothing of Ben's is there."""
    for _ in range(11):
        await bench.take_in(actors.anna)
    await bench.take_in(actors.ben)
    spread(database_url, ties=True)

    seen: list[Repair] = []
    cursor = None
    while True:
        page = await listed(bench, sort=sort, limit=3, cursor=cursor)
        seen += page.items
        cursor = page.next_cursor
        if cursor is None:
            break

    assert 11 == len(seen) == len({repair.id for repair in seen})
    name = "updated_at" if "updated" in sort else "created_at"
    keys = [(getattr(repair, name), repair.id) for repair in seen]
    assert keys == sorted(keys, reverse=sort.startswith("-"))


async def test_a_cursor_belongs_to_its_list(bench: Bench, actors: Actors) -> None:
    """With another order, status or search it is refused, and so is what we never made."""
    for _ in range(3):
        await bench.take_in(actors.anna)
    cursor = (await listed(bench, limit=1)).next_cursor
    assert cursor

    for wanted in ({"sort": "createdAt"}, {"status": Status.RECEIVED}, {"q": "apple"}):
        with pytest.raises(InvalidInput):
            await listed(bench, limit=1, cursor=cursor, **wanted)
    for forged in ("", "x", "bnVsbA", "e30", cursor[:-3], "é", "=" * 400):
        with pytest.raises(InvalidInput):
            await listed(bench, cursor=forged)


async def test_r53_a_search_is_literal(bench: Bench, actors: Actors) -> None:
    """Wildcards and backslashes are letters; every word must occur; letter case does not matter."""
    for text in ("100% dead", "100 percent dead", r"back\slash", "under_score", "Ölwechsel nötig"):
        await bench.take_in(actors.anna, issue_description=text)

    async def found(q: str) -> list[str]:
        return sorted(repair.issue_description for repair in (await listed(bench, q=q)).items)

    assert await found("0%") == ["100% dead"]
    assert await found("r_s") == ["under_score"]
    assert await found("\\") == [r"back\slash"]
    assert await found("DEAD  percent") == ["100 percent dead"]
    assert await found("ÖLWECHSEL no\u0308tig") == ["Ölwechsel nötig"]
    assert await found("'; DROP TABLE repairs; --") == []
    assert len(await found("iphone 13")) == 5
    assert len(await found("  \x00 ")) == 5


async def test_a_number_is_found_with_and_without_its_prefix(bench: Bench, actors: Actors) -> None:
    """As it is written on the receipt, in lower case, or only its seven characters."""
    repair = (await bench.take_in(actors.anna)).repair
    await bench.take_in(actors.anna)

    for q in (repair.repair_number, repair.repair_number.lower(), repair.repair_number.removeprefix("R-")):
        assert [repair.id] == [one.id for one in (await listed(bench, q=q)).items]


async def test_each_read_is_one_statement(bench: Bench, actors: Actors, count_statements: Statements) -> None:
    """However many rows it answers (no N+1)."""
    for _ in range(5):
        await bench.take_in(actors.anna)
    repair_id = (await listed(bench)).items[0].id
    labels = await service.labels_in(bench.db, "en")
    async with bench.db.read() as reader:
        for read in (
            service.list_repairs(reader, actors.anna, labels, RepairFilter(q="apple", status=Status.RECEIVED)),
            service.get_repair(reader, actors.anna, labels, repair_id),
            service.timeline(reader, actors.anna, labels, repair_id),
            service.stats(reader, actors.anna, labels),
            service.recent_activity(reader, actors.anna, labels, limit=20),
        ):
            with count_statements.watched() as sent:
                await read
            assert len(sent) == 1


async def test_r40_anothers_repair_is_as_missing_as_none(bench: Bench, actors: Actors) -> None:
    """The same refusal with the same words."""
    repair = (await bench.take_in(actors.anna)).repair
    labels = await service.labels_in(bench.db, "en")
    async with bench.db.read() as reader:
        for read in (service.get_repair, service.timeline):
            for repair_id in (repair.id, uuid4()):
                with pytest.raises(NotFound) as refusal:
                    await read(reader, actors.ben, labels, repair_id)
                assert refusal.value.detail == NotFound().detail


async def test_a_repair_without_history_has_an_empty_timeline(bench: Bench, actors: Actors, database_url: str) -> None:
    """An old shop's data may come without: that is not a missing repair."""
    repair = (await bench.take_in(actors.anna)).repair
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("DELETE FROM repair_status_history")
    labels = await service.labels_in(bench.db, "en")
    async with bench.db.read() as reader:
        assert await service.timeline(reader, actors.anna, labels, repair.id) == []


async def test_the_timeline_is_oldest_first_and_names_who(bench: Bench, actors: Actors) -> None:
    """Intake, then each change, in the reader's language."""
    repair = await bench.lead((await bench.take_in(actors.anna)).repair, Status.DIAGNOSING, Status.QUOTED)
    labels = await service.labels_in(bench.db, "pt-BR")
    async with bench.db.read() as reader:
        items = await service.timeline(reader, actors.anna, labels, repair.id)

    assert [item.label for item in items] == ["Recebido", "Em diagnóstico", "Orçamento pronto"]
    assert [item.previous_status for item in items] == [None, Status.RECEIVED, Status.DIAGNOSING]
    assert [(item.actor.kind, item.actor.name) for item in items] == [
        ("staff", "Fay Silva"),
        ("staff", "Mia Sato"),
        ("staff", "Mia Sato"),
    ]


def ended(url: str, repair_id: UUID, hours: int) -> None:
    """Let the repair have taken so many hours."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "UPDATE repairs SET created_at = actual_completion - make_interval(hours => %s) WHERE id = %s",
            [hours, repair_id],
        )


async def test_the_figures_are_the_contracts(bench: Bench, actors: Actors, database_url: str) -> None:
    """Success of those that ended, exact averages, hours from intake to completion, every status counted."""
    way = (Status.DIAGNOSING, Status.REPAIRING, Status.TESTING, Status.COMPLETED)
    for cost, hours in ((Decimal("10.00"), 2), (Decimal("10.01"), 5)):
        repair = await bench.lead((await bench.take_in(actors.anna, repair_cost=cost)).repair, *way)
        ended(database_url, repair.id, hours)
    await bench.lead((await bench.take_in(actors.anna)).repair, Status.CANCELLED)
    await bench.take_in(actors.anna, repair_cost=Decimal("10.02"))
    await bench.take_in(actors.ben, repair_cost=Decimal("500.00"))
    labels = await service.labels_in(bench.db, "en")
    async with bench.db.read() as reader:
        figures = await service.stats(reader, actors.anna, labels)
    glance = await answer_to(bench.db, await service.at_a_glance(bench.db, actors.anna, most=10, most_news=5))

    assert (
        figures.total_repairs,
        figures.active_repairs,
        figures.completed_repairs,
        figures.cancelled_repairs,
    ) == (4, 1, 2, 1)
    assert pytest.approx(2 / 3) == figures.success_rate
    assert Decimal("10.01") == figures.average_cost
    assert pytest.approx(3.5) == figures.avg_completion_time
    assert {status.value: 0 for status in Status} | {"received": 1, "completed": 2, "cancelled": 1} == (
        figures.status_breakdown
    )
    assert {Decimal("10.00"), Decimal("10.01")} == set(glance.trend.costs)
    assert pytest.approx([5, 2]) == glance.trend.hours
    assert glance.stats == figures


async def test_figures_of_nothing_are_null(bench: Bench, actors: Actors) -> None:
    """A new customer has no rate, no average cost and no average time."""
    labels = await service.labels_in(bench.db, "en")
    async with bench.db.read() as reader:
        figures = await service.stats(reader, actors.anna, labels)

    assert (
        figures.total_repairs,
        figures.success_rate,
        figures.average_cost,
        figures.avg_completion_time,
    ) == (0, None, None, None)


async def test_the_news_come_page_by_page(bench: Bench, actors: Actors) -> None:
    """Every entry of every repair once, the newest first."""
    for _ in range(2):
        await bench.lead((await bench.take_in(actors.anna)).repair, Status.DIAGNOSING, Status.QUOTED)
    labels = await service.labels_in(bench.db, "en")
    seen, cursor = [], None
    async with bench.db.read() as reader:
        while True:
            page = await service.recent_activity(reader, actors.anna, labels, limit=4, cursor=cursor)
            seen += page.items
            cursor = page.next_cursor
            if cursor is None:
                break

    assert 6 == len({item.id for item in seen}) == len(seen)
    assert seen == sorted(seen, key=lambda item: (item.created_at, item.id), reverse=True)


async def test_c07_no_average_time_is_negative(bench: Bench, actors: Actors, database_url: str) -> None:
    """Also of repairs that an earlier version imported as received later than completed; open ones do not count."""
    await bench.take_in(actors.anna)
    way = (Status.DIAGNOSING, Status.REPAIRING, Status.TESTING, Status.COMPLETED)
    await bench.lead((await bench.take_in(actors.anna)).repair, *way)
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("UPDATE repairs SET created_at = now() + interval '10 hours' WHERE status = 'completed'")

    labels = await service.labels_in(bench.db, "en")
    async with bench.db.read() as reader:
        figures = await service.stats(reader, actors.anna, labels)

    assert figures.avg_completion_time == 0


async def test_the_desk_shows_what_is_late_first(bench: Bench, actors: Actors) -> None:
    """By estimate, what has none last, ended work not at all; page by page."""
    now = datetime.now(UTC)
    for days in (3, -2, None, -5, 1, None):
        estimate = now + timedelta(days=days) if days is not None else None
        await bench.take_in(actors.anna, estimated_completion=estimate, device_model=str(days))
    await bench.lead((await bench.take_in(actors.ben)).repair, Status.CANCELLED)

    models, cursor = [], None
    while True:
        page = await desk(bench, sort="due", limit=2, cursor=cursor)
        models += [one.repair.device_model for one in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    late = await desk(bench, overdue=True, sort="due")

    assert models == ["-5", "-2", "1", "3", "None", "None"]
    assert [one.repair.device_model for one in late.items] == ["-5", "-2"]
    assert all(one.is_overdue for one in late.items)


async def test_the_desk_is_narrowed(bench: Bench, actors: Actors) -> None:
    """By status, by technician, by nobody's work, by the repair's words, by the customer's name."""
    annas = (await bench.take_in(actors.anna, technician_id=actors.tom.id)).repair
    bens = await bench.move((await bench.take_in(actors.ben, device_brand="Lenovo")).repair, Status.DIAGNOSING)

    async def found(**wanted: Any) -> list[UUID]:
        return [one.repair.id for one in (await desk(bench, **wanted)).items]

    assert [bens.id, annas.id] == await found()
    assert [bens.id] == await found(status=Status.DIAGNOSING)
    assert [annas.id] == await found(technician=actors.tom.id)
    assert [bens.id] == await found(technician="none")
    assert [bens.id] == await found(q="lenovo")
    assert [bens.id] == await found(q="ben oko")
    assert [annas.id] == await found(q="ANNA@")
    assert [annas.id] == await found(q=annas.repair_number)
    assert await found(q="%") == []


async def test_the_desks_list_costs_two_statements_and_a_search_three(
    bench: Bench, actors: Actors, count_statements: Statements
) -> None:
    """The repairs and their customers; a search looks for customers first."""
    for _ in range(3):
        await bench.take_in(actors.anna)
    await service.labels_in(bench.db, "en")

    with count_statements.watched() as plain:
        await desk(bench)
    with count_statements.watched() as searched:
        await desk(bench, q="anna")

    assert (len(plain), len(searched)) == (2, 3)


async def test_open_work_is_counted_by_status(bench: Bench, actors: Actors, db: Database) -> None:
    """Open statuses in the order of the work, how many are late among them."""
    past = datetime.now(UTC) - timedelta(hours=1)
    await bench.take_in(actors.anna, estimated_completion=past)
    await bench.lead((await bench.take_in(actors.anna)).repair, Status.CANCELLED)
    async with db.read() as reader:
        counts = await service.open_counts(reader)

    assert [(status, 0, 0) for status in Status if status not in {"completed", "cancelled"}][1:] == [
        (count.status, count.total, count.overdue) for count in counts[1:]
    ]
    assert (counts[0].status, counts[0].total, counts[0].overdue) == (Status.RECEIVED, 1, 1)
