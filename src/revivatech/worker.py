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
from revivatech.jobs.metrics import measure
from revivatech.jobs.queue import App, new_app
from revivatech.jobs.rescue import FORGET_WORKER_SECONDS, HEARTBEAT_SECONDS, keep_rescuing
from revivatech.mail.sender import Sender, sender_for
from revivatech.notifications import jobs as notifications_jobs
from revivatech.realtime import jobs as realtime_jobs
from revivatech.settings import Settings
from revivatech.storage import Files, files_for

log = structlog.get_logger(__name__)

CONCURRENCY = 4
GRACE_SECONDS = 5.0
RESTART_SECONDS = 1.0

# Each hour and not each night: a shop's machine may be off at night.
SCHEDULE = {
    "jobs:forget_failed": "17 * * * *",
    "realtime:forget_old_events": "23 * * * *",
    "accounts:forget_old": "41 * * * *",
}


@dataclass(frozen=True, slots=True)
class Services:
    """What tasks find in their context as `services`."""

    settings: Settings
    db: Database
    cache: Cache
    sender: Sender
    files: Files


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


async def work(settings: Settings, services: Services) -> None:
    """Run jobs until cancelled; what is under way then has a few seconds to end, and is tried again later if not."""
    app = build_jobs(settings.database_url)
    async with app.open_async(), asyncio.TaskGroup() as group:
        rescuer = group.create_task(keep_rescuing(app), name="job rescue")
        await app.run_worker_async(
            concurrency=CONCURRENCY,
            install_signal_handlers=False,
            shutdown_graceful_timeout=GRACE_SECONDS,
            update_heartbeat_interval=HEARTBEAT_SECONDS,
            stalled_worker_timeout=FORGET_WORKER_SECONDS,
            delete_jobs="successful",
            worker_middleware=[measure],
            additional_context={"services": services},
        )
        rescuer.cancel()


@asynccontextmanager
async def running(settings: Settings, db: Database, cache: Cache) -> AsyncIterator[None]:
    """Jobs run beside the block; a runner that fails (the database restarts) begins again."""
    services = Services(settings, db, cache, sender_for(settings, db), files_for(settings))

    async def keep_working() -> None:
        while True:
            try:
                await work(settings, services)
            except Exception:
                log.exception("worker_failed")
            await asyncio.sleep(RESTART_SECONDS)

    runner = asyncio.create_task(keep_working(), name="jobs")
    try:
        yield
    finally:
        runner.cancel()
        await asyncio.gather(runner, return_exceptions=True)
