"""Signing in by the API: the specification's shape, the throttle, equal refusals."""

import asyncio
from typing import Any

import bcrypt
import msgspec
import psycopg
import pytest
import redis

from revivatech.accounts.secrets.passwords import Verdict, check_password
from revivatech.accounts.sign_in import service as signin
from revivatech.settings import Settings
from support.people import People
from support.serving import Served, serve

pytestmark = pytest.mark.anyio

USER = {
    "id",
    "email",
    "firstName",
    "lastName",
    "phone",
    "phoneVerified",
    "avatarUrl",
    "language",
    "timezone",
    "emailVerified",
    "twoFactorEnabled",
    "createdAt",
    "lastLoginAt",
    "repairCount",
    "permissions",
    "identifierHash",
}


NONSENSE = [
    b"{",
    b"[]",
    b"null",
    b'{"email": NaN, "password": "x"}',
    b'{"email": "a@b.example", "password": 1e400}',
    b'{"email": "a@b.example", "password": "\\ud800"}',
    b'{"email": "a\\u0000@b.example", "password": "x"}',
    b'{"email": "nobody", "password": "x"}',
    b'{"email": "a@b.example\\r\\nBcc: x@y.example", "password": "x"}',
    b'{"email": "a@b.example", "password": "x", "role": "admin"}',
    b'{"email": "a@b.example"}',
    b'{"email": ["a@b.example"], "password": "x"}',
    b'{"email": "a@b.example", "password": "' + b"x" * 1025 + b'"}',
    b'{"email": "\xff@b.example", "password": "x"}',
    b"[" * 100_000,
]


async def try_password(served: Served, email: str, password: str, **headers: str) -> Any:
    """The answer to a customer's sign-in."""
    return await served.client.post(
        "/api/customer/auth/login", json={"email": email, "password": password}, headers=headers
    )


def move_windows(served: Served, minutes: int) -> None:
    """Let the counters' windows have begun that much earlier, as if time had passed."""
    with psycopg.connect(served.settings.database_url) as connection:
        connection.execute(
            "UPDATE login_failures SET window_started_at = window_started_at - make_interval(mins => %s)", [minutes]
        )


async def test_the_specifications_client_signs_in_refreshes_and_reads_its_user(served: Served, people: People) -> None:
    """What `CustomerAuth` of the specification calls answers as it expects, with the fields of the contract."""
    answer = await try_password(served, people.anna.email, people.anna.password)
    data = answer.json()
    assert answer.status_code == 200
    assert set(data) == {"accessToken", "refreshToken", "expiresIn", "user"}
    assert data["expiresIn"] == 900
    assert set(data["user"]) == USER
    assert data["user"]["id"] == str(people.anna.id)
    assert data["user"]["identifierHash"] is None
    assert data["user"]["createdAt"].endswith("Z")

    refreshed = await served.client.post("/api/customer/auth/refresh", json={"refreshToken": data["refreshToken"]})
    assert set(refreshed.json()) == {"accessToken", "refreshToken", "expiresIn"}

    profile = await served.client.get(
        "/api/customer/profile", headers={"Authorization": f"Bearer {refreshed.json()['accessToken']}"}
    )
    assert profile.status_code == 200
    assert set(profile.json()) == USER

    wrong = await try_password(served, people.anna.email, "something else entirely")
    assert wrong.status_code == 401
    assert isinstance(wrong.json()["message"], str)


async def test_staff_sign_in_and_learn_their_role(served: Served, people: People) -> None:
    """A staff member's user names the role that the desk goes by."""
    answer = await served.client.post(
        "/api/staff/auth/login", json={"email": people.mia.email, "password": people.mia.password}
    )
    assert answer.status_code == 200
    assert answer.json()["user"]["role"] == "manager"
    headers = {"Authorization": f"Bearer {answer.json()['accessToken']}"}
    assert (await served.client.get("/api/staff/profile", headers=headers)).json()["email"] == people.mia.email
    # A member of staff is no customer, and the other way round.
    assert (await served.client.get("/api/customer/profile", headers=headers)).status_code == 401
    assert (await try_password(served, people.mia.email, people.mia.password)).status_code == 401


async def test_signing_in_is_noted(served: Served, people: People) -> None:
    """The customer's activity log gets a row with address and program, and the account its last sign-in."""
    await served.client.post(
        "/api/customer/auth/login",
        json={"email": people.anna.email, "password": people.anna.password},
        headers={"User-Agent": "A\tprogram/1"},
    )
    with psycopg.connect(served.settings.database_url) as connection:
        row = connection.execute(
            "SELECT customer_id, activity_type, host(ip_address), user_agent FROM customer_activity_log"
        ).fetchall()
        assert row == [(people.anna.id, "signed_in", "127.0.0.1", "A program/1")]
        assert connection.execute(
            "SELECT last_login_at > now() - interval '1 minute' FROM customers WHERE id = %s", [people.anna.id]
        ).fetchone() == (True,)


async def test_r48_bad_input_is_refused_and_never_a_fault(served: Served) -> None:
    """Whatever is no e-mail address and password is 400 or 422, in words, and counts as nothing."""
    for body in NONSENSE:
        answer = await served.client.post(
            "/api/customer/auth/login", content=body, headers={"Content-Type": "application/json"}
        )
        assert (body[:80], answer.status_code) in {(body[:80], 400), (body[:80], 422)}
        assert answer.headers["content-type"].startswith("application/problem+json")
    with psycopg.connect(served.settings.database_url) as connection:
        assert connection.execute("SELECT count(*) FROM login_failures").fetchone() == (0,)


@pytest.mark.parametrize("who", ["no such account", "disabled", "without a password"])
async def test_r4_every_refusal_looks_the_same(served: Served, people: People, who: str) -> None:
    """Status, body and headers do not tell an unknown account from a wrong password."""
    email, password = people.ben.email, people.ben.password
    with psycopg.connect(served.settings.database_url) as connection:
        if who == "disabled":
            connection.execute("UPDATE customers SET disabled_at = now() WHERE id = %s", [people.ben.id])
        elif who == "without a password":
            connection.execute("UPDATE customers SET password_hash = NULL WHERE id = %s", [people.ben.id])
        else:
            email = "nobody@customers.example"
    usual = await try_password(served, people.anna.email, "a wrong password")
    other = await try_password(served, email, password)
    assert other.status_code == usual.status_code == 401
    assert {**other.json(), "requestId": ""} == {**usual.json(), "requestId": ""}
    assert list(other.headers) == list(usual.headers)


async def test_r11_the_sixth_failure_locks_the_account_until_the_window_ends(served: Served, people: People) -> None:
    """After five failures even the right password is 429 with Retry-After; others are free; time alone unlocks."""
    for _ in range(5):
        assert (await try_password(served, people.anna.email, "a wrong password")).status_code == 401
    locked = await try_password(served, people.anna.email, people.anna.password)
    assert locked.status_code == 429
    assert 880 <= int(locked.headers["Retry-After"]) <= 900
    assert locked.json()["error"]
    assert {"RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"} <= {
        name.title().replace("Ratelimit", "RateLimit") for name in locked.headers
    }
    assert (await try_password(served, people.ben.email, people.ben.password)).status_code == 200

    # Trying while it is locked does not make it longer.
    move_windows(served, 14)
    again = await try_password(served, people.anna.email, people.anna.password)
    assert again.status_code == 429
    assert int(again.headers["Retry-After"]) <= 60
    move_windows(served, 1)
    assert (await try_password(served, people.anna.email, people.anna.password)).status_code == 200


async def test_r11_a_success_in_between_refills_nothing(served: Served, people: People) -> None:
    """Four failures, a success, one failure more: the next try is refused."""
    for _ in range(4):
        assert (await try_password(served, people.anna.email, "a wrong password")).status_code == 401
    assert (await try_password(served, people.anna.email, people.anna.password)).status_code == 200
    assert (await try_password(served, people.anna.email, "a wrong password")).status_code == 401
    # Neither the account's counter nor that of the address it came from was made smaller.
    with psycopg.connect(served.settings.database_url) as connection:
        assert connection.execute("SELECT DISTINCT failures FROM login_failures").fetchall() == [(5,)]
    assert (await try_password(served, people.anna.email, people.anna.password)).status_code == 429


async def test_r11_twenty_failures_lock_the_address_for_every_account(served: Served, people: People) -> None:
    """One address that tries many accounts is stopped, whoever it asks for next."""
    for turn in range(20):
        assert (await try_password(served, f"nobody-{turn}@customers.example", "x")).status_code == 401
    assert (await try_password(served, people.anna.email, people.anna.password)).status_code == 429
    move_windows(served, 15)
    assert (await try_password(served, people.anna.email, people.anna.password)).status_code == 200


async def test_r7_both_spellings_of_an_address_count_as_one(served: Served, people: People) -> None:
    """Upper and lower case are one account for signing in and for its limit."""
    for email in ("anna@customers.example", "ANNA@CUSTOMERS.EXAMPLE", "Anna@Customers.Example") * 2:
        last = await try_password(served, email, "a wrong password")
    assert last.status_code == 429
    assert (await try_password(served, people.ben.email.upper(), people.ben.password)).status_code == 200


async def test_r12_a_claimed_address_changes_nothing(served: Served, people: People) -> None:
    """A new address in whatever header each time does not move the limit of the real one."""
    headers = ("X-Forwarded-For", "X-Real-IP", "Forwarded", "True-Client-IP")
    for turn in range(20):
        claimed = dict.fromkeys(headers, f"203.0.113.{turn}")
        assert (await try_password(served, f"nobody-{turn}@customers.example", "x", **claimed)).status_code == 401
    claimed = dict.fromkeys(headers, "203.0.113.99")
    assert (await try_password(served, people.anna.email, people.anna.password, **claimed)).status_code == 429


async def test_r12_a_line_above_the_proxys_own_is_not_believed(settings: Settings, people: People) -> None:
    """Behind a proxy that adds a line of its own, whatever line the client sent before it changes nothing."""
    async with serve(msgspec.structs.replace(settings, trusted_proxies=("127.0.0.1/32",))) as served:
        body = {"email": people.anna.email, "password": people.anna.password}
        for turn in range(3):
            lines = [("X-Forwarded-For", f"203.0.113.{turn}"), ("X-Forwarded-For", "198.51.100.7")]
            assert (await served.client.post("/api/customer/auth/login", json=body, headers=lines)).status_code == 200
        with psycopg.connect(served.settings.database_url) as connection:
            seen = connection.execute("SELECT DISTINCT host(ip_address) FROM customer_sessions").fetchall()
    assert seen == [("198.51.100.7",)]


async def test_r13_a_burst_of_wrong_passwords_gets_no_more_than_the_limit(
    served: Served, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of sixty at once, five are looked at and the rest refused unseen."""
    looked_at = []

    async def look(password: str, kept_hash: str | None, **options: bool) -> Verdict:
        looked_at.append(password)
        return await check_password(password, kept_hash, **options)

    monkeypatch.setattr(signin, "check_password", look)
    answers = await asyncio.gather(*(try_password(served, people.anna.email, "a wrong password") for _ in range(60)))
    statuses = [answer.status_code for answer in answers]
    assert statuses.count(401) == 5
    assert statuses.count(429) == 55
    assert len(looked_at) == 5


async def test_r13_a_burst_of_right_passwords_costs_the_account_nothing(served: Served, people: People) -> None:
    """Signing in from several devices at once leaves every counter where it was."""
    answers = await asyncio.gather(*(try_password(served, people.anna.email, people.anna.password) for _ in range(5)))
    assert [answer.status_code for answer in answers] == [200] * 5
    with psycopg.connect(served.settings.database_url) as connection:
        assert connection.execute("SELECT DISTINCT failures FROM login_failures").fetchall() == [(0,)]


async def test_f11_the_login_limit_holds_without_valkey(served: Served, people: People) -> None:
    """The counters are PostgreSQL's: Valkey forgetting everything refills nothing."""
    for _ in range(5):
        await try_password(served, people.anna.email, "a wrong password")
    with redis.Redis.from_url(served.settings.redis_url) as valkey:
        valkey.flushall()
    assert (await try_password(served, people.anna.email, people.anna.password)).status_code == 429


async def test_a_bcrypt_hash_of_an_older_system_is_accepted_once_and_made_better(
    served: Served, people: People
) -> None:
    """Signing in with a bcrypt hash works and leaves an Argon2id one."""
    old = bcrypt.hashpw(people.anna.password.encode(), bcrypt.gensalt(4)).decode()
    with psycopg.connect(served.settings.database_url, autocommit=True) as connection:
        connection.execute("UPDATE customers SET password_hash = %s WHERE id = %s", [old, people.anna.id])
        assert (await try_password(served, people.anna.email, people.anna.password)).status_code == 200
        row = connection.execute("SELECT password_hash FROM customers WHERE id = %s", [people.anna.id]).fetchone()
        assert row is not None
        assert row[0].startswith("$argon2id$")
    assert (await try_password(served, people.anna.email, people.anna.password)).status_code == 200


async def test_two_sign_ins_in_one_second_are_two_sessions(served: Served, people: People) -> None:
    """Their tokens differ, and both work (R22)."""
    first, second = await asyncio.gather(
        *(try_password(served, people.anna.email, people.anna.password) for _ in range(2))
    )
    assert first.json()["refreshToken"] != second.json()["refreshToken"]
    for answer in (first, second):
        token = {"refreshToken": answer.json()["refreshToken"]}
        assert (await served.client.post("/api/customer/auth/refresh", json=token)).status_code == 200
