"""What a person asks of a repair, answered in words."""

from collections.abc import Awaitable, Callable

import psycopg
import pytest

from revivatech.repairs import service
from revivatech.repairs.contracts import Outlook, Repair, Status
from revivatech.repairs.states import ROAD
from support.repairing import Actors, Bench

pytestmark = pytest.mark.anyio

Ask = Callable[[Repair], Awaitable[Outlook]]


@pytest.fixture
def ask(bench: Bench, actors: Actors) -> Ask:
    """The outlook of one of Anna's repairs, with its timeline."""

    async def outlook(repair: Repair) -> Outlook:
        words = await service.words_in(bench.db, "en")
        async with bench.db.read() as reader:
            items = await service.timeline(reader, actors.anna, words, repair.id)
        return service.outlook(repair, words, items)

    return outlook


async def test_each_status_says_where_and_what_next(bench: Bench, actors: Actors, ask: Ask) -> None:
    """Every open status has a sentence and a next step, and fewer steps to come than the one before."""
    repair = (await bench.take_in(actors.anna)).repair
    left = len(ROAD)
    for status in (*ROAD[1:], None):
        outlook = await ask(repair)

        assert outlook.sentence
        assert outlook.next or repair.status is Status.COMPLETED
        assert len(outlook.upcoming) < left
        left = len(outlook.upcoming)
        if status is not None:
            repair = await bench.move(repair, status)
    assert left == 0


async def test_steps_that_were_not_needed_are_named(bench: Bench, actors: Actors, ask: Ask) -> None:
    """A repair under warranty skips quote and approval; they are neither behind it nor to come."""
    repair = (await bench.take_in(actors.anna)).repair

    outlook = await ask(await bench.lead(repair, Status.DIAGNOSING, Status.REPAIRING))

    assert outlook.skipped == (Status.QUOTED, Status.APPROVED)
    assert [step.status for step in outlook.upcoming] == [Status.TESTING, Status.COMPLETED]


async def test_a_cancelled_repair_tells_how_far_it_came(bench: Bench, actors: Actors, ask: Ask) -> None:
    """Nothing is to come; the steps that it made are counted."""
    repair = (await bench.take_in(actors.anna)).repair

    outlook = await ask(await bench.lead(repair, Status.DIAGNOSING, Status.QUOTED, Status.CANCELLED))

    assert (outlook.upcoming, outlook.next, outlook.waiting, outlook.reached) == ((), "", None, 2)


async def test_what_waits_for_the_customer_is_said(bench: Bench, actors: Actors, ask: Ask, database_url: str) -> None:
    """A quote, a device to collect, and a stage that the shop says waits; nothing else does."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("UPDATE repair_stages SET waits_for_customer = true WHERE key = 'waiting_for_parts'")
        connection.execute("UPDATE shop_settings SET address = 'Harbour Street 5'")
    repair = await bench.lead((await bench.take_in(actors.anna)).repair, Status.DIAGNOSING)
    assert (await ask(repair)).waiting is None

    quoted = await bench.move(repair, Status.QUOTED)
    waiting = (await ask(quoted)).waiting
    assert waiting is not None
    assert waiting.kind == "quote"

    parts = await bench.move(await bench.move(quoted, Status.APPROVED), Status.REPAIRING, stage="waiting_for_parts")
    waiting = (await ask(parts)).waiting
    assert waiting is not None
    assert (waiting.kind, waiting.title) == ("stage", "Apple iPhone 13: Waiting for parts")

    done = await bench.lead(parts, Status.TESTING, Status.COMPLETED)
    assert (await ask(done)).waiting is None
    ready = await bench.move(done, Status.COMPLETED, stage="ready_for_pickup")
    waiting = (await ask(ready)).waiting
    assert waiting is not None
    assert waiting.kind == "pickup"
    assert waiting.text == f"Bring the number {ready.repair_number}. Harbour Street 5"
