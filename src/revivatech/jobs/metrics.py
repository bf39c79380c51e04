"""Metrics of jobs."""

import time
from collections.abc import Awaitable, Callable
from typing import Any

from procrastinate import JobContext
from prometheus_client import Counter, Gauge, Histogram

from revivatech.db import Database
from revivatech.jobs import queries

WAITING = Gauge("customer_portal_jobs_waiting", "Jobs that could run now, in the whole shop.", ["queue"])
FAILED = Gauge("customer_portal_jobs_failed", "Jobs that were given up and that somebody should look at.", ["task"])
DONE = Counter("customer_portal_jobs_total", "Jobs that this process ran.", ["task", "outcome"])
RESCUED = Counter("customer_portal_jobs_rescued_total", "Jobs taken over from dead workers.", ["task"])
DURATION = Histogram("customer_portal_job_duration_seconds", "How long this process' jobs took.", ["task"])


async def refresh(db: Database) -> None:
    """Count what waits and what failed, for the text that is about to be written. Raises Unavailable."""
    async with db.read() as reader:
        waiting, failed = await queries.waiting(reader), await queries.failed(reader)
    for gauge, counts in ((WAITING, waiting), (FAILED, failed)):
        gauge.clear()
        for count in counts:
            gauge.labels(count.name).set(count.jobs)


async def measure(run: Callable[[], Awaitable[Any]], context: JobContext, _worker: object) -> Any:  # noqa: ANN401
    """Run the job, and note how it went and how long it took."""
    task = context.job.task_name
    started = time.perf_counter()
    outcome = "failed"
    try:
        answer = await run()
        outcome = "done"
        return answer
    finally:
        DONE.labels(task, outcome).inc()
        DURATION.labels(task).observe(time.perf_counter() - started)
