"""A customer of the counter makes the account theirs, with its repairs."""

from typing import Any
from uuid import UUID

import psycopg
import pytest

from support.desk import DEVICE
from support.mailbox import Mailbox
from support.people import People
from support.serving import Served

pytestmark = pytest.mark.anyio

EMAIL = "carl@counter.example"
SUBJECT = "Your account at the repair shop"
NEW = "a lamp hums over the bench"


async def take_in(served: Served, people: People) -> tuple[str, str]:
    """The ids of a repair and of its customer, who has no password."""
    desk = await served.sign_in(people.fay)
    answer = await served.client.post(
        "/api/staff/repairs",
        headers=desk,
        json=DEVICE | {"customerEmail": EMAIL, "customerFirstName": "Carl", "customerLastName": "Holm"},
    )
    assert answer.status_code == 201, answer.text
    with psycopg.connect(served.settings.database_url) as connection:
        row = connection.execute("SELECT id FROM customers WHERE email = %s", [EMAIL]).fetchone()
    assert row
    return answer.json()["repair"]["id"], str(row[0])


async def invite(served: Served, headers: dict[str, str], customer_id: str | UUID) -> Any:
    """The answer to an invitation."""
    return await served.client.post(f"/api/staff/customers/{customer_id}/invite", headers=headers)


async def test_an_invited_customer_finds_the_repairs(
    served: Served, people: People, mailbox: Mailbox, visitor: dict[str, str]
) -> None:
    """The desk invites; the link's page names the shop, takes a password and leads to the repair of the counter."""
    repair_id, customer_id = await take_in(served, people)
    asked = await invite(served, await served.sign_in(people.fay), customer_id)
    assert asked.status_code == 202
    link = await mailbox.link(EMAIL, SUBJECT)
    with psycopg.connect(served.settings.database_url) as connection:
        shop = connection.execute("SELECT name FROM shop_settings").fetchone()
        lasts = connection.execute("SELECT expires_at - created_at FROM customer_links").fetchone()
    assert shop
    assert lasts
    assert lasts[0].days == 14

    page = await served.client.get(link)
    token = link.partition("token=")[2]
    weak = await served.client.post(
        "/customer/welcome", headers=visitor, data={"token": token, "password": "carl@counter.example"}
    )
    done = await served.client.post("/customer/welcome", headers=visitor, data={"token": token, "password": NEW})
    again = await served.client.post("/customer/welcome", headers=visitor, data={"token": token, "password": NEW})

    assert (page.status_code, weak.status_code, done.status_code, again.status_code) == (200, 422, 303, 410)
    assert "Welcome, Carl" in page.text
    assert shop[0] in page.text
    assert page.headers["referrer-policy"] == "no-referrer"
    login = await served.client.post("/api/customer/auth/login", json={"email": EMAIL, "password": NEW})
    assert login.json()["user"]["emailVerified"] is True
    bearer = {"Authorization": f"Bearer {login.json()['accessToken']}"}
    repairs = await served.client.get("/api/customer/repairs", headers=bearer)
    assert [repair["id"] for repair in repairs.json()["items"]] == [repair_id]


async def test_who_may_invite_and_whom(served: Served, people: People, mailbox: Mailbox) -> None:
    """The front desk and above, and only somebody with an address and without a password; at most five times a day."""
    _, customer_id = await take_in(served, people)
    tom, fay, anna = [await served.sign_in(person) for person in (people.tom, people.fay, people.anna)]
    with psycopg.connect(served.settings.database_url) as connection:
        row = connection.execute("INSERT INTO customers (first_name) VALUES ('Nameless') RETURNING id").fetchone()
    assert row

    assert (await invite(served, tom, customer_id)).status_code == 403
    assert (await invite(served, anna, customer_id)).status_code == 401
    assert (await invite(served, fay, people.tom.id)).status_code == 404
    for whom in (people.anna.id, row[0]):
        refused = await invite(served, fay, whom)
        assert (refused.status_code, refused.json()["code"]) == (409, "not_invitable")
    assert [(await invite(served, fay, customer_id)).status_code for _ in range(6)] == [202] * 5 + [429]
    await mailbox.quiet()
    assert len(mailbox.mails(EMAIL, SUBJECT)) == 5
    with psycopg.connect(served.settings.database_url) as connection:
        living = connection.execute("SELECT count(*) FROM customer_links WHERE used_at IS NULL").fetchone()
    assert living == (1,)


async def test_the_desks_page_offers_it(served: Served, people: People, mailbox: Mailbox) -> None:
    """Beside the customer's name there is a button while they have no password; it says what came of it."""
    repair_id, customer_id = await take_in(served, people)
    fay, tom = await served.sign_in_browser(people.fay), await served.sign_in_browser(people.tom)
    here, act = f"/staff/repairs/{repair_id}", f"/staff/customers/{customer_id}/invite"
    assert act in (await served.client.get(here, headers=fay)).text
    assert act not in (await served.client.get(here, headers=tom)).text

    answer = await served.client.post(act, headers=fay, data={"next": here})

    assert (answer.status_code, answer.headers["location"]) == (303, f"{here}?invited=1")
    assert "The invitation is on its way." in (await served.client.get(answer.headers["location"], headers=fay)).text
    token = await mailbox.token(EMAIL, SUBJECT)
    await served.client.post("/api/customer/auth/accept-invitation", json={"token": token, "password": NEW})
    assert act not in (await served.client.get(here, headers=fay)).text


async def test_a_customer_of_the_counter_may_ask_themselves(served: Served, people: People, mailbox: Mailbox) -> None:
    """Registering, or asking for a new password, sends whoever has no password yet the same invitation."""
    await take_in(served, people)

    await served.client.post("/api/customer/auth/forgot-password", json={"email": EMAIL})
    token = await mailbox.token(EMAIL, SUBJECT)
    answer = await served.client.post("/api/customer/auth/accept-invitation", json={"token": token, "password": NEW})

    assert answer.status_code == 204
    assert (
        await served.client.post("/api/customer/auth/login", json={"email": EMAIL, "password": NEW})
    ).status_code == 200


async def test_r14_a_strangers_registration_does_not_claim_a_repair(
    served: Served, people: People, mailbox: Mailbox
) -> None:
    """Who never confirmed the address loses the account once the shop takes a device in for its owner."""
    body = {"email": EMAIL, "password": "the stranger's own phrase", "firstName": "Stranger", "lastName": ""}
    await served.client.post("/api/customer/auth/register", json=body | {"acceptTerms": True})
    verify = await mailbox.token(EMAIL, "Confirm your e-mail address")
    credentials = {"email": EMAIL, "password": body["password"]}
    login = await served.client.post("/api/customer/auth/login", json=credentials)
    bearer = {"Authorization": f"Bearer {login.json()['accessToken']}"}

    repair_id, _ = await take_in(served, people)

    assert (await served.client.get("/api/customer/repairs", headers=bearer)).status_code == 401
    assert (await served.client.post("/api/customer/auth/login", json=credentials)).status_code == 401
    dead = await served.client.post("/api/customer/auth/verify-email", json={"token": verify})
    assert dead.status_code == 410
    token = await mailbox.token(EMAIL, SUBJECT)
    await served.client.post("/api/customer/auth/accept-invitation", json={"token": token, "password": NEW})
    login = await served.client.post("/api/customer/auth/login", json={"email": EMAIL, "password": NEW})
    bearer = {"Authorization": f"Bearer {login.json()['accessToken']}"}
    repairs = await served.client.get("/api/customer/repairs", headers=bearer)
    assert [repair["id"] for repair in repairs.json()["items"]] == [repair_id]
