"""How long an answer takes says nothing of who has an account (R4, R5, R6)."""

import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import msgspec
import pytest

from revivatech.accounts.registration import (
    contracts,
    email_change,
    mail_requests,
    mailed_links,
    registration,
)
from revivatech.accounts.sessions import throttle
from revivatech.accounts.sessions.throttle import OpenLimit
from revivatech.settings import Settings
from support.people import People
from support.serving import Served, serve

pytestmark = [pytest.mark.anyio, pytest.mark.long]

LIMITS = (
    (throttle, "MOST_OF_ACCOUNT"),
    (throttle, "MOST_OF_ADDRESS"),
    (email_change, "MOST_EMAIL_CHANGES"),
    (mailed_links, "MOST_MAILS"),
)

# Of each kind, in turns. A busy machine gets more tries: a difference that is there shows in each of them.
SIGN_INS = 150
ROUNDS = 30
TRIES = 8
MOST_APART = 0.1
Ask = Callable[[str], Awaitable[Any]]


@pytest.fixture
async def quiet(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Served]:
    """A portal that runs no jobs beside the requests, and that counts but refuses nobody for asking often."""
    for module, name in LIMITS:
        monkeypatch.setattr(module, name, 1_000_000)
    wide = OpenLimit("anything from", 1_000_000, 3600)
    monkeypatch.setattr(registration, "REGISTRATIONS", wide)
    monkeypatch.setattr(mail_requests, "MAIL_REQUESTS", dict.fromkeys(contracts.MAIL_REQUESTS, wide))
    monkeypatch.setattr(throttle, "MOST_OF_ALL", dict.fromkeys(throttle.MOST_OF_ALL, 1_000_000))
    async with serve(msgspec.structs.replace(settings, jobs_in_web=False, api_rate_limit=1_000_000)) as served:
        yield served


async def apart(known: Callable[[], str], unknown: Callable[[], str], ask: Ask, rounds: int = ROUNDS) -> float:
    """How far the medians of both are apart, as a part of the greater; the least of some tries."""
    least = 1.0
    for _ in range(TRIES):
        times: tuple[list[float], list[float]] = ([], [])
        answers = set()
        for _ in range(rounds):
            for whose, seconds in zip((known, unknown), times, strict=True):
                email = whose()
                started = time.perf_counter()
                answer = await ask(email)
                seconds.append(time.perf_counter() - started)
                answers.add((answer.status_code, answer.json()["message"], tuple(sorted(answer.headers))))
        assert len(answers) == 1, answers
        medians = [statistics.median(seconds) for seconds in times]
        least = min(least, abs(medians[0] - medians[1]) / max(medians))
        if least < MOST_APART:
            return least
    return least


async def test_r4_three_hundred_sign_ins_do_not_tell(quiet: Served, people: People) -> None:
    """A wrong password for an address with an account and for one without, 150 of each in turns."""
    numbers = iter(range(10_000))

    async def ask(email: str) -> Any:
        return await quiet.client.post(
            "/api/customer/auth/login", json={"email": email, "password": "not the password of anybody"}
        )

    found = await apart(
        lambda: people.anna.email, lambda: f"nobody{next(numbers)}@customers.example", ask, rounds=SIGN_INS
    )

    assert found < MOST_APART


async def test_r5_a_forgotten_password_does_not_tell(quiet: Served, people: People) -> None:
    """An address with an account, which gets a mail, and one without."""
    numbers = iter(range(10_000))

    async def ask(email: str) -> Any:
        return await quiet.client.post("/api/customer/auth/forgot-password", json={"email": email})

    found = await apart(lambda: people.anna.email, lambda: f"nobody{next(numbers)}@customers.example", ask, rounds=60)

    assert found < MOST_APART


async def test_r6_a_registration_does_not_tell(quiet: Served, people: People) -> None:
    """An address with an account and a new one each time."""
    numbers = iter(range(10_000))

    async def ask(email: str) -> Any:
        return await quiet.client.post(
            "/api/customer/auth/register",
            json={
                "email": email,
                "password": "kelp tram moss gull",
                "firstName": "Nora",
                "lastName": "Nilsen",
                "acceptTerms": True,
            },
        )

    assert await apart(lambda: people.anna.email, lambda: f"new{next(numbers)}@customers.example", ask) < MOST_APART


async def test_r6_a_change_of_address_does_not_tell(quiet: Served, people: People) -> None:
    """Another customer's address and a free one."""
    numbers = iter(range(10_000))
    headers = await quiet.sign_in(people.anna)

    async def ask(email: str) -> Any:
        return await quiet.client.post(
            "/api/customer/profile/email", headers=headers, json={"email": email, "password": people.anna.password}
        )

    assert await apart(lambda: people.ben.email, lambda: f"new{next(numbers)}@customers.example", ask) < MOST_APART
