"""Registering: one account an address, the same answer for all, and nothing gained over who reads the mail."""

import asyncio
from typing import Any

import msgspec
import psycopg
import pytest

from revivatech.settings import Settings
from support.mailbox import Mailbox
from support.people import People
from support.serving import Served, serve

pytestmark = pytest.mark.anyio

EMAIL = "nora@newcomers.example"


async def register(served: Served, body: dict[str, Any], **other: object) -> Any:
    """The answer to a registration."""
    return await served.client.post("/api/customer/auth/register", json=body | other)


async def sign_in(served: Served, email: str, password: str) -> Any:
    """The answer to a sign-in."""
    return await served.client.post("/api/customer/auth/login", json={"email": email, "password": password})


def one(served: Served, statement: str, *values: object) -> Any:
    """The first column of the first row."""
    with psycopg.connect(served.settings.database_url) as connection:
        row = connection.execute(statement, values).fetchone()
    return row[0] if row else None


async def test_a_newcomer_registers_confirms_and_signs_in(
    served: Served, mailbox: Mailbox, newcomer: dict[str, Any]
) -> None:
    """From nothing to an account that is confirmed; the terms that were accepted are on record."""
    answer = await register(served, newcomer, phone="+351 210 000 000", language="pt-BR")
    assert answer.status_code == 202
    token = await mailbox.token(EMAIL)
    before = await sign_in(served, EMAIL, newcomer["password"])
    assert before.json()["user"]["emailVerified"] is False

    verified = await served.client.post("/api/customer/auth/verify-email", json={"token": token})
    again = await served.client.post("/api/customer/auth/verify-email", json={"token": token})

    assert verified.status_code == 204
    assert again.status_code == 410
    after = await sign_in(served, EMAIL, newcomer["password"])
    user = after.json()["user"]
    assert (user["emailVerified"], user["firstName"], user["language"]) == (True, "Nora", "pt-BR")
    assert one(served, "SELECT terms_version IS NOT NULL AND terms_accepted_at IS NOT NULL FROM customers")
    assert len(mailbox.mails(EMAIL)) == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"acceptTerms": False}, "acceptTerms"),
        ({"email": "\U00010d50@newcomers.example"}, "email"),
        ({"firstName": " "}, "firstName"),
        ({"firstName": "See https://evil.test"}, "firstName"),
        ({"lastName": "www.evil.test"}, "lastName"),
        ({"phone": "call me"}, "phone"),
        ({"password": "x" * 14}, "password"),
    ],
)
async def test_what_is_wrong_is_named(
    served: Served, newcomer: dict[str, Any], change: dict[str, object], field: str
) -> None:
    """Each wrong field is refused by its name, and nothing is kept of it."""
    answer = await register(served, newcomer | change)

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert one(served, "SELECT count(*) FROM customers") == 0


async def test_r6_every_address_is_answered_alike(
    served: Served, people: People, mailbox: Mailbox, newcomer: dict[str, Any]
) -> None:
    """A new address, one with an account, a counter customer's and a closed one: one answer; a mail says the rest."""
    with psycopg.connect(served.settings.database_url) as connection:
        connection.execute("INSERT INTO customers (email, first_name) VALUES ('counter@x.example', 'Carl')")
        connection.execute("UPDATE customers SET disabled_at = now() WHERE id = %s", [people.ben.id])
    emails = ["new@x.example", people.anna.email.upper(), "counter@x.example", people.ben.email]

    answers = [await register(served, newcomer, email=email) for email in emails]

    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.content for answer in answers}) == 1
    assert len({tuple(sorted(answer.headers)) for answer in answers}) == 1
    await mailbox.quiet()
    told = {mail["recipient"]: mail["subject"] for mail in mailbox.mails()}
    assert "Confirm your e-mail address" in told["new@x.example"]
    assert "You have an account already" in told[people.anna.email]
    assert "Your account at the repair shop" in told["counter@x.example"]
    assert people.ben.email not in told
    assert (await sign_in(served, people.anna.email, people.anna.password)).status_code == 200
    assert (await sign_in(served, people.anna.email, newcomer["password"])).status_code == 401
    assert (await sign_in(served, "counter@x.example", newcomer["password"])).status_code == 401


async def test_r7_one_address_is_one_account_under_race(
    served: Served, mailbox: Mailbox, newcomer: dict[str, Any]
) -> None:
    """Twenty registrations of two spellings at once make one account; the limiter counts both spellings as one."""
    spellings = ["nora@newcomers.example", "NORA@Newcomers.Example"] * 10

    answers = await asyncio.gather(*(register(served, newcomer, email=email) for email in spellings))

    assert {answer.status_code for answer in answers} == {202}
    assert one(served, "SELECT count(*) FROM customers") == 1
    assert (await register(served, newcomer, email="nOrA@newcomers.example")).status_code == 429
    await mailbox.quiet()
    assert len(mailbox.mails(EMAIL)) == 5
    assert one(served, "SELECT count(*) FROM customer_links WHERE used_at IS NULL") == 1


async def test_r14_strangers_gain_nothing_over_who_reads_the_mail(
    served: Served, mailbox: Mailbox, visitor: dict[str, str], newcomer: dict[str, Any]
) -> None:
    """Who registered with another's address, before or after them, loses password and session when it is confirmed.

    No password holds then, for the owner may have read any of the mails; the page leads on to choose one.
    """
    await register(served, newcomer, password="the stranger's own phrase", firstName="Stranger")
    first = await mailbox.token(EMAIL)
    stranger = await sign_in(served, EMAIL, "the stranger's own phrase")
    bearer = {"Authorization": f"Bearer {stranger.json()['accessToken']}"}

    await register(served, newcomer)
    await register(served, newcomer, password="another stranger's own phrase")
    last = await mailbox.token(EMAIL, count=3)
    unproven = await sign_in(served, EMAIL, newcomer["password"])
    dead = await served.client.post("/api/customer/auth/verify-email", json={"token": first})
    led = await served.client.post("/customer/verify-email", headers=visitor, data={"token": last})

    # Until the mail was answered, neither of the two sees what the other has written into the account.
    assert unproven.status_code == 401
    assert dead.status_code == 410
    for password in ("the stranger's own phrase", newcomer["password"], "another stranger's own phrase"):
        assert (await sign_in(served, EMAIL, password)).status_code == 401
    path, _, token = led.headers["location"].partition("?token=")
    assert (led.status_code, path) == (303, "/customer/welcome")
    assert token == await mailbox.token(EMAIL, "Your account at the repair shop")
    body = {"token": token, "password": newcomer["password"]}
    assert (await served.client.post("/api/customer/auth/accept-invitation", json=body)).status_code == 204
    assert (await sign_in(served, EMAIL, newcomer["password"])).json()["user"]["firstName"] == "Nora"
    assert (await served.client.get("/api/customer/profile", headers=bearer)).status_code == 401


async def test_a_shop_may_close_registration(settings: Settings, newcomer: dict[str, Any]) -> None:
    """Then the API refuses by its code, the page says so kindly, and the sign-in page offers none."""
    async with serve(msgspec.structs.replace(settings, registration=False)) as served:
        answer = await register(served, newcomer)
        page = await served.client.get("/customer/register")
        front = await served.client.get("/customer/sign-in")

    assert (answer.status_code, answer.json()["code"]) == (403, "registration_closed")
    assert page.status_code == 200
    assert "invitation" in page.text
    assert "<form" not in page.text.split("<main")[1]
    assert "/customer/register" not in front.text


async def test_a_form_without_scripts_registers(
    served: Served, mailbox: Mailbox, visitor: dict[str, str], newcomer: dict[str, Any]
) -> None:
    """The form keeps what was typed but the password, says what is wrong, and then leads to `look into your mail`."""
    typed = {"email": newcomer["email"], "first_name": "Nora", "last_name": "Nilsen", "password": "passwordpassword"}
    refused = await served.client.post("/customer/register", headers=visitor, data=typed)
    assert refused.status_code == 422
    assert "passwordpassword" not in refused.text
    assert 'value="Nora"' in refused.text
    assert 'id="accept_terms-error"' in refused.text

    taken = await served.client.post(
        "/customer/register",
        headers=visitor,
        data=typed | {"password": newcomer["password"], "accept_terms": "1", "next": "/customer/repairs"},
    )

    assert taken.status_code == 303
    assert taken.headers["location"] == "/customer/register?sent=1&next=/customer/repairs"
    sent = await served.client.get(taken.headers["location"])
    assert "Look into your mail" in sent.text
    link = await mailbox.link(EMAIL)
    opened = await served.client.get(link)
    assert opened.status_code == 200
    assert one(served, "SELECT email_verified_at FROM customers") is None
    token = link.partition("token=")[2]
    done = await served.client.post("/customer/verify-email", headers=visitor, data={"token": token})
    assert (done.status_code, done.headers["location"]) == (303, "/customer/verify-email?done=1")
    assert one(served, "SELECT email_verified_at FROM customers") is not None
    over = await served.client.get(link)
    assert over.status_code == 410


async def test_r15_the_wish_where_to_go_stays_on_site(served: Served, visitor: dict[str, str]) -> None:
    """A next that leads away is dropped by every form that carries one."""
    for evil in ("//evil.test", "/\\evil.test", "https://evil.test", "javascript:alert(1)", "/%09/evil.test"):
        for page in ("register", "forgot-password", "sign-in/link", "sign-in"):
            answer = await served.client.get(f"/customer/{page}", params={"next": evil})
            assert "evil.test" not in answer.text.split("<main")[1]
        asked = await served.client.post(
            "/customer/forgot-password", headers=visitor, data={"email": "a@x.example", "next": evil}
        )
        assert asked.headers["location"] == "/customer/forgot-password?sent=1"
