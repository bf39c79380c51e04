"""Admission's one round trip: sessions, limits and kept answers."""

import asyncio
from uuid import UUID, uuid4

import pytest
import redis

from revivatech.cache.store import ENDED, Cache, CacheUnavailable

pytestmark = pytest.mark.anyio


async def someone(cache: Cache) -> tuple[UUID, UUID]:
    """An account and its session, known to be alive."""
    owner, session = uuid4(), uuid4()
    await cache.remember_session(owner, session, b"customer")
    return owner, session


async def test_an_answer_is_kept_until_something_changes(cache: Cache) -> None:
    """What was kept comes back until the customer's answers are forgotten."""
    owner, session = await someone(cache)
    first = await cache.admit(owner, session, "repairs")
    assert first.body is None
    assert first.generation is not None

    await cache.keep(owner, first.generation, "repairs", b"kept")
    assert (await cache.admit(owner, session, "repairs")).body == b"kept"
    assert (await cache.admit(owner, session, "other")).body is None

    await cache.forget_answers(owner)
    assert (await cache.admit(owner, session, "repairs")).body is None


async def test_what_was_read_before_a_change_is_not_kept_after_it(cache: Cache) -> None:
    """A slow reader cannot bring an old answer back: its generation is over."""
    owner, session = await someone(cache)
    slow = await cache.admit(owner, session, "repairs")
    assert slow.generation is not None

    await cache.forget_answers(owner)
    quick = await cache.admit(owner, session, "repairs")
    await cache.keep(owner, slow.generation, "repairs", b"old")

    assert quick.generation != slow.generation
    assert (await cache.admit(owner, session, "repairs")).body is None


async def test_one_customers_answers_are_no_others(cache: Cache) -> None:
    """The owner is part of every key."""
    owner, session = await someone(cache)
    admission = await cache.admit(owner, session, "repairs")
    assert admission.generation is not None
    await cache.keep(owner, admission.generation, "repairs", b"hers")

    assert (await cache.admit(*await someone(cache), "repairs")).body is None


async def test_an_ended_session_is_never_alive_again(cache: Cache) -> None:
    """A reader that saw it alive in PostgreSQL a moment ago does not overwrite its end."""
    owner, session = uuid4(), uuid4()

    await cache.end_session(owner, session)
    await cache.remember_session(owner, session, b"alive")

    assert (await cache.admit(owner, session)).state == ENDED


async def test_an_unknown_session_is_not_counted(cache: Cache) -> None:
    """Nobody uses up the limit of somebody whose id they know."""
    owner, session = await someone(cache)

    await cache.admit(owner, uuid4())
    await cache.admit(owner, session, secret_hash=b"not hers")

    assert (await cache.admit(owner, session)).count == 1


async def test_requests_are_counted_in_a_window(cache: Cache) -> None:
    """Each admission counts once, whatever runs side by side."""
    owner, session = await someone(cache)

    admissions = await asyncio.gather(*(cache.admit(owner, session) for _ in range(50)))

    assert sorted(admission.count for admission in admissions) == list(range(1, 51))
    assert all(0 < admission.seconds_left <= 60 for admission in admissions)


async def test_a_flushed_valkey_forgets_the_scripts_and_nobody_notices(cache: Cache, redis_url: str) -> None:
    """After FLUSHALL and SCRIPT FLUSH the next admission works."""
    owner, session = await someone(cache)
    await cache.admit(owner, session)
    with redis.Redis.from_url(redis_url) as client:
        client.flushall()
        client.script_flush()

    assert (await cache.admit(owner, session)).state is None


async def test_a_dead_valkey_is_said_to_be_away() -> None:
    """No hanging, no other exception."""
    async with Cache("unix:///nonexistent/valkey.sock") as away:
        with pytest.raises(CacheUnavailable):
            await away.admit(uuid4(), uuid4())
        await away.keep(uuid4(), b"1", "repairs", b"body")
        assert not await away.is_up()
