"""The pages about people and customers, as forms without any script."""

import re
from uuid import uuid4

import psycopg
import pytest

from support.desk import Desk
from support.people import People
from support.serving import Served

pytestmark = pytest.mark.anyio


async def test_an_admin_invites_and_sees_who_works_here(served: Served, people: People) -> None:
    """The list names everybody; a refused form keeps what was typed, a taken one leads to the person."""
    ada = await served.sign_in_browser(people.ada)
    page = (await served.client.get("/staff/people", headers=ada)).text
    assert all(person.email in page for person in people.staff)
    typed = {"email": "nobody", "first_name": "Nia", "last_name": "", "role": "front_desk", "language": "pt-BR"}
    refused = await served.client.post("/staff/people/invite", headers=ada, data=typed)
    assert refused.status_code == 422
    assert 'value="nobody"' in refused.text
    assert re.search(r'value="front_desk" checked', refused.text)
    for wrong in ({"role": "owner"}, {"role": ""}, {"language": "fr"}):
        odd = await served.client.post(
            "/staff/people/invite", headers=ada, data=typed | {"email": "nia@shop.example"} | wrong
        )
        assert odd.status_code == 422
    taken = await served.client.post("/staff/people/invite", headers=ada, data=typed | {"email": "nia@shop.example"})
    assert taken.status_code == 303
    person = (await served.client.get(taken.headers["location"], headers=ada)).text
    assert "The invitation is on its way to nia@shop.example." in person
    again = await served.client.post("/staff/people/invite", headers=ada, data=typed | {"email": "NIA@shop.example"})
    assert (again.status_code, "Somebody of the shop has this e-mail address already." in again.text) == (409, True)


async def test_closing_asks_who_takes_the_work(served: Served, people: People, desk: Desk) -> None:
    """The form says how many repairs are open; without a choice nothing is closed, with one it is, and reopened."""
    repair = (await desk.take_in(people.anna, technicianId=str(people.tom.id)))["repair"]
    ada = await served.sign_in_browser(people.ada)
    tom = f"/staff/people/{people.tom.id}"
    assert "Who takes 1 open repair over?" in (await served.client.get(tom, headers=ada)).text
    undecided = await served.client.post(f"{tom}/close", headers=ada, data={"hand_over_to": ""})
    assert (undecided.status_code, "Say whose work the open repairs shall be." in undecided.text) == (409, True)
    strange = await served.client.post(f"{tom}/close", headers=ada, data={"hand_over_to": "me"})
    assert strange.status_code == 422
    closed = await served.client.post(f"{tom}/close", headers=ada, data={"hand_over_to": "pool"})
    assert closed.headers["location"] == f"{tom}?said=closed"
    assert (await desk.read(repair["id"]))["repair"]["technician"] is None
    assert "Open it again" in (await served.client.get(tom, headers=ada)).text
    opened = await served.client.post(f"{tom}/reopen", headers=ada)
    assert opened.headers["location"] == f"{tom}?said=reopened"


async def test_r44_the_own_page_has_no_levers_and_the_forms_refuse(served: Served, people: People) -> None:
    """Neither role nor closing is offered for oneself; sent all the same, both are 403 and change nothing."""
    ada = await served.sign_in_browser(people.ada)
    own = f"/staff/people/{people.ada.id}"
    page = (await served.client.get(own, headers=ada)).text
    assert f'action="{own}/' not in page
    for path, data in (("role", {"role": "technician"}), ("close", {"hand_over_to": "pool"}), ("reopen", {})):
        answer = await served.client.post(f"{own}/{path}", headers=ada, data=data)
        assert (answer.status_code, "Another admin must do this." in answer.text) == (403, True), path
    with psycopg.connect(served.settings.database_url) as connection:
        row = connection.execute("SELECT role, disabled_at FROM users WHERE id = %s", [people.ada.id]).fetchone()
    assert row == ("admin", None)


async def test_invitations_are_sent_again_and_withdrawn(served: Served, people: People) -> None:
    """The sixth of a day is refused with when to come again; a withdrawn one can be sent again tomorrow."""
    ada = await served.sign_in_browser(people.ada)
    typed = {"email": "nia@shop.example", "first_name": "Nia", "role": "technician", "language": "en"}
    made = await served.client.post("/staff/people/invite", headers=ada, data=typed)
    nia = made.headers["location"].partition("?")[0]
    again = [await served.client.post(f"{nia}/invite", headers=ada) for _ in range(5)]
    assert [answer.status_code for answer in again] == [303] * 4 + [429]
    assert "Retry-After" in again[-1].headers
    withdrawn = await served.client.post(f"{nia}/withdraw", headers=ada)
    assert withdrawn.headers["location"] == f"{nia}?said=withdrawn"
    tom = f"/staff/people/{people.tom.id}"
    for path in ("invite", "withdraw"):
        joined = await served.client.post(f"{tom}/{path}", headers=ada)
        assert (joined.status_code, "This person has joined already." in joined.text) == (409, True)
    assert (await served.client.post(f"/staff/people/{uuid4()}/invite", headers=ada)).status_code == 404


async def test_the_log_says_it_in_sentences(served: Served, people: People) -> None:
    """In the reader's language; the newest first."""
    ada = await served.sign_in_browser(people.ada)
    await served.client.post(f"/staff/people/{people.tom.id}/role", headers=ada, data={"role": "manager"})
    page = (await served.client.get("/staff/audit", headers=ada)).text
    assert "Ada Novak changed the role of Tom Berg from Technician to Manager." in page


async def test_a_customer_is_found_invited_closed_and_opened(served: Served, people: People, desk: Desk) -> None:
    """By a word of the name; their repairs are on their page, and their log says who looked."""
    await desk.take_in(people.anna)
    fay, mia = await served.sign_in_browser(people.fay), await served.sign_in_browser(people.mia)
    found = (await served.client.get("/staff/customers?q=lind", headers=fay)).text
    assert people.anna.email in found
    assert people.ben.email not in found
    assert people.anna.email not in (await served.client.get("/staff/customers?q=%25", headers=fay)).text
    anna = f"/staff/customers/{people.anna.id}"
    page = (await served.client.get(anna, headers=fay)).text
    assert "Fairphone" in page
    assert "/close" not in page
    assert (await served.client.post(f"{anna}/close", headers=fay)).status_code == 403
    refused = await served.client.post(f"{anna}/invite", headers=fay)
    assert (refused.status_code, "has an account already" in refused.text) == (409, True)
    hers = await served.sign_in(people.anna)
    log = (await served.client.get("/api/customer/activity", headers=hers)).text
    assert "Fay of the shop looked your account up." in log
    closed = await served.client.post(f"{anna}/close", headers=mia)
    assert closed.headers["location"] == f"{anna}?said=closed"
    assert (await served.client.get("/api/customer/profile", headers=hers)).status_code == 401
    opened = await served.client.post(f"{anna}/reopen", headers=mia)
    assert opened.headers["location"] == f"{anna}?said=opened"
    await served.sign_in(people.anna)
