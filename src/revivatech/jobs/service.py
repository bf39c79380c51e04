"""Jobs that were given up: seen by an operator, and run again when what stopped them is mended (F33)."""

from collections.abc import Sequence

from revivatech.db import Database
from revivatech.jobs import queries
from revivatech.jobs.queries import GivenUp


async def given_up(db: Database) -> list[GivenUp]:
    """The jobs that were given up in the last month, the newest first, at most a thousand."""
    async with db.read() as reader:
        return await queries.given_up(reader)


async def run_again(db: Database, ids: Sequence[int] | None) -> int:
    """Return how many of these jobs, None for all that were given up, will be tried anew as often as any other."""
    async with db.transaction() as tx:
        return await queries.run_again(tx, ids)
