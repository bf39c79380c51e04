"""A colleague's forgotten or changed password: R3, R5, R8 and R122 for staff."""

import asyncio
import re
from uuid import UUID

import psycopg
import pytest

from support.people import People, Person
from support.serving import SAME_ORIGIN, Served
from support.waiting import until_true

pytestmark = pytest.mark.anyio

NEW = "a harbour of seven lanterns"


def mails(served: Served, recipient: str) -> list[tuple[str, str]]:
    """Subject and text of what that address was sent, the oldest first."""
    with psycopg.connect(served.settings.database_url) as connection:
        return connection.execute(
            "SELECT subject, text_body FROM kept_mails WHERE recipient = %s ORDER BY created_at, id", [recipient]
        ).fetchall()


def unanswered(served: Served) -> int:
    """How many wishes wait for a job."""
    with psycopg.connect(served.settings.database_url) as connection:
        row = connection.execute("SELECT count(*) FROM staff_reset_requests").fetchone()
    assert row
    return int(row[0])


async def ask(served: Served, email: str) -> tuple[int, bytes]:
    """What the call answers, once its wish was looked at."""
    answer = await served.client.post("/api/staff/auth/forgot-password", json={"email": email})
    await until_true(lambda: unanswered(served) == 0)
    return answer.status_code, answer.content


async def token_for(served: Served, person: Person) -> str:
    """The token of the link that the person gets by mail."""
    before = len(mails(served, person.email))
    await ask(served, person.email)
    await until_true(lambda: len(mails(served, person.email)) > before)
    link = re.search(r"/staff/reset-password\?token=([\w=-]+)", mails(served, person.email)[-1][1])
    assert link
    return link[1]


async def reset(served: Served, token: str, password: str = NEW) -> int:
    """How the call answers."""
    answer = await served.client.post("/api/staff/auth/reset-password", json={"token": token, "password": password})
    return answer.status_code


async def test_r5_asking_tells_nobody_who_works_here(served: Served, people: People) -> None:
    """The same answer for a colleague, a customer, a stranger and a closed account; only the colleague gets mail."""
    with psycopg.connect(served.settings.database_url) as connection:
        connection.execute("UPDATE users SET disabled_at = now() WHERE id = %s", [people.fay.id])
    asked = (people.tom.email.upper(), people.anna.email, "stranger@nowhere.example", people.fay.email)
    answers = [await ask(served, email) for email in asked]

    assert set(answers) == {(202, answers[0][1])}
    await until_true(lambda: mails(served, people.tom.email))
    assert [mails(served, email) for email in (people.anna.email, asked[2], people.fay.email)] == [[], [], []]


async def test_r8_the_link_works_once_and_ends_every_session(served: Served, people: People) -> None:
    """Two at once: one wins. Nobody is signed in by it; sessions of before are over, the owner is told."""
    before = await served.sign_in(people.tom)
    token = await token_for(served, people.tom)
    assert await reset(served, token, "short") == 422
    outcomes = await asyncio.gather(*(reset(served, token) for _ in range(2)))

    assert sorted(outcomes) == [204, 410]
    assert await reset(served, token) == 410
    assert (await served.client.get("/api/staff/profile", headers=before)).status_code == 401
    old = {"email": people.tom.email, "password": people.tom.password}
    assert (await served.client.post("/api/staff/auth/login", json=old)).status_code == 401
    await served.sign_in(Person(people.tom.id, people.tom.email, "staff", "Tom", "Berg", NEW))
    await until_true(lambda: len(mails(served, people.tom.email)) == 2)


async def test_r8_the_link_ends_with_the_hour_a_newer_one_or_a_changed_password(served: Served, people: People) -> None:
    """None of the three opens anything."""
    first = await token_for(served, people.tom)
    second = await token_for(served, people.tom)
    assert await reset(served, first) == 410
    with psycopg.connect(served.settings.database_url) as connection:
        connection.execute(
            "UPDATE staff_links SET created_at = created_at - interval '61 minutes', "
            "expires_at = expires_at - interval '61 minutes'"
        )
    assert await reset(served, second) == 410
    third = await token_for(served, people.fay)
    changed = await served.client.put(
        "/api/staff/profile/password",
        headers=await served.sign_in(people.fay),
        json={"currentPassword": people.fay.password, "password": NEW},
    )
    assert changed.status_code == 204, changed.text
    assert await reset(served, third) == 410


async def test_r18_a_customers_link_is_none_of_a_colleague(served: Served, people: People) -> None:
    """Made for one half of the portal, a text opens nothing in the other."""
    token = await token_for(served, people.tom)
    for path in ("/api/customer/auth/reset-password", "/api/customer/auth/verify-email"):
        answer = await served.client.post(path, json={"token": token, "password": NEW})
        assert answer.status_code in {404, 405, 410, 422}, path
    invitation = {**SAME_ORIGIN, "Origin": served.url}
    form = {"token": token, "password": NEW, "password_again": NEW}
    assert (await served.client.post("/staff/welcome", headers=invitation, data=form)).status_code == 410
    assert await reset(served, token) == 204


async def test_r122_nobody_is_pestered(served: Served, people: People) -> None:
    """A hundred wishes for one address are at most five mails in a day."""
    answers = [
        (await served.client.post("/api/staff/auth/forgot-password", json={"email": people.tom.email})).status_code
        for _ in range(100)
    ]
    await until_true(lambda: unanswered(served) == 0)

    assert set(answers) <= {202, 429}
    with psycopg.connect(served.settings.database_url) as connection:
        row = connection.execute("SELECT count(*) FROM account_mails WHERE user_id = %s", [people.tom.id]).fetchone()
    assert row
    assert row[0] == 5


async def test_r3_changing_needs_the_password_and_ends_the_others(served: Served, people: People) -> None:
    """Without it 403 and all stays; with it the other sessions end, this one goes on, and a mail says so."""
    here, there = await served.sign_in(people.tom), await served.sign_in(people.tom)
    wrong = await served.client.put(
        "/api/staff/profile/password", headers=here, json={"currentPassword": "not it", "password": NEW}
    )
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (403, "currentPassword")
    assert (await served.client.get("/api/staff/profile", headers=there)).status_code == 200
    right = await served.client.put(
        "/api/staff/profile/password",
        headers=here,
        json={"currentPassword": people.tom.password, "password": NEW},
    )
    assert right.status_code == 204
    assert (await served.client.get("/api/staff/profile", headers=there)).status_code == 401
    assert (await served.client.get("/api/staff/profile", headers=here)).status_code == 200
    await until_true(lambda: len(mails(served, people.tom.email)) == 1)


async def test_r2_own_and_common_passwords_are_refused(served: Served, people: People) -> None:
    """Whatever the way: joining, resetting, changing."""
    tom = await served.sign_in(people.tom)
    token = await token_for(served, people.tom)
    for password in ("passwordpassword", "tom.berg@shop.example", "revivatech2026!!"):
        changed = await served.client.put(
            "/api/staff/profile/password",
            headers=tom,
            json={"currentPassword": people.tom.password, "password": password},
        )
        again = await served.client.post("/api/staff/auth/reset-password", json={"token": token, "password": password})
        assert [one.status_code for one in (changed, again)] == [422, 422], password
        assert again.json()["code"] == "password_blocklisted"


async def test_the_pages_do_the_same_without_scripts(served: Served, people: People) -> None:
    """Asked, followed, chosen, signed in; each refusal comes back with its form and without a password."""
    browser = {**SAME_ORIGIN, "Origin": served.url}
    assert (await served.client.get("/staff/forgot-password")).status_code == 200
    odd = await served.client.post("/staff/forgot-password", headers=browser, data={"email": "nobody"})
    assert (odd.status_code, 'value="nobody"' in odd.text) == (422, True)
    asked = await served.client.post("/staff/forgot-password", headers=browser, data={"email": people.tom.email})
    assert asked.headers["location"] == "/staff/forgot-password?asked=1"
    await until_true(lambda: mails(served, people.tom.email))
    link = re.search(r"http\S+/staff/reset-password\?token=[\w=-]+", mails(served, people.tom.email)[-1][1])
    assert link
    page = await served.client.get(link[0])
    assert (page.status_code, page.headers["Referrer-Policy"]) == (200, "no-referrer")
    form = {"token": link[0].partition("token=")[2], "password": NEW, "password_again": "other"}
    unlike = await served.client.post("/staff/reset-password", headers=browser, data=form)
    assert (unlike.status_code, NEW in unlike.text) == (422, False)
    done = await served.client.post("/staff/reset-password", headers=browser, data=form | {"password_again": NEW})
    assert done.headers["location"] == "/staff/sign-in?reset=1"
    assert (await served.client.get(link[0])).status_code == 410

    tom = await served.sign_in_browser(Person(UUID(int=0), people.tom.email, "staff", "Tom", "Berg", NEW))
    assert (await served.client.get("/staff/account/password", headers=tom)).status_code == 200
    again = {"current_password": "wrong", "password": NEW + "!", "password_again": NEW + "!"}
    refused = await served.client.post("/staff/account/password", headers=tom, data=again)
    assert (refused.status_code, NEW in refused.text) == (403, False)
    taken = await served.client.post("/staff/account/password", headers=tom, data=again | {"current_password": NEW})
    assert taken.headers["location"] == "/staff/account/password?saved=1"
