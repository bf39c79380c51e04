"""A customer's pages of repairs, as a browser without scripts gets them."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from html import unescape
from uuid import uuid4

import psycopg
import pytest

from revivatech.repairs import service
from revivatech.repairs.contracts import RepairEdit, Status
from support.mailbox import Mailbox
from support.people import People
from support.repairing import Actors, Bench
from support.serving import Served
from support.statements import Statements

pytestmark = pytest.mark.anyio


async def page(served: Served, headers: dict[str, str], path: str, status: int = 200) -> str:
    """The page's text, entities read."""
    answer = await served.client.get(path, headers=headers)
    assert answer.status_code == status, answer.text
    return unescape(answer.text)


def labels(html: str) -> str:
    """What a person reads, in one line."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


async def test_the_page_answers_the_five_questions(
    served: Served, people: People, bench: Bench, actors: Actors
) -> None:
    """Where is it, what comes next, when is it ready, what does it cost, does anything wait for me."""
    repair = (await bench.take_in(actors.anna)).repair
    repair = await bench.lead(repair, Status.DIAGNOSING, Status.REPAIRING)
    ready = datetime(2031, 3, 4, 15, tzinfo=UTC)
    repair = await bench.move(repair, Status.TESTING, estimated_completion=ready, notes="New screen fitted.")
    await service.edit_repair(bench.db, actors.tom, repair.id, RepairEdit(repair.version, labor_cost=Decimal("60.00")))

    html = await page(served, await served.sign_in_browser(people.anna), f"/customer/repairs/{repair.id}")
    text = labels(html)

    assert "The repair is done and we're testing it. Next, we'll tell you when it's ready to collect." in text
    assert "4 Mar" in text
    assert "€60.00" in text
    assert "Nothing to do" in text
    assert text.index("Nothing to do") < text.index("New screen fitted.")
    assert "not needed" in text
    assert f'data-live="repair:{repair.id}"' in html


async def test_a_finished_repair_says_until_when_it_is_warranted(
    served: Served, people: People, bench: Bench, actors: Actors, database_url: str
) -> None:
    """The last day of the month counts where the month is shorter, and a day of another year has its year."""
    steps = (Status.DIAGNOSING, Status.REPAIRING, Status.TESTING, Status.COMPLETED)
    repair = await bench.lead((await bench.take_in(actors.anna)).repair, *steps)
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(
            "UPDATE repairs SET warranty_months = 6, actual_completion = '2023-08-31 12:00Z' WHERE id = %s", [repair.id]
        )

    text = labels(await page(served, await served.sign_in_browser(people.anna), f"/customer/repairs/{repair.id}"))

    assert "Warranty until 29 Feb 2024" in text
    assert "Finished on Thu 31 Aug 2023" in text


async def test_what_waits_comes_first(served: Served, people: People, bench: Bench, actors: Actors) -> None:
    """A quote stands above everything else of the page."""
    repair = await bench.lead((await bench.take_in(actors.anna)).repair, Status.DIAGNOSING, Status.QUOTED)

    text = labels(await page(served, await served.sign_in_browser(people.anna), f"/customer/repairs/{repair.id}"))

    assert text.index("Please approve the quote") < text.index("We've found the problem")


async def test_the_list_filters_searches_and_goes_on_without_scripts(
    served: Served, people: People, bench: Bench, actors: Actors
) -> None:
    """Links for each status, a search form, a link to more; what was searched stays in the field."""
    for number in range(22):
        # No repair's number has a U.
        await bench.take_in(actors.anna, device_model=f"Model U{number:02}")
    await bench.lead((await bench.take_in(actors.anna)).repair, Status.CANCELLED)
    headers = await served.sign_in_browser(people.anna)

    html = await page(served, headers, "/customer/repairs")
    more = re.search(r'href="(/customer/repairs\?cursor=[^"]+)"', html)
    assert more
    rest = await page(served, headers, more[1])
    cancelled = await page(served, headers, "/customer/repairs?status=cancelled")
    found = await page(served, headers, "/customer/repairs?q=model+u07&sort=createdAt&status=")
    nothing = await page(served, headers, "/customer/repairs?q=%25%25")

    assert (html.count('class="repair-row'), rest.count('class="repair-row')) == (20, 3)
    assert cancelled.count('class="repair-row') == 1
    assert found.count('class="repair-row') == 1
    assert 'value="model u07"' in found
    assert "No repair matches" in nothing
    assert "Received 22" in labels(html)


async def test_a_new_customer_is_told_what_will_be_here(served: Served, people: People) -> None:
    """An empty list says what will appear."""
    html = await page(served, await served.sign_in_browser(people.ben), "/customer/repairs")

    assert "No repairs yet" in html


async def test_a_fragment_is_the_block_alone(served: Served, people: People, bench: Bench, actors: Actors) -> None:
    """The page's script gets the list without its frame; an unknown block gets the whole page."""
    await bench.take_in(actors.anna)
    headers = await served.sign_in_browser(people.anna)

    block = await page(served, headers | {"X-Fragment": "list"}, "/customer/repairs")
    whole = await page(served, headers | {"X-Fragment": "no_such_block"}, "/customer/repairs")

    assert 'id="repair-list"' in block
    assert "<html" not in block
    assert "<html" in whole


async def test_r40_anothers_page_is_not_there(served: Served, people: People, bench: Bench, actors: Actors) -> None:
    """Somebody else's repair, none, and a name that only looks like a file: 404, and nobody's data (R47)."""
    repair = (await bench.take_in(actors.anna)).repair
    headers = await served.sign_in_browser(people.ben)

    for path in (str(repair.id), str(uuid4()), f"{repair.id}.css", "x.css"):
        text = await page(served, headers, f"/customer/repairs/{path}", 404)
        assert repair.repair_number not in text


async def test_who_is_not_signed_in_is_led_to_the_form(served: Served) -> None:
    """And back to the page afterwards."""
    answer = await served.client.get("/customer/repairs?status=quoted", headers={"Sec-Fetch-Site": "none"})

    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/customer/sign-in?next=/customer/repairs")


async def test_in_the_customers_language(served: Served, people: People, bench: Bench, actors: Actors) -> None:
    """Stages and dates follow the language that the reader has chosen."""
    await bench.move((await bench.take_in(actors.anna)).repair, Status.DIAGNOSING)
    headers = await served.sign_in_browser(people.anna)
    headers["Cookie"] += "; language=pt-BR"

    html = await page(served, headers, "/customer/repairs")

    assert '<html lang="pt-BR"' in html
    assert "Em diagnóstico" in html


async def test_pages_cost_few_statements(
    served: Served,
    people: People,
    bench: Bench,
    actors: Actors,
    count_statements: Statements,
) -> None:
    """One, frame and all, beside the session's, however many repairs there are."""
    for _ in range(12):
        repair = (await bench.take_in(actors.anna)).repair
    headers = await served.sign_in_browser(people.anna)
    await page(served, headers, "/customer/repairs?q=warm")
    await Mailbox(served).quiet()

    for path in ("/customer/repairs", f"/customer/repairs/{repair.id}"):
        with count_statements.watched() as sent:
            await page(served, headers, path)
        own = [text for text in sent if "repairs" in text or "repair_status_history" in text]
        assert len(own) == 1, sent
        assert len(sent) <= 2, sent

        with count_statements.watched() as again:
            await page(served, headers, path)
        assert not [text for text in again if "repair" in text]
