"""Keeping the queue itself in order."""

from datetime import UTC, datetime

import structlog

from revivatech.jobs.queue import Blueprint, JobContext

log = structlog.get_logger(__name__)

tasks = Blueprint()

DEAD_AFTER_SECONDS = 25
KEEP_HOURS = 24 * 7


@tasks.task(name="rescue_stalled", pass_context=True)
async def rescue_stalled(context: JobContext, timestamp: int = 0) -> None:  # noqa: ARG001 - a schedule gives its time
    """Give the jobs of dead workers back to the living."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=DEAD_AFTER_SECONDS):
        log.warning("job_rescued", task=job.task_name, job=job.id)
        await manager.retry_job(job, retry_at=datetime.now(UTC))


@tasks.task(name="delete_finished", pass_context=True)
async def delete_finished(context: JobContext, timestamp: int = 0) -> None:  # noqa: ARG001 - a schedule gives its time
    """Forget jobs that ended well a week ago; failed ones stay to be looked at."""
    await context.app.job_manager.delete_old_jobs(nb_hours=KEEP_HOURS)
