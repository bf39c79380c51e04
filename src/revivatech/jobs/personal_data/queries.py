"""The queue's table, searched for what it still says of a customer. Arguments are ids, and nothing else."""

from uuid import UUID

from revivatech.db import Transaction, execute


async def forget(tx: Transaction, customer_id: UUID) -> int:
    """Return how many jobs with that id among their arguments were deleted; those that will still run do so."""
    return await execute(
        tx,
        "DELETE FROM procrastinate_jobs WHERE status NOT IN ('todo', 'doing') AND args::text LIKE %s",
        [f'%"{customer_id}"%'],
    )
