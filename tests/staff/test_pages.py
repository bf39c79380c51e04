"""The desk's pages, as a browser without scripts uses them."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from html import unescape
from uuid import uuid4

import psycopg
import pytest

from revivatech.repairs.contracts import Status
from support.people import People
from support.repairing import Actors, Bench
from support.serving import Served

pytestmark = pytest.mark.anyio


async def page(served: Served, headers: dict[str, str], path: str, status: int = 200) -> str:
    """The page's text, entities read."""
    answer = await served.client.get(path, headers=headers)
    assert answer.status_code == status, answer.text
    return unescape(answer.text)


async def test_the_desk_shows_late_work_first_and_says_so(
    served: Served, people: People, bench: Bench, actors: Actors
) -> None:
    """By estimate, with how late in words; the counts by status are links."""
    now = datetime.now(UTC)
    for days, model in ((2, "soon"), (-3, "late"), (0, "hours")):
        await bench.take_in(actors.anna, device_model=model, estimated_completion=now + timedelta(days=days, hours=-2))
    await bench.lead((await bench.take_in(actors.ben, device_model="gone")).repair, Status.CANCELLED)

    html = await page(served, await served.sign_in_browser(people.tom), "/staff")

    assert html.index("Apple late") < html.index("Apple hours") < html.index("Apple soon")
    assert "3 days late" in html
    assert "2 hours late" in html
    assert html.count("data-late") == 2
    assert "Apple gone" not in html
    assert "3 repairs are open." in html
    assert re.search(r'href="/staff\?view=received"[^>]*>Received\s*<span[^>]*>3</span>', html)
    assert "Take a device in" not in html


async def test_the_list_is_narrowed(served: Served, people: People, bench: Bench, actors: Actors) -> None:
    """By view, whose work, and words; what an address cannot mean is left out."""
    await bench.take_in(actors.anna, device_model="mine", technician_id=actors.tom.id)
    await bench.take_in(actors.ben, device_model="free")
    await bench.lead((await bench.take_in(actors.anna, device_model="gone")).repair, Status.CANCELLED)
    tom = await served.sign_in_browser(people.tom)
    shown: tuple[tuple[str, set[str]], ...] = (
        ("/staff", {"mine", "free"}),
        ("/staff?view=late", set()),
        ("/staff?technician=me", {"mine"}),
        ("/staff?technician=none", {"free"}),
        ("/staff?technician=all&view=open&q=", {"mine", "free"}),
        ("/staff?technician=nonsense&view=nonsense", {"mine", "free"}),
        ("/staff?q=ben+okoro", {"free"}),
        ("/staff?view=cancelled", {"gone"}),
        ("/staff/repairs", {"mine", "free", "gone"}),
        ("/staff/repairs?q=gone", {"gone"}),
    )

    for path, models in shown:
        html = await page(served, tom, path)
        assert (path, set(re.findall(r">Apple (\w+)</a>", html))) == (path, models)


async def test_more_of_the_list_is_a_link(served: Served, people: People, bench: Bench, actors: Actors) -> None:
    """The cursor keeps the view and the search."""
    for number in range(23):
        await bench.take_in(actors.anna, device_model=f"m{number}")
    headers = await served.sign_in_browser(people.tom)

    html = await page(served, headers, "/staff?q=apple")
    more = re.search(r'href="(/staff\?view=open&q=apple&cursor=[^"]+)"', html)

    assert more
    assert len(re.findall(r"<tr id=", await page(served, headers, more[1]))) == 3


async def send(
    served: Served, headers: dict[str, str], path: str, fields: dict[str, object], *, script: bool = False
) -> tuple[int, str]:
    """Status and text (or the address led to) of a form sent, by the page's script or without."""
    more = {"X-Fragment": "work", "HX-Request": "true"} if script else {}
    data = {name: str(value) for name, value in fields.items()}
    answer = await served.client.post(path, headers=headers | more, data=data)
    return answer.status_code, answer.headers.get("location") or unescape(answer.text)


async def test_a_form_moves_the_repair(served: Served, people: People, bench: Bench, actors: Actors) -> None:
    """Without scripts it leads back to the page; with them the block comes back at once."""
    repair = (await bench.take_in(actors.anna)).repair
    headers = await served.sign_in_browser(people.tom)
    path = f"/staff/repairs/{repair.id}"
    fields: dict[str, object] = {
        "to": "diagnosing/diagnosing",
        "version": 1,
        "notes": "We look.",
        "internal_notes": "Wet.",
    }

    status, address = await send(served, headers, f"{path}/status", fields)
    shown = await page(served, headers, address)
    scripted, block = await send(
        served, headers, f"{path}/status", {"to": "repairing/repairing", "version": 2}, script=True
    )

    assert (status, address) == (303, f"{path}?saved=status")
    assert "Saved." in shown
    assert "We look." in shown
    assert "Wet." in shown
    assert scripted == 200
    assert "<html" not in block
    assert 'id="desk-repair"' in block
    assert (await bench.read(actors.anna, repair.id)).status is Status.REPAIRING


@pytest.mark.parametrize("script", [False, True])
async def test_r107_who_was_slower_keeps_what_they_typed(
    served: Served, people: People, bench: Bench, actors: Actors, *, script: bool
) -> None:
    """A 409 that says so, shows the present state and its steps, and holds the texts; the second try then works."""
    repair = (await bench.take_in(actors.anna)).repair
    await bench.lead(repair, Status.DIAGNOSING)
    headers = await served.sign_in_browser(people.tom)
    path = f"/staff/repairs/{repair.id}/status"
    fields: dict[str, object] = {
        "to": "cancelled/cancelled",
        "version": repair.version,
        "notes": "Typed <for> the customer.",
        "internal_notes": "Typed for us.",
        "estimate": "2031-05-06T12:30",
    }

    status, html = await send(served, headers, path, fields, script=script)

    assert status == 409
    assert "Somebody was faster" in html
    assert "It is now: Diagnosing." in html
    assert "Typed <for> the customer." in html
    assert "Typed for us." in html
    assert 'value="2031-05-06T12:30"' in html
    version = re.search(r'name="version" value="(\d+)"', html)
    assert version
    assert int(version[1]) == repair.version + 1
    assert 'value="cancelled/cancelled" checked' in html
    again, _ = await send(served, headers, path, fields | {"version": version[1]})
    assert again == 303


async def test_r108_a_status_sent_twice_is_one_change(
    served: Served, people: People, bench: Bench, actors: Actors
) -> None:
    """The second press of the same form is no quarrel: one entry, one message. Other words are."""
    repair = (await bench.take_in(actors.anna)).repair
    tom = await served.sign_in_browser(people.tom)
    path = f"/staff/repairs/{repair.id}/status"
    fields: dict[str, object] = {"to": "diagnosing/diagnosing", "version": 1, "notes": "We look.", "estimate": ""}

    answers = await asyncio.gather(*(send(served, tom, path, fields) for _ in range(5)))
    other = await send(served, tom, path, fields | {"notes": "We look again."})

    assert {status for status, _ in answers} == {303}
    assert other[0] == 409
    with psycopg.connect(served.settings.database_url) as connection:
        assert connection.execute(
            "SELECT (SELECT count(*) FROM repair_status_history), (SELECT count(*) FROM customer_notifications)"
        ).fetchone() == (2, 2)


async def test_only_steps_that_lead_on_are_offered(
    served: Served, people: People, bench: Bench, actors: Actors
) -> None:
    """The present stage, its sisters, and the first statuses of the table; reopening is offered to managers alone."""
    repair = await bench.lead((await bench.take_in(actors.anna)).repair, Status.DIAGNOSING, Status.CANCELLED)

    def offers(html: str) -> list[str]:
        form = html[html.index('id="to"') :]
        return re.findall(r'name="to" value="(\w+/\w+)"', form[: form.index("</fieldset>")])

    for person, expected in (
        (people.tom, ["cancelled/cancelled"]),
        (people.mia, ["cancelled/cancelled", "received/received"]),
    ):
        html = await page(served, await served.sign_in_browser(person), f"/staff/repairs/{repair.id}")
        assert offers(html) == expected


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({"to": "completed/completed"}, 409, "That step is not possible from here"),
        ({"to": "diagnosing/testing"}, 422, "This status has no such stage."),
        ({"to": "nowhere"}, 422, "Choose what comes next."),
        ({"to": "diagnosing/diagnosing", "estimate": "soon"}, 422, "Give a date such as 2026-01-31"),
        ({"to": "diagnosing/diagnosing", "estimate": "1900-01-01T10:00"}, 422, "between the years 2000 and 2100"),
        ({"to": "diagnosing/diagnosing", "estimate": "2026-01-01T10:00"}, 422, "This time has already passed."),
    ],
)
async def test_a_refused_form_says_why(
    served: Served, people: People, bench: Bench, actors: Actors, fields: dict[str, object], status: int, said: str
) -> None:
    """And keeps what was typed; nothing was stored."""
    repair = (await bench.take_in(actors.anna)).repair
    headers = await served.sign_in_browser(people.tom)

    answered, html = await send(
        served, headers, f"/staff/repairs/{repair.id}/status", fields | {"version": 1, "notes": "Kept."}
    )

    assert answered == status
    assert said in html
    assert "Kept." in html
    for field in re.findall(r'<li><a href="#([^"]+)">', html):
        assert f'id="{field}"' in html, "the summary leads to the field"
    assert repair == await bench.read(actors.anna, repair.id)


async def test_a_quote_asks_for_its_price(served: Served, people: People, bench: Bench, actors: Actors) -> None:
    """Without one the form comes back with its field; with one, in the reader's notation, the page shows it."""
    repair = await bench.lead((await bench.take_in(actors.anna)).repair, Status.DIAGNOSING)
    tom = await served.sign_in_browser(people.tom)
    path = f"/staff/repairs/{repair.id}"
    fields: dict[str, object] = {"to": "quoted/quoted", "version": repair.version, "amount": "", "notes": "Kept."}

    refused, html = await send(served, tom, f"{path}/status", fields)
    quoted, _ = await send(served, tom, f"{path}/status", fields | {"amount": "59,5"})
    # What the field of another step was shown with is no price.
    left, _ = await send(
        served,
        tom,
        f"{path}/status",
        {"to": "approved/approved", "version": repair.version + 1, "amount": "59.50", "amount_was": "59.50"},
    )

    assert (refused, quoted, left) == (422, 303, 303)
    assert '<a href="#amount">' in html
    assert 'id="amount-error"' in html
    assert "Kept." in html
    assert "Price: €59.50" in await page(served, tom, path)


async def test_estimates_are_typed_in_the_viewers_zone(
    served: Served, people: People, bench: Bench, actors: Actors, database_url: str
) -> None:
    """Noon in São Paulo is three in the afternoon in UTC, and is shown as noon again."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("UPDATE users SET timezone = 'America/Sao_Paulo' WHERE id = %s", [people.tom.id])
    repair = (await bench.take_in(actors.anna)).repair
    headers = await served.sign_in_browser(people.tom)
    path = f"/staff/repairs/{repair.id}"

    await send(
        served, headers, f"{path}/status", {"to": "received/received", "version": 1, "estimate": "2031-05-06T12:00"}
    )

    assert (await bench.read(actors.anna, repair.id)).estimated_completion == datetime(2031, 5, 6, 15, tzinfo=UTC)
    assert 'value="2031-05-06T12:00"' in await page(served, headers, path)


async def test_work_is_given_by_the_front_desk_and_taken_by_technicians(
    served: Served, people: People, bench: Bench, actors: Actors
) -> None:
    """A technician has one button; another's id in it is refused."""
    repair = (await bench.take_in(actors.anna)).repair
    tom, fay = await served.sign_in_browser(people.tom), await served.sign_in_browser(people.fay)
    path = f"/staff/repairs/{repair.id}"

    assert "Take it on" in await page(served, tom, path)
    assert "Whose work it is" in await page(served, fay, path)
    assert (await send(served, tom, f"{path}/assign", {"technician": people.mia.id, "version": 1}))[0] == 403
    assert (await send(served, tom, f"{path}/assign", {"technician": people.tom.id, "version": 1}))[0] == 303
    assert (await send(served, fay, f"{path}/assign", {"technician": people.mia.id, "version": 1}))[0] == 409
    assert (await send(served, fay, f"{path}/assign", {"technician": "", "version": 2}))[0] == 303
    assert (await bench.read(actors.anna, repair.id)).technician is None


async def test_prices_are_edited(served: Served, people: People, bench: Bench, actors: Actors) -> None:
    """The total is reckoned; a refused form opens again with what was typed."""
    repair = (await bench.take_in(actors.anna)).repair
    headers = await served.sign_in_browser(people.tom)
    path = f"/staff/repairs/{repair.id}/edit"
    fields: dict[str, object] = {
        "priority": "high",
        "issue_description": "Dark.",
        "warranty_months": 6,
        "parts_cost": "39,90",
    }

    bad, html = await send(served, headers, path, fields | {"version": 1, "labor_cost": "sixty"})
    good, _ = await send(served, headers, path, fields | {"version": 1, "labor_cost": "60"})

    assert (bad, good) == (422, 303)
    assert 'value="sixty"' in html
    assert 'value="39,90"' in html
    assert "Give an amount such as 49.90." in html
    assert str((await bench.read(actors.anna, repair.id)).total_cost) == "99.90"


async def test_a_device_is_taken_in(served: Served, people: People) -> None:
    """By the front desk, once however often the form is sent; technicians have no such page."""
    fay, tom = await served.sign_in_browser(people.fay), await served.sign_in_browser(people.tom)
    form = await page(served, fay, "/staff/repairs/new")
    key = re.search(r'name="key" value="([^"]+)"', form)
    assert key
    fields: dict[str, object] = {
        "key": key[1],
        "customer_first_name": "Nora",
        "customer_email": "nora@customers.example",
        "device_type": "smartphone",
        "device_brand": "Nokia",
        "device_model": "3310",
        "issue_description": "Dark.",
        "priority": "normal",
    }

    passed, told = await send(served, fay, "/staff/repairs/new", fields | {"estimate": "2025-12-01T10:00"})
    lacking, html = await send(served, fay, "/staff/repairs/new", fields | {"device_brand": " "})
    first = await send(served, fay, "/staff/repairs/new", fields)
    second = await send(served, fay, "/staff/repairs/new", fields)

    assert (passed, lacking) == (422, 422)
    assert "This time has already passed. Choose a later one." in told
    assert '<a href="#estimate">' in told
    assert "Enter the brand." in html
    assert 'value="nora@customers.example"' in html
    assert first == second
    assert first[0] == 303
    assert "Nora" in await page(served, fay, first[1])
    assert (await served.client.get("/staff/repairs/new", headers=tom)).status_code == 403


async def test_who_was_here_before_is_found_with_their_devices(
    served: Served, people: People, database_url: str
) -> None:
    """At the counter: a search, the customer, their devices; the repair points at the chosen one and is called so.

    Another customer's device is refused like one that does not exist, and the devices of nobody else are shown.
    """
    with psycopg.connect(database_url) as connection:
        added = (
            "INSERT INTO customer_devices (customer_id, device_type, brand, model, imei) VALUES (%s, %s, %s, %s, %s)"
        )
        connection.execute(added, [people.anna.id, "tablet", "Apple", "iPad Air", "490154203237518"])
        connection.execute(added, [people.ben.id, "watch", "Garmin", "Forerunner", None])
        ids: dict[str, object] = dict(connection.execute("SELECT brand, id FROM customer_devices").fetchall())
    fay = await served.sign_in_browser(people.fay)

    scanned = await page(served, fay, "/staff/repairs/new?q=49-015420-323751-8")
    assert f"?customer={people.anna.id}&device={ids['Apple']}" in scanned.replace("&amp;", "&")
    assert "iPad Air" in scanned
    assert people.ben.first_name not in scanned

    found = await page(served, fay, f"/staff/repairs/new?q={people.anna.first_name}")
    address = f"/staff/repairs/new?customer={people.anna.id}"
    form = await page(served, fay, address)
    key = re.search(r'name="key" value="([^"]+)"', form)
    assert key
    fields: dict[str, object] = {
        "key": key[1],
        "customer_id": people.anna.id,
        "device_id": ids["Apple"],
        "issue_description": "Dark.",
    }
    foreign = await send(served, fay, "/staff/repairs/new", fields | {"device_id": ids["Garmin"]})
    missing = await send(served, fay, "/staff/repairs/new", fields | {"device_id": uuid4()})
    unknown = await send(served, fay, "/staff/repairs/new", fields | {"customer_id": uuid4()})
    nothing = await send(served, fay, "/staff/repairs/new", fields | {"device_id": ""})
    status, there = await send(served, fay, "/staff/repairs/new", fields)
    other_words, refused = await send(served, fay, "/staff/repairs/new", fields | {"issue_description": "Loud."})

    assert f'href="{address}"' in found
    assert str(people.ben.id) not in found
    assert 'name="device_id"' in form
    assert "IMEI 490154203237518" in form
    assert "Garmin" not in form
    assert (foreign[0], missing[0], unknown[0], nothing[0]) == (422, 422, 422, 422)
    assert "This customer has no such device." in foreign[1]
    assert re.sub(r"nonce-[^ ]+|[0-9a-f-]{36}", "", foreign[1]) == re.sub(r"nonce-[^ ]+|[0-9a-f-]{36}", "", missing[1])
    assert status == 303
    desk = await page(served, fay, there)
    assert "Apple iPad Air" in desk
    assert "490154203237518" in desk
    with psycopg.connect(database_url) as connection:
        assert connection.execute("SELECT device_id, device_type FROM repairs").fetchall() == [(ids["Apple"], "tablet")]
        assert connection.execute(
            "SELECT count(*) FROM staff_access_log WHERE customer_id = %s AND object_kind = 'customer'",
            [people.anna.id],
        ).fetchone() == (1,)
    assert other_words == 422
    assert "This form was sent before" in refused
    assert key[1] not in refused


async def test_another_device_is_kept_among_the_customers(served: Served, people: People, database_url: str) -> None:
    """With its IMEI, checked; a device that nobody wants to be kept is not."""
    fay = await served.sign_in_browser(people.fay)
    fields: dict[str, object] = {
        "customer_id": people.anna.id,
        "device_type": "smartphone",
        "device_brand": "Nokia",
        "issue_description": "Dark.",
    }

    wrong, html = await send(served, fay, "/staff/repairs/new", fields | {"imei": "490154203237519", "key": "a"})
    twice = [
        (await send(served, fay, "/staff/repairs/new", fields | {"imei": "49-015420-323751-8", "key": "b"}))[0]
        for _ in range(2)
    ]
    bare = [
        (await send(served, fay, "/staff/repairs/new", fields | numbers))[0]
        # A placeholder is no number (C08).
        for numbers in ({"key": "c"}, {"key": "d", "serial_number": "n/a", "imei": "0" * 15})
    ]

    assert (wrong, twice, bare) == (422, [303, 303], [303, 303])
    assert "look for a typo" in html
    with psycopg.connect(database_url) as connection:
        assert connection.execute("SELECT customer_id, imei FROM customer_devices").fetchall() == [
            (people.anna.id, "490154203237518")
        ]
        assert connection.execute("SELECT device_id IS NULL FROM repairs ORDER BY created_at").fetchall() == [
            (False,),
            (True,),
            (True,),
        ]


async def test_what_is_not_there_is_a_page_that_says_so(served: Served, people: People) -> None:
    """404 for a repair that does not exist, in any form."""
    headers = await served.sign_in_browser(people.mia)
    path = f"/staff/repairs/{uuid4()}"

    await page(served, headers, path, 404)
    fields: dict[str, object] = {"to": "testing/testing", "version": 1}
    assert (await send(served, headers, f"{path}/status", fields))[0] == 404


async def test_the_desk_leads_strangers_to_its_own_form(served: Served, people: People) -> None:
    """Customers, too: the desk is not theirs. The staff's home is the desk."""
    customer = await served.sign_in_browser(people.anna)
    staff = await served.sign_in_browser(people.tom)

    stranger = await served.client.get("/staff", headers=customer)
    home = await served.client.get("/", headers=staff)

    assert (stranger.status_code, stranger.headers["location"]) == (303, "/staff/sign-in")
    assert (home.status_code, home.headers["location"]) == (303, "/staff")
