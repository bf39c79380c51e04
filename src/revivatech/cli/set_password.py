"""`revivatech set-password`."""

import asyncio
from pathlib import Path

import click

from revivatech.accounts.service import set_password
from revivatech.cli.database import open_database
from revivatech.cli.passwords import password_for, password_option
from revivatech.cli.services import any_servers, data_option
from revivatech.settings import Settings, read_settings


@click.command
@click.argument("email")
@click.option("--staff", is_flag=True, help="The account of a staff member and not of a customer.")
@password_option
@data_option
def command(*, email: str, staff: bool, password_stdin: bool, data: Path | None) -> None:
    """Give an account a password and end its sessions. Of a customer, or with --staff of a staff member."""
    configured = read_settings(data=data)
    password = password_for(configured, from_stdin=password_stdin)

    async def change(settings: Settings) -> None:
        async with open_database(settings) as db:
            await set_password(db, "staff" if staff else "customer", email, password.text)

    with any_servers(configured) as settings:
        asyncio.run(change(settings))
    click.echo(f"{email} has a new password; its sessions have ended.")
    password.show()
