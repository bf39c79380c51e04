"""A worker that a test can kill: `python killable_worker.py DATABASE_URL`. Its task says that it began, then hangs."""

import asyncio
import sys

from revivatech.db import Database, execute
from revivatech.jobs.queue import Blueprint, new_app
from revivatech.jobs.rescue import HEARTBEAT_SECONDS

tasks = Blueprint()


@tasks.task(name="hang")
async def hang() -> None:
    """Begin, and never end."""
    async with Database(sys.argv[1], most=2) as db:
        async with db.transaction() as tx:
            await execute(tx, "UPDATE shop_settings SET name = 'begun'")
        await asyncio.sleep(600)


async def main() -> None:
    """Work until killed."""
    app = new_app(sys.argv[1], {"test": tasks})
    async with app.open_async():
        await app.run_worker_async(update_heartbeat_interval=HEARTBEAT_SECONDS)


asyncio.run(main())
