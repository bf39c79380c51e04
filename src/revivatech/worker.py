"""The job runner: every slice's tasks, what runs on a schedule, and what they may use."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog

from revivatech.accounts import jobs as accounts_jobs
from revivatech.cache.store import Cache
from revivatech.db import Database
from revivatech.jobs.housekeeping import tasks as housekeeping
from revivatech.jobs.queue import App, new_app
from revivatech.mail.sender import Sender, sender_for
from revivatech.notifications import jobs as notifications_jobs
from revivatech.realtime import jobs as realtime_jobs
from revivatech.settings import Settings

log = structlog.get_logger(__name__)

CONCURRENCY = 4
# A worker that has not shown itself for so long is dead; its jobs are taken over within a minute of its death.
DEAD_AFTER_SECONDS = 25.0
HEARTBEAT_SECONDS = 5.0
GRACE_SECONDS = 5.0

SCHEDULE = {
    # Once a minute at the seconds 0 and 30, with no lock: the rescue must survive the death of a rescuer.
    "jobs:rescue_stalled": "* * * * * */30",
    "jobs:delete_finished": "17 * * * *",
    "realtime:forget_old_events": "23 3 * * *",
    "accounts:forget_old": "41 3 * * *",
}


@dataclass(frozen=True, slots=True)
class Services:
    """What tasks find in their context as `services`."""

    settings: Settings
    db: Database
    cache: Cache
    sender: Sender


def build_jobs(url: str) -> App:
    """The runner with every task and every schedule; it opens no connection yet."""
    app = new_app(
        url,
        {
            "accounts": accounts_jobs.tasks,
            "jobs": housekeeping,
            "notifications": notifications_jobs.tasks,
            "realtime": realtime_jobs.tasks,
        },
    )
    for name, cron in SCHEDULE.items():
        app.periodic(cron=cron)(app.tasks[name])
    return app


async def work(settings: Settings, db: Database, cache: Cache) -> None:
    """Run jobs until cancelled; what is under way then has a few seconds to end."""
    services = Services(settings, db, cache, sender_for(settings, db))
    app = build_jobs(settings.database_url)
    async with app.open_async():
        await app.run_worker_async(
            concurrency=CONCURRENCY,
            install_signal_handlers=False,
            shutdown_graceful_timeout=GRACE_SECONDS,
            update_heartbeat_interval=HEARTBEAT_SECONDS,
            stalled_worker_timeout=DEAD_AFTER_SECONDS,
            additional_context={"services": services},
        )


@asynccontextmanager
async def running(settings: Settings, db: Database, cache: Cache) -> AsyncIterator[None]:
    """Jobs run beside the block; a runner that fails (the database restarts) begins again."""

    async def keep_working() -> None:
        while True:
            try:
                await work(settings, db, cache)
            except Exception:
                log.exception("worker_failed")
            await asyncio.sleep(1)

    runner = asyncio.create_task(keep_working(), name="jobs")
    try:
        yield
    finally:
        runner.cancel()
        await asyncio.gather(runner, return_exceptions=True)
