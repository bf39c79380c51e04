"""How long an answer takes says nothing of who has an account (R4, R6)."""

import statistics
import time
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import psycopg
import pytest

from revivatech.settings import Settings
from support.people import People
from support.serving import Served, serve

pytestmark = pytest.mark.anyio

# Of each kind, in turns. A busy machine gets three tries: a difference that is there shows in each of them.
ROUNDS = 30
TRIES = 3
MOST_APART = 0.1
Ask = Callable[[str], Awaitable[Any]]


def forget_limits(served: Served) -> None:
    """Let nobody have asked yet, and no mail have gone out."""
    with psycopg.connect(served.settings.database_url) as connection:
        connection.execute("DELETE FROM login_failures")
        connection.execute("DELETE FROM account_mails")


async def apart(served: Served, known: Callable[[], str], unknown: Callable[[], str], ask: Ask) -> float:
    """How far the medians of both are apart, as a part of the greater; the least of some tries."""
    least = 1.0
    for _ in range(TRIES):
        times: tuple[list[float], list[float]] = ([], [])
        answers = set()
        for _ in range(ROUNDS):
            for whose, seconds in zip((known, unknown), times, strict=True):
                forget_limits(served)
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


async def test_r4_a_sign_in_does_not_tell(settings: Settings, people: People) -> None:
    """A wrong password and an unknown address."""
    async with serve(msgspec.structs.replace(settings, jobs_in_web=False)) as served:

        async def ask(email: str) -> Any:
            return await served.client.post(
                "/api/customer/auth/login", json={"email": email, "password": "not the password of anybody"}
            )

        found = await apart(served, lambda: people.anna.email, lambda: "nobody@customers.example", ask)

    assert found < MOST_APART


async def test_r6_a_registration_does_not_tell(settings: Settings, people: People) -> None:
    """An address with an account and a new one each time."""
    numbers = iter(range(10_000))
    async with serve(msgspec.structs.replace(settings, jobs_in_web=False)) as served:

        async def ask(email: str) -> Any:
            return await served.client.post(
                "/api/customer/auth/register",
                json={
                    "email": email,
                    "password": "kelp tram moss gull",
                    "firstName": "Nora",
                    "lastName": "Nilsen",
                    "acceptTerms": True,
                },
            )

        found = await apart(served, lambda: people.anna.email, lambda: f"new{next(numbers)}@customers.example", ask)

    assert found < MOST_APART


async def test_r6_a_change_of_address_does_not_tell(settings: Settings, people: People) -> None:
    """Another customer's address and a free one."""
    numbers = iter(range(10_000))
    async with serve(msgspec.structs.replace(settings, jobs_in_web=False, api_rate_limit=1_000_000)) as served:
        headers = await served.sign_in(people.anna)

        async def ask(email: str) -> Any:
            return await served.client.post(
                "/api/customer/profile/email",
                headers=headers,
                json={"email": email, "password": people.anna.password},
            )

        found = await apart(served, lambda: people.ben.email, lambda: f"new{next(numbers)}@customers.example", ask)

    assert found < MOST_APART
