"""What else keeps sessions safe: notices, ends of all others, sockets, browsers, logs."""

import asyncio
import json
from typing import Any

import httpx
import psycopg
import pytest

from support.factors import challenge, mails_to, second_step, turn_on
from support.listening import listening
from support.people import People, Person
from support.serving import SAME_ORIGIN, Served

pytestmark = pytest.mark.anyio


async def sign_in(served: Served, person: Person) -> dict[str, Any]:
    """The tokens of a new session."""
    answer = await served.client.post(
        f"/api/{person.realm}/auth/login", json={"email": person.email, "password": person.password}
    )
    assert answer.status_code == 200
    tokens: dict[str, Any] = answer.json()
    return tokens


def bearer(tokens: dict[str, Any]) -> dict[str, str]:
    """The header of that session."""
    return {"Authorization": f"Bearer {tokens['accessToken']}"}


async def test_r22_the_owner_is_told_of_a_reuse(served: Served, people: People) -> None:
    """By mail, once, however often the stolen token is shown; two sign-ins of one second do not collide."""
    first, second = await asyncio.gather(sign_in(served, people.anna), sign_in(served, people.anna))
    assert first["refreshToken"] != second["refreshToken"]
    for tokens in (first, second):
        answer = await served.client.post("/api/customer/auth/refresh", json={"refreshToken": tokens["refreshToken"]})
        assert answer.status_code == 200
    with psycopg.connect(served.settings.database_url) as connection:
        connection.execute("UPDATE customer_refresh_tokens SET replaced_at = replaced_at - interval '1 minute'")
    for _ in range(3):
        answer = await served.client.post("/api/customer/auth/refresh", json={"refreshToken": first["refreshToken"]})
        assert answer.status_code == 401
    assert await mails_to(served, people.anna) == ["session_reuse"]


async def test_r22_staff_are_told_too(served: Served, people: People) -> None:
    """The desk's sessions are families as well."""
    tokens = await sign_in(served, people.tom)
    await served.client.post("/api/staff/auth/refresh", json={"refreshToken": tokens["refreshToken"]})
    with psycopg.connect(served.settings.database_url) as connection:
        connection.execute("UPDATE staff_refresh_tokens SET replaced_at = replaced_at - interval '1 minute'")
    await served.client.post("/api/staff/auth/refresh", json={"refreshToken": tokens["refreshToken"]})
    assert await mails_to(served, people.tom) == ["session_reuse"]


@pytest.mark.parametrize("realm", ["customer", "staff"])
async def test_r29_all_others_end_at_once(served: Served, people: People, realm: str) -> None:
    """The one that asks stays, somebody else's too."""
    person, stranger = (people.anna, people.ben) if realm == "customer" else (people.tom, people.mia)
    here, there, phone = [await sign_in(served, person) for _ in range(3)]
    other = await sign_in(served, stranger)
    address = f"/api/{realm}/sessions"
    assert (await served.client.delete(address, headers=bearer(here))).status_code == 204
    for tokens, status in ((here, 200), (there, 401), (phone, 401), (other, 200)):
        assert (await served.client.get(f"/api/{realm}/profile", headers=bearer(tokens))).status_code == status
    listed = (await served.client.get(address, headers=bearer(here))).json()["items"]
    assert [one["current"] for one in listed] == [True]


async def test_r27_signing_out_ends_the_socket(served: Served, people: People) -> None:
    """Within two seconds it is told and closed; the other device's stays."""
    here, there = await sign_in(served, people.anna), await sign_in(served, people.anna)
    async with listening(served.url, here["accessToken"]) as gone, listening(served.url, there["accessToken"]) as stays:
        assert (await served.client.post("/api/customer/auth/logout", headers=bearer(here))).status_code == 204
        await gone.until(lambda: gone.is_closed, 2)
        assert gone.named("session:ended")
        assert not stays.is_closed


async def test_r28_turning_two_step_sign_in_on_closes_the_other_sockets(served: Served, people: People) -> None:
    """A change of factors acts at once, on sockets as well."""
    tokens = await sign_in(served, people.anna)
    async with listening(served.url, tokens["accessToken"]) as socket:
        await turn_on(served, people.anna)
        await socket.until(lambda: socket.is_closed, 2)


async def test_r30_private_answers_are_kept_by_nobody(served: Served, people: People) -> None:
    """Pages and JSON alike."""
    browser = await served.sign_in_browser(people.anna)
    for path in (
        "/customer/dashboard",
        "/customer/account/security",
        "/api/customer/profile",
        "/api/customer/sessions",
    ):
        answer = await served.client.get(path, headers=browser)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-store"


async def test_r11_r13_a_second_factor_is_no_way_around_the_limit(served: Served, people: People) -> None:
    """Wrong passwords of an account with codes are counted as before; a right code in between refills nothing."""
    app = await turn_on(served, people.anna)

    async def wrong() -> httpx.Response:
        body = {"email": people.anna.email, "password": "something else entirely"}
        return await served.client.post("/api/customer/auth/login", json=body)

    assert [(await wrong()).status_code for _ in range(4)] == [401] * 4
    entered = await second_step(served, people.anna, await challenge(served, people.anna), code=app.code())
    assert entered.status_code == 200
    answers = await asyncio.gather(*(wrong() for _ in range(60)))
    assert [answer.status_code for answer in answers].count(401) <= 1
    assert {answer.status_code for answer in answers} <= {401, 429}
    right = {"email": people.anna.email, "password": people.anna.password}
    assert (await served.client.post("/api/customer/auth/login", json=right)).status_code == 429
    spoofed = {"X-Forwarded-For": "203.0.113.9", "X-Real-IP": "203.0.113.9", "Forwarded": "for=203.0.113.9"}
    assert (await served.client.post("/api/customer/auth/login", json=right, headers=spoofed)).status_code == 429


async def test_r31_no_log_line_holds_a_secret(
    served: Served, people: People, capfd: pytest.CaptureFixture[str]
) -> None:
    """Passwords, tokens, cookies, secrets and codes of a whole run are in no line."""
    app = await turn_on(served, people.anna)
    token = await challenge(served, people.anna)
    code = app.code()
    session = (await second_step(served, people.anna, token, code=code)).json()
    renewed = (
        await served.client.post("/api/customer/auth/refresh", json={"refreshToken": session["refreshToken"]})
    ).json()
    second = await challenge(served, people.anna)
    await second_step(served, people.anna, second, recoveryCode=app.recovery_codes[0])
    browser = await served.sign_in_browser(people.ben)
    await served.client.get("/customer/account/security", headers=browser)
    await served.client.get(f"/customer/sign-in/second-step?next=/x&token={token}", headers=SAME_ORIGIN)
    out, err = capfd.readouterr()
    lines = out + err
    assert "second_factor_on" in lines
    secrets = [
        people.anna.password,
        app.secret,
        token,
        second,
        session["accessToken"],
        session["refreshToken"],
        renewed["accessToken"],
        renewed["refreshToken"],
        *app.recovery_codes,
        *(cookie.partition("=")[2] for cookie in browser["Cookie"].split("; ")),
    ]
    assert [secret for secret in secrets if secret in lines or json.dumps(secret) in lines] == []
