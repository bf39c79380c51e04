"""The second step of a sign-in: what a challenge opens, how often one may guess, and that a code works once."""

import asyncio
import time
from typing import Any

import httpx
import psycopg
import pyotp
import pytest
from socketio.exceptions import ConnectionError as Refused

from revivatech.accounts.two_factor import totp
from revivatech.accounts.two_factor.totp import step_of
from support.crawling import filled
from support.factors import challenge, mails_to, second_step, turn_on
from support.listening import listening
from support.people import People
from support.routes import routes_of
from support.serving import Served
from support.waiting import until_true

pytestmark = pytest.mark.anyio


def wrong_code(shown: str) -> str:
    """Six digits that are not these."""
    return str((int(shown) + 7) % 1_000_000).zfill(6)


def run_sql(served: Served, statement: str) -> list[tuple[Any, ...]]:
    """The rows of a statement, run as the owner of the database."""
    with psycopg.connect(served.settings.database_url, autocommit=True) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


async def profile(served: Served, answer: httpx.Response) -> dict[str, Any]:
    """What the new session's profile says."""
    headers = {"Authorization": f"Bearer {answer.json()['accessToken']}"}
    read = await served.client.get("/api/customer/profile", headers=headers)
    assert read.status_code == 200
    found: dict[str, Any] = read.json()
    return found


async def test_password_and_code_sign_in(served: Served, people: People) -> None:
    """With both the answer is a login's, and the profile says that two factors are on."""
    app = await turn_on(served, people.anna)
    answer = await second_step(served, people.anna, await challenge(served, people.anna), code=app.code())
    assert answer.status_code == 200
    assert set(answer.json()) == {"accessToken", "refreshToken", "expiresIn", "user"}
    assert (await profile(served, answer))["twoFactorEnabled"] is True


async def test_staff_have_the_same_second_step(served: Served, people: People) -> None:
    """The desk's challenge opens the desk alone."""
    app = await turn_on(served, people.tom)
    token = await challenge(served, people.tom)
    stranger = await served.client.post(
        "/api/customer/auth/login/2fa", json={"challengeToken": token, "code": app.code()}
    )
    assert stranger.status_code == 401
    answer = await second_step(served, people.tom, token, code=app.code())
    assert answer.status_code == 200
    assert answer.json()["user"]["role"] == "technician"


@pytest.mark.parametrize("written", ["{0}", "{1} {2}", " {1}\u00a0{2} ", "{1}-{2}", "wide"])
async def test_r33_a_code_works_once_however_it_is_written(served: Served, people: People, written: str) -> None:
    """With blanks or in full-width digits it is the same code: right the first time and never again."""
    app = await turn_on(served, people.anna)
    code = app.code()
    spelt = written.format(code, code[:3], code[3:])
    if written == "wide":
        spelt = "".join(chr(ord("０") + int(digit)) for digit in code)
    first = await second_step(served, people.anna, await challenge(served, people.anna), code=spelt)
    assert first.status_code == 200
    for again in (code, spelt, f"{code[:3]} {code[3:]}"):
        answer = await second_step(served, people.anna, await challenge(served, people.anna), code=again)
        assert (answer.status_code, answer.json()["code"]) == (401, "wrong_code")


async def test_r33_a_code_used_here_does_not_work_there(served: Served, people: People) -> None:
    """What signed in does not turn off, what proved the app does not sign in."""
    app = await turn_on(served, people.anna)
    spent = app.shown()
    token = await challenge(served, people.anna)
    assert (await second_step(served, people.anna, token, code=spent)).status_code == 401
    code = app.code()
    session = await second_step(served, people.anna, token, code=code)
    headers = {"Authorization": f"Bearer {session.json()['accessToken']}"}
    body = {"password": people.anna.password, "code": code}
    off = await served.client.request("DELETE", "/api/customer/profile/2fa", headers=headers, json=body)
    assert (off.status_code, off.json()["errors"][0]["field"]) == (403, "code")


async def test_r33_of_two_parallel_logins_with_one_code_one_succeeds(served: Served, people: People) -> None:
    """Ten rounds; each time exactly one session begins."""
    app = await turn_on(served, people.anna)
    for _ in range(10):
        tokens = [await challenge(served, people.anna) for _ in range(2)]
        code = app.code()
        answers = await asyncio.gather(*(second_step(served, people.anna, token, code=code) for token in tokens))
        assert sorted(answer.status_code for answer in answers) == [200, 401]
        run_sql(served, "DELETE FROM login_failures")


async def test_of_two_parallel_uses_of_one_challenge_one_succeeds(served: Served, people: People) -> None:
    """With a code and a recovery code, both right."""
    app = await turn_on(served, people.anna)
    token = await challenge(served, people.anna)
    answers = await asyncio.gather(
        second_step(served, people.anna, token, code=app.code()),
        second_step(served, people.anna, token, recoveryCode=app.recovery_codes[0]),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 401]


async def test_r34_the_sixth_wrong_code_finds_the_challenge_dead(served: Served, people: People) -> None:
    """The right code is refused then too, and a new login does not open the account's counter again."""
    app = await turn_on(served, people.anna)
    token = await challenge(served, people.anna)
    bad = wrong_code(app.shown())
    for _ in range(5):
        answer = await second_step(served, people.anna, token, code=bad)
        assert (answer.status_code, answer.json()["code"]) == (401, "wrong_code")
    sixth = await second_step(served, people.anna, token, code=app.code())
    assert (sixth.status_code, sixth.json()["code"]) == (401, "challenge_over")

    fresh = await challenge(served, people.anna)
    limited = await second_step(served, people.anna, fresh, code=app.code())
    assert limited.status_code == 429
    assert 0 < int(limited.headers["Retry-After"]) <= 15 * 60
    by_paper = await second_step(served, people.anna, fresh, recoveryCode=app.recovery_codes[0])
    assert by_paper.status_code == 429

    run_sql(served, "UPDATE login_failures SET window_started_at = window_started_at - interval '15 minutes'")
    assert (await second_step(served, people.anna, fresh, code=app.code())).status_code == 200


@pytest.mark.parametrize(
    ("steps", "hint"), [(-3, "clock_slow"), (-9, "clock_slow"), (-12, None), (3, None), (60, None)]
)
async def test_r35_c33_an_expired_code_is_told_and_one_to_come_is_not(
    served: Served, people: People, steps: int, hint: str | None
) -> None:
    """Both are refused and counted alike: a guesser learns nothing of a code that is still to come."""
    app = await turn_on(served, people.anna)
    token = await challenge(served, people.anna)
    await until_true(lambda: time.time() % 30 < 25)

    refused = await second_step(served, people.anna, token, code=app.code(steps))

    assert (refused.status_code, refused.json()["code"], refused.json().get("hint")) == (401, "wrong_code", hint)
    with psycopg.connect(served.settings.database_url) as connection:
        assert connection.execute("SELECT count(*) FROM login_failures WHERE failures = 1").fetchone() == (2,)


async def test_r34_a_success_does_not_clear_the_wrong_ones(served: Served, people: People) -> None:
    """Three wrong, one right, two wrong: the window is full."""
    app = await turn_on(served, people.anna)
    for count in (3, 2):
        token = await challenge(served, people.anna)
        for _ in range(count):
            bad = wrong_code(app.shown())
            assert (await second_step(served, people.anna, token, code=bad)).status_code == 401
        last = await second_step(served, people.anna, token, code=app.code())
        assert last.status_code == (200 if count == 3 else 429)


async def test_r34_guesses_are_counted_by_the_day_too(served: Served, people: People) -> None:
    """Twenty wrong codes a day, however patiently."""
    app = await turn_on(served, people.anna)
    for _ in range(4):
        token = await challenge(served, people.anna)
        for _ in range(5):
            bad = wrong_code(app.shown())
            assert (await second_step(served, people.anna, token, code=bad)).status_code == 401
        run_sql(served, "UPDATE login_failures SET window_started_at = window_started_at - interval '16 minutes'")
    token = await challenge(served, people.anna)
    assert (await second_step(served, people.anna, token, code=app.code())).status_code == 429


async def test_r34_a_hundred_parallel_guesses_evaluate_five(
    served: Served, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By one challenge and by many others: five are compared with the secret, the rest are over or limited unseen."""
    app = await turn_on(served, people.anna)
    tokens = [await challenge(served, people.anna) for _ in range(5)]
    compared = []

    def compare(secret: str, code: str, now: float) -> int | None:
        compared.append(code)
        return step_of(secret, code, now)

    monkeypatch.setattr(totp, "step_of", compare)
    bad = wrong_code(app.shown())
    guesses = [second_step(served, people.anna, tokens[max(0, number - 95)], code=bad) for number in range(100)]
    codes = [answer.json()["code"] for answer in await asyncio.gather(*guesses)]
    assert len(compared) == codes.count("wrong_code") == 5
    assert set(codes) <= {"wrong_code", "challenge_over", "too_many_failed_sign_ins"}


async def test_r35_one_step_before_or_after_and_no_more(served: Served, people: People) -> None:
    """By the server's clock: whatever else the client sends is refused or changes nothing."""
    app = await turn_on(served, people.anna)
    verdicts = {}
    for steps in (-3, -2, -1, 0, 1, 2, 3):
        token = await challenge(served, people.anna)
        # Not at the very end of a step, so that the code's step is known.
        await until_true(lambda: time.time() % 30 < 25)
        verdicts[steps] = (await second_step(served, people.anna, token, code=app.code(steps))).status_code
        run_sql(served, "DELETE FROM login_failures")
    assert verdicts == {-3: 401, -2: 401, -1: 200, 0: 200, 1: 200, 2: 401, 3: 401}

    token = await challenge(served, people.anna)
    body = {"challengeToken": token, "code": app.code(5), "time": int(time.time()) + 150}
    assert (await served.client.post("/api/customer/auth/login/2fa", json=body)).status_code == 422
    late = await served.client.post(
        "/api/customer/auth/login/2fa",
        json={"challengeToken": token, "code": app.code(5)},
        headers={"Date": "Fri, 01 Jan 2100 00:00:00 GMT"},
    )
    assert late.status_code == 401


async def test_r16_r36_a_challenge_opens_nothing_else(served: Served, people: People) -> None:
    """As a bearer token, as any cookie, on every route and on the socket: nobody is signed in."""
    await turn_on(served, people.anna)
    token = await challenge(served, people.anna)
    let_in = []
    for route in routes_of():
        if not route.path.startswith("/api/customer/") or "/auth/" in route.path:
            continue
        address = filled(route.path, _Anything())
        by_bearer = await served.client.request(
            route.method, address, headers={"Authorization": f"Bearer {token}"}, json={}
        )
        cookie = f"__Host-customer={token}; __Host-customer-pending={token}"
        by_cookie = await served.client.request(
            route.method,
            address,
            headers={"Cookie": cookie, "Sec-Fetch-Site": "same-origin", "Origin": served.url},
            json={},
        )
        let_in += [
            f"{route} {answer.status_code}" for answer in (by_bearer, by_cookie) if answer.status_code not in {401, 422}
        ]
    assert let_in == []
    refresh = await served.client.post("/api/customer/auth/refresh", json={"refreshToken": token})
    assert refresh.status_code == 401
    with pytest.raises(Refused):
        async with listening(served.url, token):
            pass
    # It was not used up by any of that.
    assert run_sql(served, "SELECT attempts, ended_at FROM customer_pending_sign_ins") == [(0, None)]


class _Anything(dict[str, str]):
    """Any path parameter."""

    def __missing__(self, name: str) -> str:
        return "01930000-0000-7000-8000-000000000000"


async def test_r16_signing_out_wipes_the_challenge(served: Served, people: People) -> None:
    """Given up, it takes no code any more; somebody else's goes on."""
    app = await turn_on(served, people.anna)
    token, other = await challenge(served, people.anna), await challenge(served, people.anna)
    out = await served.client.post("/api/customer/auth/logout", json={"challengeToken": token})
    assert out.status_code == 204
    answer = await second_step(served, people.anna, token, code=app.code())
    assert (answer.status_code, answer.json()["code"]) == (401, "challenge_over")
    assert (await second_step(served, people.anna, other, code=app.code())).status_code == 200


async def test_a_challenge_lives_five_minutes(served: Served, people: People) -> None:
    """By the database's clock."""
    app = await turn_on(served, people.anna)
    token = await challenge(served, people.anna)
    run_sql(
        served,
        "UPDATE customer_pending_sign_ins SET created_at = created_at - interval '5 minutes', "
        "expires_at = expires_at - interval '5 minutes'",
    )
    answer = await second_step(served, people.anna, token, code=app.code())
    assert (answer.status_code, answer.json()["code"]) == (401, "challenge_over")


async def test_r28_closing_the_account_ends_the_challenge(served: Served, people: People) -> None:
    """Between the two steps the account may go."""
    app = await turn_on(served, people.anna)
    token = await challenge(served, people.anna)
    run_sql(served, "UPDATE customers SET disabled_at = now()")
    assert (await second_step(served, people.anna, token, code=app.code())).status_code == 401


async def test_r26_the_database_holds_neither_secret_nor_code_nor_challenge(served: Served, people: People) -> None:
    """Secrets are encrypted, recovery codes hashed, a challenge derived."""
    app = await turn_on(served, people.anna)
    token = await challenge(served, people.anna)
    everything = ""
    for (table,) in run_sql(served, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"):
        everything += str(run_sql(served, f"SELECT t::text FROM {table} t"))  # noqa: S608 - a table's name
    raw = pyotp.TOTP(app.secret).byte_secret().hex()
    for secret in (app.secret, raw, app.secret.encode().hex(), token, *app.recovery_codes):
        assert secret not in everything
        assert secret.replace("-", "") not in everything


async def test_r37_a_recovery_code_works_once_and_is_told_of(served: Served, people: People) -> None:
    """However it is typed; two at once give one session; the mail says how many are left."""
    app = await turn_on(served, people.anna)
    code = app.recovery_codes[3]
    tokens = [await challenge(served, people.anna) for _ in range(2)]
    answers = await asyncio.gather(*(second_step(served, people.anna, token, recoveryCode=code) for token in tokens))
    assert sorted(answer.status_code for answer in answers) == [200, 401]
    sloppy = f" {app.recovery_codes[4].lower().replace('-', ' ')} "
    typed = await second_step(served, people.anna, await challenge(served, people.anna), recoveryCode=sloppy)
    assert typed.status_code == 200
    assert await mails_to(served, people.anna) == ["second_factor_on", "recovery_code_used", "recovery_code_used"]
    left = run_sql(served, "SELECT facts ->> 'left' FROM account_mails WHERE kind = 'recovery_code_used' ORDER BY id")
    assert left == [("9",), ("8",)]


async def test_r37_new_codes_end_the_old_ones(served: Served, people: People) -> None:
    """With password and code; without either, nothing changes."""
    app = await turn_on(served, people.anna)
    session = await second_step(served, people.anna, await challenge(served, people.anna), code=app.code())
    headers = {"Authorization": f"Bearer {session.json()['accessToken']}"}
    address = "/api/customer/profile/2fa/recovery-codes"
    for body in ({}, {"password": people.anna.password}, {"code": app.code()}):
        assert (await served.client.post(address, headers=headers, json=body)).status_code == 403
    fresh = await served.client.post(
        address, headers=headers, json={"password": people.anna.password, "code": app.code()}
    )
    assert fresh.status_code == 200
    codes = fresh.json()["recoveryCodes"]
    assert len(set(codes)) == 10
    assert not set(codes) & set(app.recovery_codes)
    token = await challenge(served, people.anna)
    assert (await second_step(served, people.anna, token, recoveryCode=app.recovery_codes[0])).status_code == 401
    assert (await second_step(served, people.anna, token, recoveryCode=codes[0])).status_code == 200


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "１２３", "\x00" * 6, "९" * 6])
async def test_nonsense_is_a_wrong_code(served: Served, people: People, code: str) -> None:
    """Never a fault, and never right."""
    await turn_on(served, people.anna)
    answer = await second_step(served, people.anna, await challenge(served, people.anna), code=code)
    assert answer.status_code in {401, 422}
