"""The jobs of dead workers, given back to the living."""

import asyncio
from datetime import UTC, datetime

import structlog
from procrastinate.jobs import Job, Status

from revivatech.jobs.metrics import RESCUED
from revivatech.jobs.queue import App

log = structlog.get_logger(__name__)

# A worker that was not seen for so long is dead. With the period below its jobs run again within half a minute.
DEAD_AFTER_SECONDS = 20.0
HEARTBEAT_SECONDS = 5.0
EVERY_SECONDS = 10.0
# What has ended so many workers is given up: it would end every one that takes it.
MOST_ATTEMPTS = 20
# Rows of workers that died; long after, because a worker that was only cut off still needs its own.
FORGET_WORKER_SECONDS = 3600.0


async def keep_rescuing(app: App) -> None:
    """Rescue until cancelled.

    A loop of the worker and not a job: it needs no free slot, leaves no rows, and cannot itself get stuck as `doing`.
    """
    while True:
        try:
            await rescue(app)
        except Exception as error:  # noqa: BLE001 - the database is away; the next round finds what this one would have
            log.warning("rescue_put_off", error=type(error).__name__)
        await asyncio.sleep(EVERY_SECONDS)


async def rescue(app: App) -> int:
    """Return how many jobs of dead workers wait to be run again; those that were tried too often count as failed."""
    manager = app.job_manager
    rescued = 0
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=DEAD_AFTER_SECONDS):
        rescued += await _rescue_one(app, job)
    await manager.prune_stalled_workers(FORGET_WORKER_SECONDS)
    return rescued


async def _rescue_one(app: App, job: Job) -> bool:
    if job.attempts >= MOST_ATTEMPTS:
        log.error("job_given_up", task=job.task_name, job=job.id, attempts=job.attempts)
        await app.job_manager.finish_job(job, Status.FAILED, delete_job=False)
        return False
    log.warning("job_rescued", task=job.task_name, job=job.id, attempts=job.attempts)
    await app.job_manager.retry_job(job, retry_at=datetime.now(UTC))
    RESCUED.labels(job.task_name).inc()
    return True
