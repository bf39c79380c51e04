"""`revivatech worker`: the jobs alone."""

import asyncio
import signal
from pathlib import Path

import click
import uvloop

from revivatech import worker
from revivatech.cache.store import Cache
from revivatech.cli.services import any_servers, data_option, say
from revivatech.db import Database
from revivatech.embedded import keep_to_own
from revivatech.realtime.bus import Bus
from revivatech.settings import Settings, read_settings, with_secret
from revivatech.web import logs


@click.command
@data_option
def command(data: Path | None) -> None:
    """Run the jobs alone, beside web processes with REVIVATECH_JOBS_IN_WEB=false. Ctrl-C or SIGTERM ends it."""
    settings = read_settings(data=data)
    keep_to_own(settings.data)
    with any_servers(settings, with_valkey=True) as reached:
        settings = with_secret(reached)
        logs.configure(settings.log_level, settings.log_format)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_work(settings))


async def _work(settings: Settings) -> None:
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    async with (
        Database(settings.database_url, most=settings.database_pool) as db,
        Cache(settings.redis_url) as cache,
        Bus(settings.redis_url) as bus,
        worker.running(settings, db, cache),
    ):
        bus.observe(db)
        click.echo("The worker is ready.")
        await ended.wait()
        say("Stopping ...")
