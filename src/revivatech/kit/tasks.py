"""Tasks that run beside everything else, and their end."""

import asyncio
from typing import Any


async def end(*tasks: asyncio.Task[Any], patience: float = 1.0) -> None:
    """Cancel the tasks and return when all have ended; what they raised meanwhile is nobody's business.

    A cancellation can be lost: a task that fails while it unwinds raises its failure instead, and one that goes on
    after failures then goes on. So whoever has not ended after `patience` seconds is cancelled again.
    """
    going = {task for task in tasks if not task.done()}
    while going:
        for task in going:
            task.cancel()
        _, going = await asyncio.wait(going, timeout=patience)
    await asyncio.gather(*tasks, return_exceptions=True)
