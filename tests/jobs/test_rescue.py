"""Jobs whose worker was killed are done all the same."""

import asyncio
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from revivatech.db import Database, execute, fetch_value
from revivatech.jobs import rescue
from revivatech.jobs.queue import Blueprint, enqueue, new_app
from revivatech.jobs.rescue import MOST_ATTEMPTS, keep_rescuing
from support.waiting import until_true

pytestmark = pytest.mark.anyio

WORKER = Path(__file__).parent / "killable_worker.py"


@pytest.mark.long
async def test_f2_a_killed_worker_s_job_runs_again_within_a_minute(
    db: Database, runner: Any, database_url: str
) -> None:
    """Kill -9 in the middle of a job: another worker has done it within sixty seconds, with the program's own times."""
    tasks, ran = Blueprint(), []

    @tasks.task(name="hang")
    async def hang() -> None:
        ran.append(time.monotonic())

    async with db.transaction() as tx:
        await enqueue(tx, "test:hang")
    killed_at = await _begin_and_kill(db, database_url)

    async with runner(tasks) as app:
        rescuing = asyncio.create_task(keep_rescuing(app))
        await until_true(lambda: ran, 60)
        rescuing.cancel()

    assert ran[0] - killed_at < 60


async def test_f33_a_job_that_kills_every_worker_is_given_up(db: Database, database_url: str) -> None:
    """After too many deaths the job counts as failed; one that was unlucky once is run again."""
    async with db.transaction() as tx:
        for _ in range(2):
            await enqueue(tx, "other:task")
        await execute(
            tx,
            "UPDATE procrastinate_jobs SET status = 'doing', attempts = CASE WHEN id = 1 THEN %s ELSE 1 END",
            [MOST_ATTEMPTS],
        )

    app = new_app(database_url, {})
    async with app.open_async():
        assert await rescue.rescue(app) == 1

    async with db.read() as reader:
        outcomes = await fetch_value(reader, "SELECT array_agg(status::text ORDER BY id) FROM procrastinate_jobs")
    assert outcomes == ["failed", "todo"]


async def test_a_living_worker_keeps_its_jobs(db: Database, runner: Any) -> None:
    """A job that merely takes long is nobody else's."""
    tasks, started = Blueprint(), []

    @tasks.task(name="slow")
    async def slow() -> None:
        started.append(1)
        await asyncio.sleep(60)

    async with runner(tasks) as app:
        async with db.transaction() as tx:
            await enqueue(tx, "test:slow")
        await until_true(lambda: started)
        assert await rescue.rescue(app) == 0
    assert started == [1]


async def _begin_and_kill(db: Database, database_url: str) -> float:
    process = await asyncio.create_subprocess_exec(sys.executable, str(WORKER), database_url)
    try:
        async with asyncio.timeout(20):
            while True:
                async with db.read() as reader:
                    if await fetch_value(reader, "SELECT name FROM shop_settings") == "begun":
                        break
                await asyncio.sleep(0.05)
    finally:
        process.kill()
        await process.wait()
    return time.monotonic()
