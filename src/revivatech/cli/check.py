"""`revivatech check`."""

import asyncio
import os
import smtplib
import ssl
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, urlsplit
from uuid import uuid4

import click
import psycopg
import redis
from redis.exceptions import RedisError

from revivatech.cli.error_messages import first_line, sentence
from revivatech.cli.errors import Trouble
from revivatech.cli.services import data_option
from revivatech.cli.setup import refuse_demo_accounts
from revivatech.db.migrate import MigrationError, pending
from revivatech.embedded import EmbeddedError, binaries, running
from revivatech.kit.errors import Refusal
from revivatech.settings import Settings, read_settings, unknown_names
from revivatech.storage.files import Files, files_for, folder_of

PATIENCE = 4.0
# What both call their version 7.0: the functions and the eviction that the cache relies on.
OLDEST_CACHE = 7
Look = Callable[[Settings], str]


@click.command
@data_option
def command(data: Path | None) -> None:
    """Say whether the configuration is right and every service answers; ends with 1 when something is wrong."""
    settings = read_settings(data=data)  # raises with the sentence for the setting that is wrong
    is_fine = True
    for name, look in LOOKS.items():
        try:
            click.echo(f"{click.style('ok   ', fg='green')} {name}: {look(settings)}")
        except Trouble as trouble:
            is_fine = False
            click.echo(f"{click.style('WRONG', fg='red')} {name}: {str(trouble).rstrip('.')}.")
    if not is_fine:
        sys.exit(1)


def _configuration(settings: Settings) -> str:
    if unknown := unknown_names(os.environ):
        name, likeliest = next(iter(unknown.items()))
        raise Trouble(f"{name} is no setting{f'; {likeliest} is one' if likeliest else ''}.")
    secrets = "a secret of its own" if settings.secret_key else "a generated secret in the data folder"
    return f"mode {settings.mode}, {secrets}; people open {settings.public_url}."


def _data_folder(settings: Settings) -> str:
    folder = settings.data.expanduser().absolute()
    nearest = _writable(folder)
    return f"{folder}." if folder == nearest else f"{folder} will be made."


def _writable(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there, which may be written; raises Trouble."""
    # os.path, because a folder that may not be looked into is no reason to give up.
    nearest = next(part for part in (folder, *folder.parents) if os.path.exists(part))  # noqa: PTH110
    if not nearest.is_dir():
        raise Trouble(f"{nearest} is a file and not a folder.")
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise Trouble(f"{nearest} may not be written by this user.")
    return nearest


def _database(settings: Settings) -> str:
    url = settings.database_url or _embedded(settings, "database_url")
    if not url:
        return "PostgreSQL will be started by `revivatech serve`."
    try:
        with psycopg.connect(url, connect_timeout=int(PATIENCE)) as connection:
            version = connection.info.server_version
        missing = pending(url)
    except (psycopg.Error, MigrationError) as fault:
        raise Trouble(sentence(fault) or str(fault)) from None
    if missing:
        raise Trouble(f"{len(missing)} migrations are missing ({missing[0]} …): run `revivatech migrate`.")
    if settings.is_production:
        refuse_demo_accounts(url)
    return f"PostgreSQL {version // 10000}.{version % 10000} answers and is up to date."


def _valkey(settings: Settings) -> str:
    url = settings.redis_url or _embedded(settings, "redis_url")
    if not url:
        return "Valkey will be started by `revivatech serve`."
    try:
        with redis.Redis.from_url(url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE) as client:
            info = client.info("server")
    except RedisError as error:
        raise Trouble(sentence(error) or str(error)) from None
    name = "Valkey" if "valkey_version" in info else "Redis"
    version = str(info.get("valkey_version") or info["redis_version"])
    if int(version.split(".", maxsplit=1)[0]) < OLDEST_CACHE:
        raise Trouble(f"{name} {OLDEST_CACHE} is needed, this is {version}.")
    return f"{name} {version} answers."


def _mail(settings: Settings) -> str:
    if not settings.smtp_url:
        return "none is sent; it is kept in the database."
    parts = urlsplit(settings.smtp_url)
    host, port = parts.hostname or "", parts.port or (465 if parts.scheme == "smtps" else 587)
    try:
        with (
            smtplib.SMTP_SSL(host, port, timeout=PATIENCE, context=ssl.create_default_context())
            if parts.scheme == "smtps"
            else smtplib.SMTP(host, port, timeout=PATIENCE)
        ) as server:
            server.ehlo()
            if parts.scheme != "smtps" and server.has_extn("starttls"):
                server.starttls(context=ssl.create_default_context())
                server.ehlo()
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
    except (OSError, smtplib.SMTPException) as error:
        raise Trouble(f"{host}:{port} does not take mail: {error}") from None
    return f"{host}:{port} takes mail."


def _files(settings: Settings) -> str:
    files = files_for(settings)
    if files.is_local:
        folder = folder_of(files.url)
        _writable(folder)
        return f"{folder}."
    try:
        asyncio.run(_try_out(files))
    except (Refusal, ValueError) as error:
        raise Trouble(f"{files.url} does not take files: {first_line(error.__cause__ or error)}") from None
    return f"{files.url} takes files."


async def _try_out(files: Files) -> None:
    """Put, read and delete a file of our own."""
    key = f"check/{uuid4()}"
    await files.put(key, b"check", "text/plain")
    if await files.get(key) != b"check":
        raise Trouble(f"{files.url} does not give back what it was given.")
    await files.delete(key)


def _embedded(settings: Settings, server: str) -> str:
    """The address of a server that a running portal has started; empty when none runs and one could be started."""
    found = running(settings.data)
    if found:
        return str(getattr(found, server))
    try:
        binaries()
    except EmbeddedError as error:
        raise Trouble(str(error)) from None
    return ""


LOOKS: dict[str, Look] = {
    "Configuration": _configuration,
    "Data folder": _data_folder,
    "Database": _database,
    "Cache": _valkey,
    "Mail": _mail,
    "Files": _files,
}
