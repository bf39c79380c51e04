"""Jobs exist exactly when their transaction has committed, and leave nothing behind."""

import asyncio
import contextlib
from datetime import UTC, datetime
from typing import Any

import pytest
from procrastinate.jobs import Job

from revivatech.db import Database, execute, fetch_value
from revivatech.jobs import metrics
from revivatech.jobs.queue import RETRY, Blueprint, enqueue, new_app
from revivatech.jobs.rescue import MOST_ATTEMPTS
from revivatech.settings import Settings
from revivatech.worker import SCHEDULE, build_jobs
from support.commands import invoke
from support.waiting import until_true

pytestmark = pytest.mark.anyio


async def test_a_job_runs_after_its_commit_and_never_without_it(db: Database, runner: Any) -> None:
    """One enqueued in a rolled-back transaction never runs; one of a committed transaction runs, after the commit."""
    tasks, ran = Blueprint(), []

    @tasks.task(name="note")
    async def note(number: int) -> None:
        ran.append(number)

    async with runner(tasks):
        with contextlib.suppress(ZeroDivisionError):
            async with db.transaction() as tx:
                await enqueue(tx, "test:note", number=1)
                raise ZeroDivisionError
        async with db.transaction() as tx:
            await enqueue(tx, "test:note", number=2)
            # Long enough for a worker that could see it already.
            await asyncio.sleep(0.3)
            assert ran == []
        await until_true(lambda: ran)

    assert ran == [2]


async def test_the_tables_stay_short(db: Database, runner: Any) -> None:
    """Jobs that ended well leave no row; one that was given up stays to be looked at, and is counted."""
    tasks, ran = Blueprint(), []

    @tasks.task(name="good")
    async def good(number: int) -> None:
        ran.append(number)

    @tasks.task(name="bad")
    async def bad() -> None:
        ran.append(-1)
        raise ZeroDivisionError

    async def statuses() -> object:
        async with db.read() as reader:
            return await fetch_value(reader, "SELECT array_agg(status::text) FROM procrastinate_jobs")

    async with runner(tasks):
        async with db.transaction() as tx:
            await enqueue(tx, "test:bad")
            for number in range(20):
                await enqueue(tx, "test:good", number=number)
        async with asyncio.timeout(10):
            while await statuses() != ["failed"]:  # noqa: ASYNC110 - the database does not signal it
                await asyncio.sleep(0.05)

    assert sorted(ran) == [-1, *range(20)]
    async with db.read() as reader:
        assert await fetch_value(reader, "SELECT count(DISTINCT job_id) FROM procrastinate_events") == 1
    await metrics.refresh(db)
    assert metrics.FAILED.labels("test:bad")._value.get() == 1  # noqa: SLF001 - the client has no other way to ask
    assert metrics.DONE.labels("test:good", "done")._value.get() == 20  # noqa: SLF001 - likewise


async def test_f33_what_was_given_up_is_listed_and_runs_again(
    db: Database, runner: Any, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The operator sees which job it was; put back it has all its tries again, and runs."""
    for name in ("database_url", "redis_url", "data"):
        monkeypatch.setenv(f"REVIVATECH_{name.upper()}", str(getattr(settings, name)))
    tasks, ran = Blueprint(), []

    @tasks.task(name="mended")
    async def mended(thing_id: str) -> None:
        ran.append(thing_id)

    async with db.transaction() as tx:
        await enqueue(tx, "test:mended", thing_id="42")
        await enqueue(tx, "test:mended", thing_id="43")
        await execute(tx, "UPDATE procrastinate_jobs SET status = 'failed', attempts = 9")
        first = await fetch_value(tx, "SELECT min(id) FROM procrastinate_jobs")

    def say(*words: str) -> str:
        answer = invoke("jobs", *words)
        assert answer.exit_code == 0, answer.output
        return answer.output

    listed = await asyncio.to_thread(say, "list")
    again = await asyncio.to_thread(say, "retry", str(first))
    async with runner(tasks):
        await until_true(lambda: ran)

    assert "9 tries  test:mended  thing_id=42" in listed
    assert again.startswith("1 of them")
    assert ran == ["42"]
    assert "thing_id=43" in await asyncio.to_thread(say, "list")


async def test_what_is_under_way_when_the_worker_ends_is_tried_again(db: Database, runner: Any) -> None:
    """A job that does not end within the grace is put back, not lost."""
    tasks, started = Blueprint(), []

    @tasks.task(name="slow", retry=RETRY)
    async def slow() -> None:
        started.append(1)
        await asyncio.sleep(60)

    async with runner(tasks):
        async with db.transaction() as tx:
            await enqueue(tx, "test:slow")
        await until_true(lambda: started)

    async with db.read() as reader:
        assert await fetch_value(reader, "SELECT status::text FROM procrastinate_jobs") == "todo"


def test_f15_a_job_outlasts_a_day_without_the_other_service() -> None:
    """It is tried soon, less and less often, for days, and at the latest eight hours after the service is back."""
    waits = []
    for attempts in range(MOST_ATTEMPTS):
        job = Job(id=1, queue="q", lock=None, queueing_lock=None, task_name="t", attempts=attempts)
        decision = RETRY.get_retry_decision(exception=OSError(), job=job)
        if decision is None:
            break
        assert decision.retry_at is not None
        waits.append(round((decision.retry_at - datetime.now(UTC)).total_seconds()))

    assert waits == sorted(waits)
    assert waits[0] <= 5
    assert max(waits) <= 8 * 3600
    assert sum(waits) > 3 * 86_400
    # The rescue of dead workers' jobs does not take it for what kills them.
    assert len(waits) + 1 < MOST_ATTEMPTS


def test_two_runners_may_share_the_tasks(database_url: str) -> None:
    """Building a runner changes nothing of the slices' own lists; the schedule names tasks that exist."""
    first, second = build_jobs(database_url), build_jobs(database_url)

    names = {name for name in first.tasks if not name.startswith("builtin")}
    assert names == {name for name in second.tasks if not name.startswith("builtin")}
    assert set(SCHEDULE) < names
    assert "notifications:send_mail" in names


def test_a_slice_s_task_keeps_its_settings(database_url: str) -> None:
    """Queue, retries and context survive the renaming."""
    tasks = Blueprint()

    @tasks.task(name="one", queue="mail", retry=RETRY, pass_context=True)
    async def one(_context: object) -> None:
        return

    task = new_app(database_url, {"slice": tasks}).tasks["slice:one"]

    assert (task.queue, task.retry_strategy, task.pass_context) == ("mail", RETRY, True)
