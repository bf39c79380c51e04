"""`revivatech shop`."""

import asyncio
from pathlib import Path

import click
from msgspec import structs

from revivatech.cli.database import open_database
from revivatech.cli.services import any_servers, data_option
from revivatech.db.migrate import migrate
from revivatech.kit.i18n import LANGUAGES
from revivatech.settings import Settings, read_settings
from revivatech.shop import service as shop
from revivatech.shop.contracts import ShopSettings


@click.command
@click.option("--name", help="Shown on every page, and the sender's name of every email.")
@click.option("--email", help='Answers to the portal\'s emails go there. "" removes it.')
@click.option("--phone", help='The number that customers call. "" removes it.')
@click.option("--address", help='Where devices are collected, on one line. "" removes it.')
@click.option("--currency", help="The currency of new repairs, such as EUR.")
@click.option("--timezone", help="The shop's time zone, such as Europe/Dublin.")
@click.option("--language", type=click.Choice(LANGUAGES), help="The language of new customers.")
@click.option("--country", help='The country whose law the shop follows, such as IE. "" derives it from the rest.')
@data_option
def command(data: Path | None, **given: str | None) -> None:
    """Show the shop's settings, or change those that are given.

    A running portal shows the new ones after ten seconds.
    """
    wanted = {name: value for name, value in given.items() if value is not None}

    async def put(settings: Settings) -> ShopSettings:
        async with open_database(settings) as db, db.transaction() as tx:
            present = await shop.current(tx)
            return await shop.change(tx, structs.replace(present, **wanted)) if wanted else present

    with any_servers(read_settings(data=data)) as settings:
        migrate(settings.database_url)
        stored = asyncio.run(put(settings))
    for name in ShopSettings.__struct_fields__:
        click.echo(f"{name:9} {getattr(stored, name) or '-'}")
