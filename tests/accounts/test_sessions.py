"""Sessions and refresh tokens: rotation, reuse, grace, ends."""

import asyncio
import hashlib
from typing import Any

import httpx
import psycopg
import pytest

from support.people import People, Person
from support.serving import Served

pytestmark = pytest.mark.anyio


async def sign_in(served: Served, person: Person) -> dict[str, Any]:
    """The tokens of a new session."""
    answer = await served.client.post(
        f"/api/{person.realm}/auth/login", json={"email": person.email, "password": person.password}
    )
    assert answer.status_code == 200
    tokens: dict[str, Any] = answer.json()
    return tokens


async def refresh(served: Served, refresh_token: str, realm: str = "customer") -> httpx.Response:
    """The answer to a refresh."""
    return await served.client.post(f"/api/{realm}/auth/refresh", json={"refreshToken": refresh_token})


async def profile(served: Served, access_token: str, realm: str = "customer") -> int:
    """The status that a read with this access token gets."""
    answer = await served.client.get(f"/api/{realm}/profile", headers={"Authorization": f"Bearer {access_token}"})
    return answer.status_code


def run_sql(served: Served, statement: str) -> list[tuple[Any, ...]]:
    """The rows of a statement, run as the owner of the database."""
    with psycopg.connect(served.settings.database_url, autocommit=True) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


def pass_the_grace(served: Served) -> None:
    """Let every replaced token have been replaced a minute earlier."""
    run_sql(served, "UPDATE customer_refresh_tokens SET replaced_at = replaced_at - interval '1 minute'")


async def test_r22_reuse_after_the_grace_ends_the_family(served: Served, people: People) -> None:
    """An old token shown again ends the session, its successor and its access token, and leaves its trace."""
    first = await sign_in(served, people.anna)
    second = (await refresh(served, first["refreshToken"])).json()
    assert second["refreshToken"] != first["refreshToken"]
    assert await profile(served, second["accessToken"]) == 200
    pass_the_grace(served)
    assert (await refresh(served, first["refreshToken"])).status_code == 401
    assert (await refresh(served, second["refreshToken"])).status_code == 401
    assert await profile(served, second["accessToken"]) == 401
    assert run_sql(served, "SELECT end_reason FROM customer_sessions") == [("reuse",)]
    kinds = run_sql(served, "SELECT activity_type FROM customer_activity_log ORDER BY id")
    assert kinds == [("signed_in",), ("session_ended_for_reuse",)]


async def test_r22_another_session_of_the_same_person_outlives_a_reuse(served: Served, people: People) -> None:
    """The end of one family is not the end of the others."""
    stolen, other = await sign_in(served, people.anna), await sign_in(served, people.anna)
    await refresh(served, stolen["refreshToken"])
    pass_the_grace(served)
    assert (await refresh(served, stolen["refreshToken"])).status_code == 401
    assert await profile(served, other["accessToken"]) == 200
    assert (await refresh(served, other["refreshToken"])).status_code == 200


async def test_r23_parallel_refreshes_get_one_successor(served: Served, people: People) -> None:
    """Twenty at once all get the same token; one token is live; whoever came late can go on after the grace."""
    first = await sign_in(served, people.anna)
    answers = await asyncio.gather(*(refresh(served, first["refreshToken"]) for _ in range(20)))
    assert [answer.status_code for answer in answers] == [200] * 20
    successors = {answer.json()["refreshToken"] for answer in answers}
    assert len(successors) == 1
    assert run_sql(served, "SELECT count(*) FROM customer_refresh_tokens WHERE replaced_at IS NULL") == [(1,)]
    assert run_sql(served, "SELECT count(*) FROM customer_refresh_tokens") == [(2,)]
    # Nobody was signed out, and no second family began.
    for answer in answers:
        assert await profile(served, answer.json()["accessToken"]) == 200
    pass_the_grace(served)
    last = (await refresh(served, successors.pop())).json()
    # Whoever shows the first one now has it from somewhere else: twenty at once end the family, once.
    late = await asyncio.gather(*(refresh(served, first["refreshToken"]) for _ in range(20)))
    assert [answer.status_code for answer in late] == [401] * 20
    assert (await refresh(served, last["refreshToken"])).status_code == 401
    assert await profile(served, last["accessToken"]) == 401
    assert run_sql(served, "SELECT end_reason FROM customer_sessions") == [("reuse",)]
    assert run_sql(served, "SELECT kind FROM account_mails") == [("session_reuse",)]


async def test_r24_a_lost_answer_is_not_a_lost_session(served: Served, people: People) -> None:
    """A client that hangs up before reading asks again with the old token and goes on."""
    first = await sign_in(served, people.anna)
    body = b'{"refreshToken":"' + first["refreshToken"].encode() + b'"}'
    host = served.url.removeprefix("http://")
    reader, writer = await asyncio.open_connection(*host.split(":"))
    writer.write(
        b"POST /api/customer/auth/refresh HTTP/1.1\r\nHost: "
        + host.encode()
        + b"\r\nContent-Type: application/json\r\nContent-Length: "
        + str(len(body)).encode()
        + b"\r\n\r\n"
        + body
    )
    await writer.drain()
    # The first byte shows that the refresh is done; its answer is thrown away.
    assert await reader.read(1)
    writer.close()
    await writer.wait_closed()
    again = await refresh(served, first["refreshToken"])
    assert again.status_code == 200
    assert await profile(served, again.json()["accessToken"]) == 200
    assert (await refresh(served, again.json()["refreshToken"])).status_code == 200


async def test_r25_no_session_lives_longer_than_thirty_days(served: Served, people: People) -> None:
    """However often it is refreshed, it ends; and a week without use ends it too."""
    tokens = await sign_in(served, people.anna)
    for _ in range(4):
        run_sql(
            served,
            """
            UPDATE customer_sessions
            SET ends_at = ends_at - interval '6 days', expires_at = expires_at - interval '6 days'
            """,
        )
        tokens = (await refresh(served, tokens["refreshToken"])).json()
        assert await profile(served, tokens["accessToken"]) == 200
        assert run_sql(served, "SELECT expires_at <= ends_at FROM customer_sessions") == [(True,)]
    run_sql(served, "UPDATE customer_sessions SET ends_at = now(), expires_at = now()")
    assert (await refresh(served, tokens["refreshToken"])).status_code == 401

    idle = await sign_in(served, people.ben)
    run_sql(served, "UPDATE customer_sessions SET expires_at = expires_at - interval '7 days'")
    assert (await refresh(served, idle["refreshToken"])).status_code == 401
    # Nobody is signed out for reuse: there was none.
    assert run_sql(served, "SELECT DISTINCT end_reason FROM customer_sessions") == [(None,)]


async def test_r26_the_database_holds_no_secret(served: Served, people: People) -> None:
    """No token and no cookie is found in the rows; their hashes are."""
    tokens = await sign_in(served, people.anna)
    tokens |= (await refresh(served, tokens["refreshToken"])).json()
    browser = await served.sign_in_browser(people.anna)
    cookie = browser["Cookie"].partition("=")[2]
    everything = "".join(
        str(run_sql(served, f"SELECT t::text FROM {table} t"))  # noqa: S608 - constants
        for table in ("customers", "customer_sessions", "customer_refresh_tokens", "customer_activity_log")
    )
    for secret in (tokens["accessToken"], tokens["refreshToken"], cookie, people.anna.password):
        assert secret not in everything
    assert hashlib.sha256(tokens["refreshToken"].encode()).hexdigest() in everything


async def test_r27_signing_out_ends_access_and_refresh_at_once(served: Served, people: People) -> None:
    """After the 204 every token of the session is refused, and the other device goes on."""
    here, there = await sign_in(served, people.anna), await sign_in(served, people.anna)
    assert await profile(served, here["accessToken"]) == 200
    headers = {"Authorization": f"Bearer {here['accessToken']}"}
    assert (await served.client.post("/api/customer/auth/logout", headers=headers)).status_code == 204
    statuses = await asyncio.gather(*(profile(served, here["accessToken"]) for _ in range(50)))
    assert set(statuses) == {401}
    assert (await refresh(served, here["refreshToken"])).status_code == 401
    assert await profile(served, there["accessToken"]) == 200
    # Asked again, signed out is what one is.
    assert (await served.client.post("/api/customer/auth/logout", headers=headers)).status_code == 204


async def test_r27_the_refresh_token_alone_signs_out(served: Served, people: People) -> None:
    """A client whose access token has run out ends its session by the refresh token, an older one of the family too."""
    tokens = await sign_in(served, people.anna)
    newer = (await refresh(served, tokens["refreshToken"])).json()
    answer = await served.client.post("/api/customer/auth/logout", json={"refreshToken": tokens["refreshToken"]})
    assert answer.status_code == 204
    assert await profile(served, newer["accessToken"]) == 401


async def test_signing_out_with_nothing_to_show_ends_nothing(served: Served, people: People) -> None:
    """Without a session, with nonsense or with somebody else's realm, nobody is signed out."""
    tokens = await sign_in(served, people.anna)
    logout = served.client.post
    assert (await logout("/api/customer/auth/logout")).status_code == 204
    assert (await logout("/api/customer/auth/logout", json={"refreshToken": "nonsense"})).status_code == 204
    headers = {"Authorization": f"Bearer {tokens['accessToken']}"}
    assert (await logout("/api/staff/auth/logout", headers=headers)).status_code == 204
    token = {"refreshToken": tokens["refreshToken"]}
    assert (await logout("/api/staff/auth/logout", json=token)).status_code == 204
    assert await profile(served, tokens["accessToken"]) == 200


async def test_r29_sessions_are_listed_and_ended_one_by_one(served: Served, people: People) -> None:
    """The list names device, address and last use, marks the present one; ending one leaves the rest."""
    agent = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"}
    body = {"email": people.anna.email, "password": people.anna.password}
    laptop = (await served.client.post("/api/customer/auth/login", json=body, headers=agent)).json()
    phone = await sign_in(served, people.anna)
    ben = await sign_in(served, people.ben)

    headers = {"Authorization": f"Bearer {phone['accessToken']}"}
    listed = (await served.client.get("/api/customer/sessions", headers=headers)).json()
    assert listed["nextCursor"] is None
    assert {(item["device"], item["current"]) for item in listed["items"]} == {
        ("Firefox · Linux", False),
        ("python-httpx", True),
    }
    assert {item["ipAddress"] for item in listed["items"]} == {"127.0.0.1"}

    other = next(item["id"] for item in listed["items"] if not item["current"])
    bens = {"Authorization": f"Bearer {ben['accessToken']}"}
    # Somebody else's session is a missing one (R40).
    assert (await served.client.delete(f"/api/customer/sessions/{other}", headers=bens)).status_code == 404
    assert await profile(served, laptop["accessToken"]) == 200
    assert (await served.client.delete(f"/api/customer/sessions/{other}", headers=headers)).status_code == 204
    assert await profile(served, laptop["accessToken"]) == 401
    assert await profile(served, phone["accessToken"]) == 200
    assert (await served.client.delete(f"/api/customer/sessions/{other}", headers=headers)).status_code == 404


@pytest.mark.parametrize("token", ["", "nonsense", "é", "x" * 200, "a.b.c"])
async def test_an_unknown_refresh_token_is_401_or_422(served: Served, token: str) -> None:
    """Whatever we never gave out is refused without a fault."""
    assert (await refresh(served, token)).status_code in {401, 422}
