"""How to reach a customer is for colleagues who may read customers: a technician sees the name alone."""

import psycopg
import pytest

from support.crawling import crawl
from support.desk import Desk, open_desk
from support.listening import listening
from support.people import People
from support.serving import Served

pytestmark = pytest.mark.anyio

PHONE = "+353 1 555 0177"


@pytest.fixture(autouse=True)
def _phone(people: People, database_url: str) -> None:
    """Anna has a phone number."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("UPDATE customers SET phone = %s WHERE id = %s", [PHONE, people.anna.id])


@pytest.fixture
async def desk(served: Served, people: People) -> Desk:
    """The shop's desk."""
    return await open_desk(served, people)


def contact(people: People) -> tuple[str, ...]:
    """Return what no technician may read."""
    return (people.anna.email, PHONE, PHONE.replace(" ", ""))


async def test_no_page_or_call_tells_a_technician_how_to_reach_a_customer(
    served: Served, people: People, desk: Desk
) -> None:
    """All that Tom can read of the desk names Anna and has neither her email nor her phone; Fay reads both."""
    repair_id = (await desk.take_in(people.anna))["repair"]["id"]
    await desk.move(repair_id, "diagnosing", internalNotes="Looking.")
    ids = {"repair_id": repair_id, "customer_id": str(people.anna.id), "user_id": str(people.fay.id)}
    ids |= dict.fromkeys(("passkey_id", "session_id"), repair_id)
    tom, fay = await served.sign_in_browser(people.tom), await served.sign_in_browser(people.fay)
    token = await served.sign_in(people.tom)

    pages = await crawl(served, tom, ids, below=["/staff"], but="/staff/account")
    calls = await crawl(served, token, ids, below=["/api/staff"])
    told = [
        (address, secret)
        for address, answer in (pages | calls).items()
        for secret in contact(people)
        if secret in answer.text
    ]

    assert told == []
    assert sum(people.anna.name in answer.text for answer in (pages | calls).values()) >= 4
    page = f"/staff/repairs/{repair_id}"
    assert "The front desk has their contact details." in pages[page].text
    fays = (await served.client.get(page, headers=fay)).text
    assert people.anna.email in fays
    assert PHONE in fays
    assert "The front desk has" not in fays


async def test_no_change_or_socket_tells_a_technician_how_to_reach_a_customer(
    served: Served, people: People, desk: Desk
) -> None:
    """The answers to his own changes, a conflict's present state, and what his socket hears."""
    repair_id = (await desk.take_in(people.anna))["repair"]["id"]
    tom = await served.sign_in(people.tom)
    path = f"/api/staff/repairs/{repair_id}"
    texts = []
    async with listening(served.url, tom["Authorization"].removeprefix("Bearer ")) as socket:
        for method, where, body in (
            ("PATCH", path, {"version": 1, "priority": "high"}),
            ("POST", f"{path}/assign", {"version": 2, "technicianId": str(people.tom.id)}),
            ("POST", f"{path}/status", {"version": 3, "status": "diagnosing"}),
            ("POST", f"{path}/status", {"version": 3, "status": "diagnosing"}),
        ):
            answer = await served.client.request(method, where, headers=tom, json=body)
            assert answer.status_code in {200, 409}, answer.text
            texts.append(answer.text)
        await socket.until(lambda: len(socket.named("repair:updated")) >= 3)
        texts.append(repr(socket.packets))

    assert [text for text in texts if any(secret in text for secret in contact(people))] == []
    changed = await served.client.patch(path, headers=desk.headers, json={"version": 4, "priority": "low"})
    assert (changed.json()["customerEmail"], changed.json()["customerPhone"]) == (people.anna.email, PHONE)


async def test_a_technician_finds_no_repair_by_email_or_phone(served: Served, people: People, desk: Desk) -> None:
    """A search that finds nothing for him confirms nothing; by the name he finds what Fay finds."""
    await desk.take_in(people.anna)
    tom, fay = await served.sign_in(people.tom), await served.sign_in(people.fay)
    browser = await served.sign_in_browser(people.tom)

    for text, is_name in ((people.anna.email, False), ("customers.example", False), (PHONE, False), ("Lind", True)):
        found = [
            len((await served.client.get("/api/staff/repairs", params={"q": text}, headers=who)).json()["items"])
            for who in (tom, fay)
        ]
        page = await served.client.get("/staff/repairs", params={"q": text}, headers=browser)
        assert found == [int(is_name), 1], text
        assert (people.anna.name in page.text) == is_name, text
