"""Tasks end when they are asked to, also those that miss it the first time."""

import asyncio
import contextlib

import pytest

from revivatech.kit.tasks import end

pytestmark = pytest.mark.anyio


async def test_a_task_that_fails_while_it_unwinds_and_goes_on_is_ended() -> None:
    """As a listener does whose connection breaks while it is closed: the failure takes the cancellation's place."""
    failures = 0

    async def listen() -> None:
        nonlocal failures
        try:
            await asyncio.Event().wait()
        finally:
            if failures < 2:
                failures += 1
                raise ConnectionError("lost while closing")

    async def keep_listening() -> None:
        while True:
            with contextlib.suppress(ConnectionError):
                await listen()

    task = asyncio.create_task(keep_listening())
    await asyncio.sleep(0)
    await end(task, patience=0.01)

    assert failures == 2
    assert task.cancelled()


async def test_tasks_that_have_failed_or_ended_are_no_trouble() -> None:
    """Nothing of theirs is raised, and nobody waits."""

    async def fail() -> None:
        raise RuntimeError("long ago")

    failed, done = asyncio.create_task(fail()), asyncio.create_task(asyncio.sleep(0))
    await asyncio.wait([failed, done])

    await end(failed, done)
    await end()
