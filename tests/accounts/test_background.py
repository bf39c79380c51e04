"""What accounts do behind the requests: jobs, hashing threads, names of devices."""

import asyncio
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest

from revivatech.accounts import jobs
from revivatech.accounts.contracts import Client
from revivatech.accounts.secrets import passwords
from revivatech.accounts.secrets.user_agents import device_name
from revivatech.accounts.sessions import service as sessions
from revivatech.accounts.staff_accounts import administration
from revivatech.cache.store import ENDED, Cache
from revivatech.db import Database
from revivatech.kit.actor import SYSTEM
from revivatech.kit.errors import Unavailable
from support.people import People

pytestmark = pytest.mark.anyio


def context(db: Database, cache: Cache) -> Any:
    """A job's context with the program's services."""
    return SimpleNamespace(additional_context={"services": SimpleNamespace(db=db, cache=cache)})


async def test_an_ended_session_leaves_a_job_that_refuses_it_again(
    db: Database, cache: Cache, people: People, database_url: str
) -> None:
    """If the process dies after the commit, the job in the same commit tells Valkey."""
    async with db.transaction() as tx:
        session_id, _ = await sessions.begin_with_credential(tx, "customer", people.anna.id, Client())
    await administration.disable_customer(db, SYSTEM, people.anna.id)
    with psycopg.connect(database_url) as connection:
        row = connection.execute("SELECT task_name, args FROM procrastinate_jobs").fetchone()
    assert row == (
        "accounts:forget_sessions",
        {"owner_id": str(people.anna.id), "session_ids": str(session_id)},
    )
    assert (await cache.admit(people.anna.id, session_id)).state is None
    await jobs.forget_sessions.func(context(db, cache), **row[1])
    assert (await cache.admit(people.anna.id, session_id)).state == ENDED


async def test_nothing_ended_leaves_no_job(db: Database, people: People, database_url: str) -> None:
    """Closing an account that nobody is signed in to enqueues nothing."""
    await administration.disable_customer(db, SYSTEM, people.anna.id)
    with psycopg.connect(database_url) as connection:
        assert connection.execute("SELECT count(*) FROM procrastinate_jobs").fetchone() == (0,)


async def test_old_sessions_and_failures_are_forgotten(
    db: Database, cache: Cache, people: People, database_url: str
) -> None:
    """A month after its end a session goes with its tokens; the living stay."""
    async with db.transaction() as tx:
        for _ in range(2):
            await sessions.begin_with_credential(tx, "customer", people.anna.id, Client())
        await sessions.begin_with_credential(tx, "staff", people.tom.id, Client())
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("INSERT INTO login_failures VALUES (sha256('a'), now() - interval '2 days', 5)")
        connection.execute("INSERT INTO login_failures VALUES (sha256('b'), now(), 5)")
        connection.execute(
            """
            UPDATE customer_sessions SET ended_at = now() - interval '31 days', end_reason = 'logout'
            WHERE id = (SELECT min(id::text)::uuid FROM customer_sessions)
            """
        )
        await jobs.forget_old.func(context(db, cache), timestamp=0)
        for table, left in (("customer_sessions", 1), ("staff_sessions", 1), ("login_failures", 1)):
            statement = f"SELECT count(*) FROM {table}".encode()  # noqa: S608 - a constant
            assert connection.execute(statement).fetchone() == (left,)


async def test_hashing_does_not_hold_up_the_loop() -> None:
    """While ten passwords are checked the event loop goes on (C28)."""
    kept = await passwords.hash_password("a password of fifteen")
    checks = asyncio.gather(*(passwords.check_password("a wrong one", kept) for _ in range(10)))
    turns = 0
    while not checks.done():
        turns += 1
        await asyncio.sleep(0)
    assert not any(verdict.is_right for verdict in await checks)
    # A loop that hashed by itself would turn about once a password; how long a turn takes is the machine's affair.
    assert turns > 200


async def test_a_long_queue_of_passwords_is_told_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the queue's length a check is refused at once instead of waiting for ever."""
    monkeypatch.setattr(passwords, "MOST_WAITING", 3)
    answers = await asyncio.gather(
        *(passwords.check_password("a wrong one", None) for _ in range(30)), return_exceptions=True
    )
    assert any(isinstance(answer, Unavailable) for answer in answers)
    assert any(isinstance(answer, passwords.Verdict) for answer in answers)
    assert not (await passwords.check_password("once more", None)).is_right


@pytest.mark.parametrize("kept", ["", "plain", "$argon2id$broken", "$2b$04$short", "$9$", "x" * 300])
async def test_a_broken_hash_is_a_wrong_password(kept: str) -> None:
    """Whatever stands in the column, nobody gets in and nothing faults."""
    for password in ("", "\ud800", "\x00", "x" * 1024):
        assert not (await passwords.check_password(password, kept)).is_right


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0", "Firefox · Linux"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Mobile Safari/604",
            "Safari · iPhone",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/129.0 Safari/537.36 Edg/129.0",
            "Edge · Windows",
        ),
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/129.0 Mobile Safari/537.36", "Chrome · Android"),
        ("python-httpx/0.28.1", "python-httpx"),
        ("curl/8.5", "curl"),
        ("", ""),
        ("<script>alert(1)</script>", ""),
        ("(((", ""),
    ],
)
def test_a_device_is_named_in_two_words(agent: str, name: str) -> None:
    """Browser and system as their owner calls them; a program by its name; nonsense not at all."""
    assert device_name(agent) == name
