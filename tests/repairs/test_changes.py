"""Moving, editing and assigning: each change is one transaction that leaves its traces, or none."""

import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import msgspec
import psycopg
import pytest
from psycopg.rows import dict_row

from revivatech.db import Database
from revivatech.kit.actor import SYSTEM
from revivatech.kit.errors import InvalidInput, NotAllowed, NotFound
from revivatech.realtime.contracts import CustomerChanged, Event, StaffEvent
from revivatech.repairs import service
from revivatech.repairs.access import access_repair
from revivatech.repairs.contracts import (
    ChangeRefused,
    NewRepair,
    RepairEdit,
    SomebodyWasFaster,
    Status,
    StatusChange,
)
from revivatech.repairs.queries import writes
from support.repairing import Actors, Bench

pytestmark = pytest.mark.anyio


NEWEST = "SELECT id FROM customer_notifications ORDER BY seq DESC LIMIT 1"


def rows(url: str, statement: str, *parameters: object) -> list[dict[str, Any]]:
    """What the database holds."""
    with psycopg.connect(url, row_factory=dict_row) as connection:
        return connection.execute(statement, parameters).fetchall()


def history(url: str, repair_id: object) -> list[dict[str, Any]]:
    """The history of a repair, oldest first."""
    return rows(url, "SELECT * FROM repair_status_history WHERE repair_id = %s ORDER BY created_at, id", repair_id)


async def test_a_change_leaves_its_row_its_history_its_event_and_its_notification(
    bench: Bench, actors: Actors, database_url: str
) -> None:
    """One status change is one history entry with the event's number, and the customer is told."""
    facts: list[object] = []

    async def hear(fact: object) -> None:
        facts.append(fact)

    for kind in (Event, StaffEvent, CustomerChanged):
        bench.db.on_commit(kind, hear)
    repair = (await bench.take_in(actors.anna)).repair
    facts.clear()

    moved = await bench.move(repair, Status.DIAGNOSING, notes="We look.", internal_notes="Wet inside.")

    entry = history(database_url, repair.id)[-1]
    assert (Status.DIAGNOSING, repair.version + 1) == (moved.status, moved.version)
    assert (
        entry["status"],
        entry["previous_status"],
        entry["notes"],
        entry["internal_notes"],
        entry["notification_id"],
    ) == ("diagnosing", "received", "We look.", "Wet inside.", rows(database_url, NEWEST)[0]["id"])
    events = [fact for fact in facts if isinstance(fact, Event)]
    assert [event.type for event in events] == ["repair:status_update", "notification:new"]
    assert entry["event_seq"] == events[0].seq
    payload = msgspec.json.decode(events[0].payload)
    assert payload == {
        "seq": events[0].seq,
        "repairId": str(repair.id),
        "repairNumber": repair.repair_number,
        "status": "diagnosing",
        "previousStatus": "received",
        "stage": "diagnosing",
        "label": "Diagnosing",
        "at": payload["at"],
    }
    assert [fact.type for fact in facts if isinstance(fact, StaffEvent)] == ["repair:updated"]
    assert any(isinstance(fact, CustomerChanged) for fact in facts)


async def test_the_customer_is_told_in_their_language(bench: Bench, actors: Actors, database_url: str) -> None:
    """The event's label and the notification speak the customer's language, not the technician's."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("UPDATE customers SET language = 'pt-BR' WHERE id = %s", [actors.anna.id])
    repair = (await bench.take_in(actors.anna)).repair

    await bench.move(repair, Status.DIAGNOSING)

    told = rows(database_url, "SELECT title, message FROM customer_notifications ORDER BY seq")[-1]
    assert told["title"] == "Apple iPhone 13: Em diagnóstico"
    assert told["message"] == "Um técnico está descobrindo o que há de errado."


async def test_a_note_alone_is_news_and_keeps_the_status(bench: Bench, actors: Actors, database_url: str) -> None:
    """A customer-visible note is an entry without a previous status, an event of its own and a notification."""
    repair = (await bench.take_in(actors.anna)).repair

    await bench.move(repair, Status.RECEIVED, notes="The courier brought it.")

    entry = history(database_url, repair.id)[-1]
    assert (
        entry["previous_status"],
        entry["notes"],
        entry["notification_id"],
    ) == (None, "The courier brought it.", rows(database_url, NEWEST)[0]["id"])
    kinds = rows(database_url, "SELECT type FROM customer_events ORDER BY seq")
    assert [row["type"] for row in kinds][-2:] == ["repair:updated", "notification:new"]


async def test_an_internal_note_alone_stays_in_the_shop(bench: Bench, actors: Actors, database_url: str) -> None:
    """It is in the desk's timeline, in none of the customer's, and makes neither event nor notification (R41)."""
    repair = (await bench.take_in(actors.anna)).repair
    before = rows(database_url, "SELECT count(*) AS n FROM customer_events")

    await bench.move(repair, Status.RECEIVED, internal_notes="He haggles.")

    labels = await service.labels_in(bench.db, "en")
    async with bench.db.read() as reader:
        shop = await service.desk_timeline(reader, labels, repair.id)
        customer = await service.timeline(reader, actors.anna, labels, repair.id)
        news = await service.recent_activity(reader, actors.anna, labels, limit=10)
    assert [item.internal_notes for item in shop] == [None, "He haggles."]
    assert not shop[1].customer_notified
    assert 1 == len(customer) == len(news.items)
    assert before == rows(database_url, "SELECT count(*) AS n FROM customer_events")


async def test_a_stage_may_change_at_any_time(bench: Bench, actors: Actors, database_url: str) -> None:
    """A stage within the status is told by its own name, with the status as its own previous one."""
    repair = (await bench.take_in(actors.anna)).repair
    repair = await bench.lead(repair, Status.DIAGNOSING, Status.REPAIRING)

    moved = await bench.move(repair, Status.REPAIRING, stage="waiting_for_parts")

    assert (moved.stage.key, moved.stage.label) == ("waiting_for_parts", "Waiting for parts")
    entry = history(database_url, repair.id)[-1]
    assert (
        entry["status"],
        entry["previous_status"],
        entry["stage"],
    ) == ("repairing", "repairing", "waiting_for_parts")


async def test_a_stage_that_is_silent_tells_nobody(bench: Bench, actors: Actors, database_url: str) -> None:
    """Where the shop has a stage say nothing, the change is an event but no notification."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("UPDATE repair_stages SET tells_customer = false WHERE key = 'testing'")
    repair = await bench.lead((await bench.take_in(actors.anna)).repair, Status.DIAGNOSING, Status.REPAIRING)
    told = rows(database_url, "SELECT count(*) AS n FROM customer_notifications")[0]["n"]

    await bench.move(repair, Status.TESTING)

    assert told == rows(database_url, "SELECT count(*) AS n FROM customer_notifications")[0]["n"]
    assert history(database_url, repair.id)[-1]["notification_id"] is None
    kinds = rows(database_url, "SELECT type FROM customer_events ORDER BY seq DESC LIMIT 1")
    assert [row["type"] for row in kinds] == ["repair:status_update"]


async def test_completion_has_its_time_and_reopening_takes_it_away(bench: Bench, actors: Actors) -> None:
    """The moment of completion stands with the status, stays through its stages, and goes when it is reopened."""
    way = (Status.DIAGNOSING, Status.REPAIRING, Status.TESTING, Status.COMPLETED)
    done = await bench.lead((await bench.take_in(actors.anna)).repair, *way)
    ready = await bench.move(done, Status.COMPLETED, stage="ready_for_pickup")
    reopened = await bench.move(ready, Status.REPAIRING)

    assert done.actual_completion is not None
    assert done.actual_completion == ready.actual_completion
    assert reopened.actual_completion is None


async def test_a_new_estimate_is_told_and_kept_in_the_history(bench: Bench, actors: Actors, database_url: str) -> None:
    """The estimate is in the repair, in its history entry and in the customer's notification; unset, it stays."""
    repair = (await bench.take_in(actors.anna)).repair
    estimate = datetime(2031, 5, 6, 15, 0, tzinfo=UTC)

    repair = await bench.move(repair, Status.RECEIVED, estimated_completion=estimate)
    repair = await bench.move(repair, Status.DIAGNOSING)

    assert estimate == repair.estimated_completion
    assert [None, estimate, None] == [entry["estimated_completion"] for entry in history(database_url, repair.id)]
    titles = [row["title"] for row in rows(database_url, "SELECT title FROM customer_notifications ORDER BY seq")]
    assert titles[1] == "New estimate for your Apple iPhone 13"

    cleared = await bench.move(repair, Status.DIAGNOSING, estimated_completion=None)

    assert cleared.estimated_completion is None


@pytest.mark.parametrize("year", [1, 1999, 2100, 9999])
async def test_r48_an_estimate_out_of_reason_is_refused(bench: Bench, actors: Actors, year: int) -> None:
    """PostgreSQL keeps years that Python cannot read back: they are 422, and nothing is stored."""
    repair = (await bench.take_in(actors.anna)).repair
    estimate = datetime(year, 12, 31, 23, tzinfo=UTC)

    with pytest.raises(InvalidInput) as refusal:
        await bench.move(repair, Status.DIAGNOSING, estimated_completion=estimate)

    assert [error.field for error in refusal.value.errors] == ["estimatedCompletion"]
    assert repair == await bench.read(actors.anna, repair.id)


async def test_c30_an_estimate_that_has_passed_is_refused_when_it_is_given(bench: Bench, actors: Actors) -> None:
    """At the intake, with a change and by an edit; a quarter of an hour is left to a form that stands open."""
    now = datetime.now(UTC)
    repair = (await bench.take_in(actors.anna)).repair
    for estimate in (now - timedelta(minutes=16), now - timedelta(days=365)):
        new = NewRepair(
            device_type="phone",
            device_brand="Nokia",
            device_model="3310",
            issue_description="Dark.",
            customer_first_name="Nora",
            estimated_completion=estimate,
        )
        edit = RepairEdit(repair.version, estimated_completion=estimate)
        for attempt in (
            service.intake(bench.db, actors.fay, new),
            bench.move(repair, Status.DIAGNOSING, estimated_completion=estimate),
            service.edit_repair(bench.db, actors.tom, repair.id, edit),
        ):
            with pytest.raises(InvalidInput) as refusal:
                await attempt
            assert [error.field for error in refusal.value.errors] == ["estimatedCompletion"]
    assert repair == await bench.read(actors.anna, repair.id)

    just_now = now - timedelta(minutes=1)
    repair = await bench.move(repair, Status.DIAGNOSING, estimated_completion=just_now)
    assert repair.estimated_completion == just_now


async def test_c30_an_estimate_that_has_passed_meanwhile_blocks_nothing(bench: Bench, actors: Actors) -> None:
    """Sent along unchanged, as clients do that know no "unset"."""
    past = datetime.now(UTC) - timedelta(days=2)
    repair = (await bench.take_in(actors.anna, estimated_completion=past)).repair

    repair = await bench.move(repair, Status.DIAGNOSING, estimated_completion=past)
    edit = RepairEdit(repair.version, estimated_completion=past, priority="high")
    edited = await service.edit_repair(bench.db, actors.tom, repair.id, edit)

    assert (edited.repair.estimated_completion, edited.repair.priority) == (past, "high")


async def test_nothing_to_do_is_nothing_done(bench: Bench, actors: Actors, database_url: str) -> None:
    """The same status again, without a word, leaves version and history as they are."""
    repair = (await bench.take_in(actors.anna)).repair

    again = await bench.move(repair, Status.RECEIVED, notes="  ")

    assert repair == again
    assert len(history(database_url, repair.id)) == 1


async def test_r43_a_change_that_the_table_lacks_is_refused(bench: Bench, actors: Actors) -> None:
    """The refusal says what is allowed from where the repair is."""
    repair = (await bench.take_in(actors.anna)).repair

    with pytest.raises(ChangeRefused) as refusal:
        await bench.move(repair, Status.COMPLETED)

    assert refusal.value.extra["allowed"] == [Status.DIAGNOSING, Status.CANCELLED]
    assert repair == await bench.read(actors.anna, repair.id)


async def test_reopening_takes_a_manager(bench: Bench, actors: Actors) -> None:
    """A technician who would reopen is refused by role, not by the table."""
    repair = await bench.lead((await bench.take_in(actors.anna)).repair, Status.CANCELLED)
    change = StatusChange(Status.RECEIVED, repair.version)

    with pytest.raises(NotAllowed):
        await service.change_status(bench.db, actors.tom, repair.id, change)

    assert (await service.change_status(bench.db, actors.mia, repair.id, change)).repair.status == Status.RECEIVED


@pytest.mark.parametrize("stage", ["received", "no_such_stage"])
async def test_a_stage_belongs_to_its_status(bench: Bench, actors: Actors, stage: str) -> None:
    """A stage of another status, or of none, is bad input."""
    repair = (await bench.take_in(actors.anna)).repair

    with pytest.raises(InvalidInput) as refusal:
        await bench.move(repair, Status.DIAGNOSING, stage=stage)

    assert [error.field for error in refusal.value.errors] == ["stage"]


async def test_r104_who_saw_an_older_version_is_told_the_present_one(bench: Bench, actors: Actors) -> None:
    """The refusal holds status, stage, version and time of the present state."""
    seen = (await bench.take_in(actors.anna)).repair
    present = await bench.move(seen, Status.DIAGNOSING)

    with pytest.raises(SomebodyWasFaster) as refusal:
        await bench.move(seen, Status.CANCELLED)

    current = refusal.value.extra["current"]
    assert isinstance(current, dict)
    assert ("diagnosing", "diagnosing", present.version) == (current["status"], current["stage"], current["version"])
    assert present.updated_at == datetime.fromisoformat(str(current["updatedAt"]))


async def test_r102_of_many_at_once_one_wins(bench: Bench, actors: Actors, database_url: str) -> None:
    """Two changes on one version, in parallel, thirty times over: one each is stored, the other is told of it."""
    for _ in range(30):
        repair = (await bench.take_in(actors.anna)).repair
        results = await asyncio.gather(
            bench.move(repair, Status.DIAGNOSING), bench.move(repair, Status.CANCELLED), return_exceptions=True
        )

        assert sum(isinstance(result, SomebodyWasFaster) for result in results) == 1
        assert len(history(database_url, repair.id)) == 2


async def test_a_change_that_fails_leaves_nothing(
    bench: Bench, actors: Actors, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the last trace cannot be written, the repair, its events and its notifications are as before."""
    repair = (await bench.take_in(actors.anna)).repair
    count = "SELECT (SELECT count(*) FROM customer_events) AS e, (SELECT count(*) FROM customer_notifications) AS n"
    before = rows(database_url, count)

    async def fail(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(writes, "append", fail)
    with pytest.raises(OSError, match="disk"):
        await bench.move(repair, Status.DIAGNOSING)

    assert repair == await bench.read(actors.anna, repair.id)
    assert before == rows(database_url, count)


async def test_the_door_to_a_row_knows_its_customer(bench: Bench, actors: Actors) -> None:
    """Customers reach their own repairs, staff and the program all; another's is as missing as none (R40)."""
    repair = (await bench.take_in(actors.anna)).repair
    async with bench.db.transaction() as tx:
        for actor in (actors.anna, actors.tom, SYSTEM):
            assert repair.id == (await access_repair(tx, actor, repair.id)).id
        for actor, repair_id in ((actors.ben, repair.id), (actors.anna, uuid4()), (actors.tom, uuid4())):
            with pytest.raises(NotFound) as refusal:
                await access_repair(tx, actor, repair_id, lock=False)
            assert refusal.value.detail == NotFound().detail


async def test_an_edit_changes_what_it_names(bench: Bench, actors: Actors) -> None:
    """Unset facts stay; the total is the sum of the costs; null takes a cost away."""
    repair = (await bench.take_in(actors.anna, repair_cost=Decimal("20.00"))).repair
    edit = RepairEdit(repair.version, priority="urgent", parts_cost=Decimal("39.90"), labor_cost=Decimal("60.05"))

    edited = (await service.edit_repair(bench.db, actors.tom, repair.id, edit)).repair

    assert ("urgent", Decimal("119.95"), repair.issue_description) == (
        edited.priority,
        edited.total_cost,
        edited.issue_description,
    )
    bare = RepairEdit(edited.version, repair_cost=None, parts_cost=None, labor_cost=None)
    assert (await service.edit_repair(bench.db, actors.tom, repair.id, bare)).repair.total_cost is None


async def test_costs_beyond_what_can_be_stored_are_refused(bench: Bench, actors: Actors) -> None:
    """The sum has the same bound as its parts: a refusal, not a fault of the database."""
    repair = (await bench.take_in(actors.anna)).repair
    edit = RepairEdit(repair.version, parts_cost=Decimal("99999999.99"), labor_cost=Decimal("0.01"))

    with pytest.raises(InvalidInput):
        await service.edit_repair(bench.db, actors.tom, repair.id, edit)


async def test_r107_an_edit_on_an_older_version_is_refused(bench: Bench, actors: Actors) -> None:
    """Two tabs edit different fields with one version: the second is told, and both fields can be kept."""
    repair = (await bench.take_in(actors.anna)).repair
    await service.edit_repair(bench.db, actors.tom, repair.id, RepairEdit(repair.version, priority="high"))

    with pytest.raises(SomebodyWasFaster):
        await service.edit_repair(bench.db, actors.fay, repair.id, RepairEdit(repair.version, warranty_months=12))

    assert ((now := await bench.read(actors.anna, repair.id)).priority, now.warranty_months) == ("high", 6)


async def test_internal_notes_of_an_edit_make_no_event(bench: Bench, actors: Actors, database_url: str) -> None:
    """What the customer cannot see is no news to them (R41)."""
    repair = (await bench.take_in(actors.anna)).repair
    before = rows(database_url, "SELECT count(*) AS n FROM customer_events")
    edit = RepairEdit(repair.version, internal_notes="Paid the deposit in cash.")

    edited = await service.edit_repair(bench.db, actors.tom, repair.id, edit)

    assert edited.internal_notes == "Paid the deposit in cash."
    assert before == rows(database_url, "SELECT count(*) AS n FROM customer_events")


async def test_work_is_given_and_taken_back(bench: Bench, actors: Actors) -> None:
    """A repair is a colleague's, then nobody's; a stranger cannot be given work."""
    repair = (await bench.take_in(actors.anna)).repair

    given = (await service.assign(bench.db, actors.fay, repair.id, actors.tom.id, repair.version)).repair
    taken = (await service.assign(bench.db, actors.fay, repair.id, None, given.version)).repair
    with pytest.raises(InvalidInput):
        await service.assign(bench.db, actors.fay, repair.id, actors.anna.id, taken.version)

    assert given.technician is not None
    assert (given.technician.first_name, given.technician.last_name) == ("Tom", "Berg")
    assert taken.technician is None


async def test_who_has_left_the_shop_is_given_no_work(bench: Bench, actors: Actors, database_url: str) -> None:
    """A disabled colleague cannot be assigned, and keeps their name in the history."""
    repair = await bench.move((await bench.take_in(actors.anna)).repair, Status.DIAGNOSING)
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("UPDATE users SET disabled_at = now() WHERE id = %s", [actors.mia.id])

    with pytest.raises(InvalidInput):
        await service.assign(bench.db, actors.fay, repair.id, actors.mia.id, repair.version)

    labels = await service.labels_in(bench.db, "en")
    async with bench.db.read() as reader:
        items = await service.timeline(reader, actors.anna, labels, repair.id)
    assert [item.actor.name for item in items] == ["Fay Silva", "Mia Sato"]


async def test_an_estimate_in_days_counts_as_late_when_it_is_past(bench: Bench, actors: Actors, db: Database) -> None:
    """Open work past its estimate is late; ended work never is."""
    past = datetime.now(UTC) - timedelta(days=2)
    one = await bench.take_in(actors.anna, estimated_completion=past)

    labels = await service.labels_in(db, "en")
    cancelled = await bench.move(one.repair, Status.CANCELLED)
    async with db.read() as reader:
        after = await service.desk_repair(reader, actors.mia, labels, cancelled.id)

    assert one.is_overdue
    assert not after.is_overdue
