"""Keeping the event log short."""

from datetime import timedelta

import structlog

from revivatech.jobs.queue import Blueprint, JobContext
from revivatech.kit.clock import utcnow
from revivatech.realtime import queries

log = structlog.get_logger(__name__)

tasks = Blueprint()

# Who was away for longer reads everything anew.
KEPT = timedelta(days=90)
BATCH = 5000


@tasks.task(name="forget_old_events", pass_context=True)
async def forget_old_events(context: JobContext, timestamp: int = 0) -> None:  # noqa: ARG001 - a schedule gives its time
    """Delete events older than ninety days, a few thousand a transaction."""
    db = context.additional_context["services"].db
    before = utcnow() - KEPT
    forgotten = 0
    gone = BATCH
    while gone == BATCH:
        async with db.transaction() as tx:
            gone = await queries.delete_older(tx, before, BATCH)
        forgotten += gone
    if forgotten:
        log.info("events_forgotten", count=forgotten)
