"""Signing in by a link in a mail."""

import asyncio
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
import psycopg
import pytest

from revivatech.settings import Settings
from support.mailbox import Mailbox
from support.people import PASSWORD_HASH, People
from support.serving import Served, serve

pytestmark = pytest.mark.anyio

SUBJECT = "Your link to sign in"


async def ask(served: Served, email: str) -> Any:
    """The answer to the wish for a link."""
    return await served.client.post("/api/customer/auth/sign-in-link", json={"email": email})


async def use(served: Served, token: str) -> Any:
    """The answer to the link."""
    return await served.client.post("/api/customer/auth/sign-in-link/use", json={"token": token})


def run(served: Served, statement: str, *values: object) -> None:
    """Change the database."""
    with psycopg.connect(served.settings.database_url) as connection:
        connection.execute(statement, values)


async def test_a_link_signs_a_program_in_once(served: Served, people: People, mailbox: Mailbox) -> None:
    """The answer is a login's; of two uses at once one gets it, and after that it is over."""
    assert (await ask(served, people.anna.email.upper())).status_code == 202
    token = await mailbox.token(people.anna.email, SUBJECT)

    answers = await asyncio.gather(use(served, token), use(served, token))

    assert sorted(answer.status_code for answer in answers) == [200, 410]
    body = next(answer.json() for answer in answers if answer.status_code == 200)
    assert set(body) == {"accessToken", "refreshToken", "expiresIn", "user"}
    assert body["user"]["id"] == str(people.anna.id)


async def test_a_link_signs_a_browser_in_and_leads_on(
    served: Served, people: People, mailbox: Mailbox, visitor: dict[str, str]
) -> None:
    """Asked for from a page that wanted a sign-in, it asks before it acts and leads to that page."""
    asked = await served.client.post(
        "/customer/sign-in/link", headers=visitor, data={"email": people.anna.email, "next": "/customer/repairs"}
    )
    assert asked.headers["location"] == "/customer/sign-in/link?sent=1&next=/customer/repairs"
    link = await mailbox.link(people.anna.email, SUBJECT)
    query = parse_qs(urlsplit(link).query)
    assert query["next"] == ["/customer/repairs"]

    page = await served.client.get(link, headers=visitor)
    assert page.headers["referrer-policy"] == "no-referrer"
    assert "set-cookie" not in page.headers
    form = {"token": query["token"][0], "next": "/customer/repairs"}
    entered = await served.client.post("/customer/sign-in/link", headers=visitor, data=form)

    assert (entered.status_code, entered.headers["location"]) == (303, "/customer/repairs")
    cookies = "; ".join(line.partition(";")[0] for line in entered.headers.get_list("set-cookie"))
    served.client.cookies.clear()
    inside = await served.client.get("/customer/repairs", headers=visitor | {"Cookie": cookies})
    assert inside.status_code == 200
    again = await served.client.post("/customer/sign-in/link", headers=visitor, data=form)
    assert again.status_code == 410


async def test_a_link_lives_a_quarter_of_an_hour(served: Served, people: People, mailbox: Mailbox) -> None:
    """After 16 minutes it is over."""
    await ask(served, people.anna.email)
    token = await mailbox.token(people.anna.email, SUBJECT)
    run(
        served,
        "UPDATE customer_links SET created_at = created_at - interval '16 minutes', "
        "expires_at = expires_at - interval '16 minutes'",
    )

    assert (await use(served, token)).status_code == 410


async def test_a_second_factor_is_asked_here_too(
    served: Served, people: People, mailbox: Mailbox, visitor: dict[str, str]
) -> None:
    """A mailbox is one factor: where a second one is on, a challenge comes and no session."""
    run(served, "UPDATE customers SET two_factor_enabled = true WHERE id = %s", people.anna.id)
    await ask(served, people.anna.email)
    answer = await use(served, await mailbox.token(people.anna.email, SUBJECT))
    await ask(served, people.anna.email)
    token = await mailbox.token(people.anna.email, SUBJECT, count=2)
    entered = await served.client.post("/customer/sign-in/link", headers=visitor, data={"token": token})

    assert answer.json()["twoFactorRequired"] is True
    assert set(answer.json()) == {"twoFactorRequired", "challengeToken"}
    assert entered.headers["location"] == "/customer/sign-in/second-step"
    with psycopg.connect(served.settings.database_url) as connection:
        assert connection.execute("SELECT count(*) FROM customer_sessions").fetchone() == (0,)


async def test_an_unconfirmed_password_does_not_become_good_by_a_link(served: Served, mailbox: Mailbox) -> None:
    """Who has not confirmed the address yet is sent the link that does, and is not signed in by mail."""
    run(
        served,
        "INSERT INTO customers (email, first_name, password_hash) VALUES ('new@x.example', 'Nora', %s)",
        PASSWORD_HASH,
    )

    assert (await ask(served, "new@x.example")).status_code == 202

    await mailbox.wait("new@x.example", "Confirm your e-mail address")
    await mailbox.quiet()
    assert mailbox.mails("new@x.example", SUBJECT) == []


async def test_r5_everybody_is_answered_alike(served: Served, people: People, mailbox: Mailbox) -> None:
    """An account, nobody and a closed account: one answer; five mails a day at most."""
    run(served, "UPDATE customers SET disabled_at = now() WHERE id = %s", people.ben.id)

    answers = [await ask(served, email) for email in (people.anna.email, "nobody@x.example", people.ben.email)]
    for _ in range(6):
        await ask(served, people.anna.email)

    assert len({(answer.status_code, answer.content) for answer in answers}) == 1
    await mailbox.quiet()
    assert len(mailbox.mails(people.anna.email, SUBJECT)) == 5
    assert mailbox.mails(people.ben.email) == []


async def test_a_shop_may_switch_it_off(settings: Settings, people: People) -> None:
    """Then it is not offered, not asked for, and a link from before does not work."""
    async with serve(settings) as served:
        mailbox = Mailbox(served)
        await ask(served, people.anna.email)
        token = await mailbox.token(people.anna.email, SUBJECT)
    async with serve(msgspec.structs.replace(settings, sign_in_links=False)) as served:
        asked, used = await ask(served, people.anna.email), await use(served, token)
        front = await served.client.get("/customer/sign-in")
        page = await served.client.get("/customer/sign-in/link")

    assert (asked.status_code, asked.json()["code"]) == (403, "sign_in_links_off")
    assert used.status_code == 403
    assert "/customer/sign-in/link" not in front.text
    assert page.status_code == 403
