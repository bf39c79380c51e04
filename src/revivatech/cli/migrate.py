"""`revivatech migrate`."""

from pathlib import Path

import click

from revivatech.cli.services import any_servers, data_option
from revivatech.db.migrate import migrate
from revivatech.settings import read_settings


@click.command
@data_option
def command(data: Path | None) -> None:
    """Bring the database up to this version of the program; all of it, or nothing."""
    with any_servers(read_settings(data=data)) as settings:
        applied = migrate(settings.database_url)
    for name in applied:
        click.echo(name)
    click.echo(f"{len(applied)} migrations applied." if applied else "The database is up to date.")
