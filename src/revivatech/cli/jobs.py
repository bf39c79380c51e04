"""`revivatech jobs`: what was given up, and running it again."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import click

from revivatech.cli.database import open_database
from revivatech.cli.services import any_servers, data_option
from revivatech.jobs import service as jobs
from revivatech.jobs.queries import GivenUp
from revivatech.settings import Settings, read_settings


@click.group
def command() -> None:
    """Jobs that were given up, after days of trying or because they ended every worker."""


@command.command("list")
@data_option
def list_(data: Path | None) -> None:
    """List them, the newest first; they are deleted after a month."""

    async def ask(settings: Settings) -> list[GivenUp]:
        async with open_database(settings) as db:
            return await jobs.given_up(db)

    with any_servers(read_settings(data=data)) as settings:
        found = asyncio.run(ask(settings))
    for job in found:
        ended = f"{job.ended_at:%Y-%m-%d %H:%M}Z" if job.ended_at else "?"
        said = " ".join(f"{name}={value}" for name, value in job.arguments.items())
        click.echo(f"{job.id:>8}  {ended}  {job.attempts:>2} tries  {job.task}  {said}".rstrip())
    if not found:
        click.echo("No job was given up.")


@command.command
@click.argument("ids", type=click.IntRange(min=1), nargs=-1)
@click.option("--all", "every", is_flag=True, help="Every job that was given up.")
@data_option
def retry(*, ids: Sequence[int], every: bool, data: Path | None) -> None:
    """Run jobs again, by the numbers that `list` shows; a running worker takes them within seconds."""
    if bool(ids) == every:
        raise click.UsageError("Name the jobs, or give --all.")

    async def put_back(settings: Settings) -> int:
        async with open_database(settings) as db:
            return await jobs.run_again(db, None if every else ids)

    with any_servers(read_settings(data=data)) as settings:
        count = asyncio.run(put_back(settings))
    click.echo(f"{count} of them will run again.")
