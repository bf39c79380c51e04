"""`revivatech shop-text`."""

import asyncio
from pathlib import Path
from typing import get_args

import click

from revivatech.cli.database import open_database
from revivatech.cli.errors import Trouble
from revivatech.cli.services import any_servers, data_option
from revivatech.db.migrate import migrate
from revivatech.kit.i18n import LANGUAGES
from revivatech.settings import Settings, read_settings
from revivatech.shop import service as shop
from revivatech.shop.contracts import TextKind


@click.command
@click.argument("kind", type=click.Choice(get_args(TextKind)))
@click.argument("language", type=click.Choice(LANGUAGES))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False)
@click.option("--default", "is_default", is_flag=True, help="Take the portal's own words again.")
@data_option
def command(*, kind: TextKind, language: str, file: Path | None, is_default: bool, data: Path | None) -> None:
    """Put the shop's own terms or privacy notice on /customer/terms.

    FILE is plain text in UTF-8: paragraphs between empty lines, `## ` before a heading, `- ` before a line of a list.
    """
    if (file is None) is not is_default:
        raise click.UsageError("Name a file, or give --default.")
    text = _read(file) if file else None

    async def put(settings: Settings) -> str:
        async with open_database(settings) as db, db.transaction() as tx:
            if text is not None:
                return (await shop.replace(tx, kind, language, text)).version
            await shop.withdraw(tx, kind, language)
            return shop.DEFAULT_VERSION

    with any_servers(read_settings(data=data)) as settings:
        migrate(settings.database_url)
        version = asyncio.run(put(settings))
    click.echo(f"The {kind} in {language} are version {version} now: /customer/terms shows them.")


def _read(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except UnicodeDecodeError:
        raise Trouble(f"{file} is not UTF-8 text.") from None
