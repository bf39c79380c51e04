"""The queue's own tables, read for the figures; everything else of them belongs to Procrastinate."""

from revivatech.db import Reader, fetch_all
from revivatech.kit.structs import Value


class JobCount(Value, frozen=True):
    """How many jobs there are of a kind."""

    name: str
    jobs: int


async def waiting(reader: Reader) -> list[JobCount]:
    """How many jobs of each queue could run now."""
    return await fetch_all(
        reader,
        JobCount,
        """
        SELECT queue_name AS name, count(*) AS jobs FROM procrastinate_jobs
        WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now()) GROUP BY queue_name
        """,
    )


async def failed(reader: Reader) -> list[JobCount]:
    """How many jobs of each task were given up."""
    return await fetch_all(
        reader,
        JobCount,
        "SELECT task_name AS name, count(*) AS jobs FROM procrastinate_jobs WHERE status = 'failed' GROUP BY task_name",
    )
