"""`revivatech erasures`: what an operator has to do with them."""

import asyncio
from pathlib import Path

import click

from revivatech.cli.database import open_database
from revivatech.cli.services import any_servers, data_option
from revivatech.privacy import service as privacy
from revivatech.settings import Settings, read_settings, with_secret
from revivatech.storage import files_for
from revivatech.worker import PROCESSORS, keepers_of


@click.group
def command() -> None:
    """Customers who asked to be erased."""


@command.command
@data_option
def replay(data: Path | None) -> None:
    """Erase again whom a restored backup has brought back. A portal that starts does the same by itself."""
    configured = read_settings(data=data)

    async def erase(settings: Settings) -> int:
        settings = with_secret(settings)
        async with open_database(settings) as db:
            files = files_for(settings)
            return len(await privacy.Eraser(db, settings, files, keepers_of(files), PROCESSORS).replay())

    with any_servers(configured) as settings:
        erased = asyncio.run(erase(settings))
    click.echo(f"{erased} customers were erased again; their files follow when the jobs run.")
