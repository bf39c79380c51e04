"""The queue's own tables, read for figures and given-up jobs; everything else of them belongs to Procrastinate."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from revivatech.db import Reader, Transaction, execute, fetch_all
from revivatech.kit.structs import Value


class JobCount(Value, frozen=True):
    """The number of jobs of a kind."""

    name: str
    jobs: int


async def waiting(reader: Reader) -> list[JobCount]:
    """Return how many jobs of each queue could run now."""
    return await fetch_all(
        reader,
        JobCount,
        """
        SELECT queue_name AS name, count(*) AS jobs FROM procrastinate_jobs
        WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now()) GROUP BY queue_name
        """,
    )


async def failed(reader: Reader) -> list[JobCount]:
    """Return how many jobs of each task were given up."""
    return await fetch_all(
        reader,
        JobCount,
        "SELECT task_name AS name, count(*) AS jobs FROM procrastinate_jobs WHERE status = 'failed' GROUP BY task_name",
    )


class GivenUp(Value, frozen=True):
    """A job that was given up; its arguments are ids."""

    id: int
    task: str
    arguments: dict[str, Any]
    attempts: int
    ended_at: datetime | None


async def given_up(reader: Reader) -> list[GivenUp]:
    """The jobs that were given up, the newest first."""
    return await fetch_all(
        reader,
        GivenUp,
        """
        SELECT j.id, j.task_name AS task, j.args AS arguments, j.attempts,
          (SELECT max(at) FROM procrastinate_events e WHERE e.job_id = j.id AND e.type = 'failed') AS ended_at
        FROM procrastinate_jobs j WHERE j.status = 'failed' ORDER BY j.id DESC LIMIT 1000
        """,
    )


async def run_again(tx: Transaction, ids: Sequence[int] | None) -> int:
    """Return how many given-up jobs wait to be run now, with all their tries before them; every one for None."""
    return await execute(
        tx,
        """
        UPDATE procrastinate_jobs SET status = 'todo', attempts = 0, scheduled_at = NULL
        WHERE status = 'failed' AND (%(ids)s::bigint[] IS NULL OR id = ANY (%(ids)s))
        """,
        {"ids": None if ids is None else list(ids)},
    )
