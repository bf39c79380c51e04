"""Keeping the queue's tables short: jobs that ended well are deleted at once, the others after a month."""

from revivatech.jobs.queue import Blueprint, JobContext

tasks = Blueprint()

KEPT_HOURS = 24 * 30


@tasks.task(name="forget_failed", pass_context=True)
async def forget_failed(context: JobContext, timestamp: int = 0) -> None:  # noqa: ARG001 - a schedule gives its time
    """Delete jobs that were given up a month ago: whoever wanted to look at them has."""
    await context.app.job_manager.delete_old_jobs(
        nb_hours=KEPT_HOURS, include_failed=True, include_cancelled=True, include_aborted=True
    )
