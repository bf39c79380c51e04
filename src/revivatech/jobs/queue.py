"""Deferring work inside a transaction: it exists exactly when the transaction has committed."""

import procrastinate
from procrastinate import App, Blueprint, JobContext, PsycopgConnector, RetryStrategy

from revivatech.db import Transaction

__all__ = ["RETRY", "App", "Blueprint", "JobContext", "enqueue", "new_app"]

# Someone else's service is away: try again after 15 s, 1 min, 4 min … for about three days.
RETRY = RetryStrategy(max_attempts=12, exponential_wait=4, linear_wait=15)

# Deferring needs an app but none of its connections: the statement runs on the transaction's own.
_deferring = App(connector=PsycopgConnector())


async def enqueue(tx: Transaction, task: str, *, queue: str = "default", **arguments: str | int | bool) -> None:
    """Defer a task by name with ids as arguments; it runs after the commit, at least once."""
    await _deferring.configure_task(task, queue=queue, connection=tx.connection).defer_async(**arguments)


def new_app(url: str, blueprints: dict[str, Blueprint]) -> App:
    """The job runner of one process, with every slice's tasks under its name."""
    app = App(connector=PsycopgConnector(conninfo=url, min_size=1, max_size=4))
    for namespace, blueprint in blueprints.items():
        app.add_tasks_from(blueprint, namespace=namespace)
    return app


ConnectorError = procrastinate.exceptions.ConnectorException
