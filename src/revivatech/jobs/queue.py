"""Deferring work inside a transaction: it exists exactly when the transaction has committed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from procrastinate import App, BaseRetryStrategy, Blueprint, JobContext, PsycopgConnector, RetryDecision
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job
from typing_extensions import override

from revivatech.db import Transaction

__all__ = ["RETRY", "App", "Blueprint", "ConnectorException", "JobContext", "enqueue", "new_app"]

# Between two tries while someone else's service is away: soon at first, then every eight hours, for four days. So what
# waits leaves within eight hours of that service's return. Fewer tries than `rescue.MOST_ATTEMPTS`.
WAITS = (4, 30, 120, 300, 1200, 3600, 3 * 3600, *[8 * 3600] * 11)


class Patience(BaseRetryStrategy):
    """Try again after each of `WAITS`, whatever went wrong."""

    @override
    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        return RetryDecision(retry_in={"seconds": WAITS[job.attempts]}) if job.attempts < len(WAITS) else None


RETRY = Patience()
CONNECTION = {"connect_timeout": 4, "options": "-c timezone=UTC -c statement_timeout=10s -c lock_timeout=4s"}

# Deferring needs an app but none of its connections: the statement runs on the transaction's own.
_deferring = App(connector=PsycopgConnector())


async def enqueue(
    tx: Transaction, task: str, *, queue: str = "default", at: datetime | None = None, **arguments: str | int | bool
) -> None:
    """Defer a task by name with ids as arguments; it runs after the commit, not before `at`, at least once."""
    job = _deferring.configure_task(task, queue=queue, schedule_at=at, connection=tx.connection)
    await job.defer_async(**arguments)


def new_app(url: str, blueprints: Mapping[str, Blueprint]) -> App:
    """A job runner with every slice's tasks under its name, as `slice:task`."""
    app = App(connector=PsycopgConnector(conninfo=url, min_size=1, max_size=4, kwargs=CONNECTION))
    for namespace, blueprint in blueprints.items():
        # Not add_tasks_from: it renames the blueprint's own tasks, so that a second runner would find them changed.
        for name, task in blueprint.tasks.items():
            options: dict[str, Any] = {
                "name": f"{namespace}:{name}",
                "queue": task.queue,
                "retry": task.retry_strategy or False,
                "pass_context": task.pass_context,
            }
            app.task(**options)(task.func)
    return app
