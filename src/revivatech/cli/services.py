"""The servers that a command works with: configured ones, those that `serve` runs on the data folder, or its own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import msgspec

from revivatech.embedded import EmbeddedServices, running
from revivatech.settings import Settings

data_option = click.option(
    "--data", type=click.Path(path_type=Path), help="The folder of the embedded servers (REVIVATECH_DATA, else ./var)."
)


def say(sentence: str) -> None:
    """Tell the operator something beside the command's own output."""
    click.secho(sentence, dim=True, err=True)


def ignore(_name: str) -> None:
    """Nobody counts."""


@contextmanager
def own_servers(
    settings: Settings,
    *,
    with_valkey: bool = True,
    on_restart: Callable[[str], None] = ignore,
    on_loss: Callable[[str], None] = say,
) -> Iterator[Settings]:
    """The settings with the addresses of servers: those that are not configured run until the end of the block.

    `on_restart` hears the name of each that was started again, `on_loss` a sentence when one is given up. Raises
    EmbeddedError, above all when another program uses the data folder.
    """
    lacks_postgres = not settings.database_url
    lacks_valkey = with_valkey and not settings.redis_url
    if not (lacks_postgres or lacks_valkey):
        yield settings
        return
    with EmbeddedServices.start(
        settings.data,
        log=say,
        on_restart=on_restart,
        on_loss=on_loss,
        with_postgres=lacks_postgres,
        with_valkey=lacks_valkey,
    ) as servers:
        yield _with_addresses(settings, servers.database_url, servers.redis_url)


@contextmanager
def any_servers(settings: Settings, *, with_valkey: bool = False) -> Iterator[Settings]:
    """As `own_servers`, but a portal that runs on the data folder shares its own. `redis_url` may stay empty."""
    if settings.database_url and settings.redis_url:
        yield settings
        return
    if found := running(settings.data):
        yield _with_addresses(settings, found.database_url, found.redis_url)
        return
    with own_servers(settings, with_valkey=with_valkey) as reached:
        yield reached


def _with_addresses(settings: Settings, database_url: str, redis_url: str) -> Settings:
    """A configured address wins."""
    return msgspec.structs.replace(
        settings, database_url=settings.database_url or database_url, redis_url=settings.redis_url or redis_url
    )
