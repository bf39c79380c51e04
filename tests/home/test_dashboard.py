"""The customer's home, as JSON and as a page."""

import re
from decimal import Decimal
from html import unescape
from typing import Any

import psycopg
import pytest

from revivatech.home import service
from revivatech.repairs.contracts import Status
from support.asking import answer_to
from support.people import People
from support.repairing import Actors, Bench
from support.serving import Served
from support.statements import Statements

pytestmark = pytest.mark.anyio

DONE = (Status.DIAGNOSING, Status.REPAIRING, Status.TESTING, Status.COMPLETED)


async def test_the_figures_are_the_contracts(served: Served, people: People, bench: Bench, actors: Actors) -> None:
    """Money is a number with two decimals, the rate a share of one, the breakdown has every status."""
    await bench.lead((await bench.take_in(actors.anna, repair_cost=Decimal("299.90"))).repair, *DONE)
    headers = await served.sign_in(people.anna)

    answer = await served.client.get("/api/customer/dashboard/stats", headers=headers)

    assert '"averageCost":299.90,' in answer.text
    body = answer.json()
    assert body["avgCompletionTime"] >= 0
    assert body | {"avgCompletionTime": 0} == {
        "totalRepairs": 1,
        "activeRepairs": 0,
        "completedRepairs": 1,
        "cancelledRepairs": 0,
        "successRate": 1.0,
        "averageCost": 299.9,
        "avgCompletionTime": 0,
        "currency": "EUR",
        "statusBreakdown": {status.value: 0 for status in Status} | {"completed": 1},
    }


async def test_figures_of_nothing_are_null(served: Served, people: People) -> None:
    """A new customer has nothing to reckon from."""
    headers = await served.sign_in(people.ben)

    body = (await served.client.get("/api/customer/dashboard/stats", headers=headers)).json()

    assert (body["successRate"], body["averageCost"], body["avgCompletionTime"]) == (None, None, None)


async def test_the_news_go_on_by_cursor(served: Served, people: People, bench: Bench, actors: Actors) -> None:
    """Newest first, each once; a limit or a cursor of no sense is 422."""
    await bench.lead((await bench.take_in(actors.anna)).repair, *DONE)
    headers = await served.sign_in(people.anna)

    async def get(**query: Any) -> Any:
        return await served.client.get("/api/customer/dashboard/activity", headers=headers, params=query)

    first = (await get(limit=3)).json()
    second = (await get(limit=3, cursor=first["nextCursor"])).json()

    statuses = [item["status"] for item in first["items"] + second["items"]]
    assert statuses == ["completed", "testing", "repairing", "diagnosing", "received"]
    assert second["nextCursor"] is None
    assert first["items"][0]["actor"] == {"kind": "staff", "name": "Mia Sato"}
    for query in ({"limit": 0}, {"limit": 101}, {"limit": "x"}, {"cursor": "x"}):
        assert (await get(**query)).status_code == 422


async def test_there_are_no_appointments_yet(served: Served, people: People) -> None:
    """The list has the shape that it will have."""
    headers = await served.sign_in(people.anna)

    answer = await served.client.get("/api/customer/dashboard/appointments", headers=headers)

    assert answer.json() == {"items": [], "nextCursor": None}


@pytest.mark.parametrize("path", ["stats", "activity", "appointments"])
async def test_a_stranger_is_refused(served: Served, path: str) -> None:
    """Nobody's dashboard is nobody's."""
    assert (await served.client.get(f"/api/customer/dashboard/{path}")).status_code == 401


async def test_what_waits_is_apart_from_what_is_under_way(bench: Bench, actors: Actors) -> None:
    """A quote and a device to collect wait for the customer; the rest is under way; what has ended is neither."""
    quoted = await bench.lead((await bench.take_in(actors.anna)).repair, Status.DIAGNOSING, Status.QUOTED)
    done = await bench.lead((await bench.take_in(actors.anna)).repair, *DONE)
    ready = await bench.move(done, Status.COMPLETED, stage="ready_for_pickup")
    collected = await bench.lead((await bench.take_in(actors.anna)).repair, *DONE)
    await bench.move(collected, Status.COMPLETED, stage="collected")
    new = (await bench.take_in(actors.anna)).repair

    overview = await answer_to(bench.db, await service.overview(bench.db, actors.anna))

    assert {one.repair.id for one in overview.waiting} == {quoted.id, ready.id}
    assert [one.repair.id for one in overview.under_way] == [new.id]


async def test_the_overview_costs_one_statement(bench: Bench, actors: Actors, count_statements: Statements) -> None:
    """However much there is to show."""
    for _ in range(8):
        await bench.take_in(actors.anna)
    await service.stats(bench.db, actors.anna, "en")

    with count_statements.watched() as sent:
        await answer_to(bench.db, await service.overview(bench.db, actors.anna))

    assert len(sent) == 1


async def test_the_page_begins_with_what_waits(served: Served, people: People, bench: Bench, actors: Actors) -> None:
    """Greeting, what waits with its button, what is under way, the figures with their charts, the news."""
    await bench.take_in(actors.anna, device_brand="Nokia", device_model="3310")
    await bench.lead((await bench.take_in(actors.anna)).repair, Status.DIAGNOSING, Status.QUOTED)
    for _ in range(2):
        await bench.lead((await bench.take_in(actors.anna, repair_cost=Decimal("20.00"))).repair, *DONE)
    headers = await served.sign_in_browser(people.anna)

    answer = await served.client.get("/customer/dashboard", headers=headers)
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", unescape(answer.text)))

    assert answer.status_code == 200
    order = [
        "Hello, Anna",
        "Please approve the quote",
        "Nokia 3310",
        "Your history",
        "€33.00",
        "Latest updates",
        "No appointment",
    ]
    places = [text.index(part) for part in order]
    assert places == sorted(places)
    assert "2 repairs in progress. 1 needs your attention." in text
    assert answer.text.count('role="img"') >= 4
    assert answer.text.count('data-live="dashboard"') == 3


async def test_a_new_customer_finds_a_friendly_page(served: Served, people: People) -> None:
    """Nothing is there, and every part says what will be."""
    headers = await served.sign_in_browser(people.ben)

    text = (await served.client.get("/customer/dashboard", headers=headers)).text

    assert "No repairs yet" in text
    assert "No updates yet" in text
    assert "Nothing needs your attention." in text


async def test_a_fragment_is_the_content_alone(served: Served, people: People) -> None:
    """The page's script gets all live parts in one answer, without the frame."""
    headers = await served.sign_in_browser(people.ben)

    text = (await served.client.get("/customer/dashboard", headers=headers | {"X-Fragment": "content"})).text

    assert all(mark in text for mark in ("Hello", "Your history", "Latest updates"))
    assert "<html" not in text


async def test_notes_and_estimates_are_news_by_name(
    served: Served, people: People, bench: Bench, actors: Actors, database_url: str
) -> None:
    """An entry that moved nothing says what it is."""
    repair = await bench.move((await bench.take_in(actors.anna)).repair, Status.DIAGNOSING)
    await bench.move(repair, Status.DIAGNOSING, notes="A part is rare.")
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(
            """
            INSERT INTO repair_status_history
              (repair_id, customer_id, status, stage, changed_by_kind, estimated_completion)
            SELECT id, customer_id, status, stage, 'system', now() FROM repairs
            """
        )
    headers = await served.sign_in_browser(people.anna)

    text = (await served.client.get("/customer/dashboard", headers=headers)).text

    assert "Apple iPhone 13: a note" in text
    assert "Apple iPhone 13: a new estimate" in text
