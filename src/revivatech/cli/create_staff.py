"""`revivatech create-staff`."""

import asyncio
from pathlib import Path

import click

from revivatech.accounts.contracts import NewStaff
from revivatech.accounts.service import create_staff
from revivatech.cli.database import open_database
from revivatech.cli.passwords import password_for, password_option
from revivatech.cli.services import any_servers, data_option
from revivatech.db.migrate import migrate
from revivatech.kit.actor import SYSTEM, Role
from revivatech.kit.email import parse_email
from revivatech.kit.i18n import LANGUAGES
from revivatech.settings import Settings, read_settings

ROLES = [role.value for role in Role]


@click.command
@click.argument("email")
@click.option("--role", type=click.Choice(ROLES), default=ROLES[0], show_default=True)
@click.option("--first-name", required=True)
@click.option("--last-name", default="")
@click.option("--language", type=click.Choice(LANGUAGES), default=LANGUAGES[0], show_default=True)
@password_option
@data_option
def command(
    *, email: str, role: str, first_name: str, last_name: str, language: str, password_stdin: bool, data: Path | None
) -> None:
    """Make an account for somebody who works here. The first one should be an admin."""
    configured = read_settings(data=data)
    password = password_for(configured, from_stdin=password_stdin)
    new = NewStaff(email, first_name, last_name, Role(role), language)

    async def create(settings: Settings) -> None:
        async with open_database(settings) as db:
            await create_staff(db, SYSTEM, new, password.text)

    with any_servers(configured) as settings:
        migrate(settings.database_url)
        asyncio.run(create(settings))
    click.echo(f"{parse_email(email)} may sign in as {role}.")
    password.show()
