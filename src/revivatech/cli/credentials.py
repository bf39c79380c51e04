"""`revivatech credentials`: what an operator has to do with them after a restore."""

import asyncio
from pathlib import Path

import click

from revivatech.accounts import service as accounts
from revivatech.cli.database import open_database
from revivatech.cli.services import any_servers, data_option
from revivatech.kit.errors import Unavailable
from revivatech.settings import Settings, read_settings, with_secret
from revivatech.storage import files_for

AGAIN = "run `revivatech credentials replay` once it can."
NO_JOURNAL = (
    "There is no journal of credentials (credentials.log): passwords, second factors, roles and closed accounts are "
    "those of the backup. If the lost data folder still has one, put it into this one and run "
    "`revivatech credentials replay`."
)


@click.group
def command() -> None:
    """Passwords, second factors, roles and closed accounts after a restore."""


@command.command
@data_option
def replay(data: Path | None) -> None:
    """Sign everyone out, and put back the credentials that a restored database has older than the journal.

    `revivatech restore` does this by itself. Run it after a restore by other means, or once a newer credentials.log was
    found and put into the data folder.
    """
    with any_servers(read_settings(data=data)) as settings:
        lines = asyncio.run(after_restore(settings))
    for line in lines:
        click.echo(line)


async def after_restore(settings: Settings) -> list[str]:
    """End what a restored database has revived, replay the journal, and return what to tell the operator."""
    settings = with_secret(settings)
    files = files_for(settings)
    async with open_database(settings) as db:
        async with db.transaction() as tx:
            lines = [_ended(await accounts.end_everything(tx))]
        try:
            lines += _replayed(await accounts.replay_credentials(db, settings, files))
        except Unavailable:
            lines.append(f"The journal of credentials at {settings.storage_url} cannot be read now: {AGAIN}")
    return lines


def _ended(ended: accounts.Ended) -> str:
    return (
        f"Everyone was signed out: {_count(ended.sessions, 'session')}, {_count(ended.pending, 'unfinished sign-in')} "
        f"and {_count(ended.links, 'emailed link')} no longer work. Invitations must be sent again."
    )


def _replayed(found: accounts.Replayed) -> list[str]:
    if found.newest is None:
        return [NO_JOURNAL]
    newest = f"{found.newest:%Y-%m-%d %H:%M} UTC"
    if not found.accounts:
        return [f"The journal of credentials knows no change since the backup; its last entry is of {newest}."]
    kinds = ", ".join(f"{kind} ({number})" for kind, number in found.kinds.items()) or "nothing that differed"
    lines = [f"Put back from the journal of credentials for {_count(found.accounts, 'account')}: {kinds}."]
    if found.unreadable:
        lines.append(
            f"Not put back: {_count(found.unreadable, 'account')} whose entry was written with another secret key. "
            "Their password no longer works; they choose a new one by email."
        )
    if found.conflicts:
        lines.append(
            f"Not put back: the email address of {_count(found.conflicts, 'account')}, which another account has. They "
            "are closed; see the customers and colleagues with closed accounts."
        )
    lines.append(f"Changes after {newest}, and accounts made after the backup, are lost.")
    return lines


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
