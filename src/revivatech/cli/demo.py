"""`revivatech demo`."""

from pathlib import Path

import click

from revivatech.cli.errors import Trouble
from revivatech.cli.services import any_servers, data_option
from revivatech.cli.setup import is_empty, load_demo, welcome
from revivatech.db.migrate import migrate
from revivatech.settings import read_settings


@click.command
@data_option
def command(data: Path | None) -> None:
    """Load the demo shop into an empty database: its people, a year of repairs, what was said of them."""
    configured = read_settings(data=data)
    if configured.is_production:
        raise Trouble("The demo's passwords are public: production mode does not take them.")
    with any_servers(configured) as settings:
        migrate(settings.database_url)
        if not is_empty(settings.database_url):
            raise Trouble("The database is not empty: the demo shop is loaded into a new one only.")
        load_demo(settings.database_url)
        click.echo(welcome(settings))
