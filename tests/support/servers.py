"""The real PostgreSQL and Valkey of a test run, in throwaway folders."""

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlencode

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.sql import SQL, Identifier

from revivatech.db.migrate import migrate
from revivatech.embedded import EmbeddedServices

MEMORY = "/dev/shm"  # noqa: S108 - a folder of our own is made in it
# More than the databases of a run need at once.
ROOM = 4 * 1024**3


@contextmanager
def throwaway_servers(*, postgres: bool, valkey: bool) -> Iterator[EmbeddedServices]:
    """The servers that are asked for, in a folder that is removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="revivatech-tests-", dir=_in_memory()))
    try:
        with EmbeddedServices.start(folder / "data", fast=True, with_postgres=postgres, with_valkey=valkey) as services:
            yield services
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _in_memory() -> str | None:
    """A folder in memory, where there is one with room: copying a database there takes half the time, and no disk."""
    return MEMORY if Path(MEMORY).is_dir() and shutil.disk_usage(MEMORY).free > ROOM else None


@contextmanager
def migrated_cluster() -> Iterator[str]:
    """The address of a template: an empty, migrated database. Of TEST_DATABASE_URL's server where that is set."""
    if outside := os.environ.get("TEST_DATABASE_URL"):
        with _template_of(outside) as url:
            yield url
        return
    with throwaway_servers(postgres=True, valkey=False) as services, _template_of(services.database_url) as url:
        yield url


@contextmanager
def fresh_valkey() -> Iterator[str]:
    """The address of a Valkey that nobody else uses; TEST_REDIS_URL where that is set."""
    if outside := os.environ.get("TEST_REDIS_URL"):
        yield outside
        return
    with throwaway_servers(postgres=False, valkey=True) as services:
        yield services.redis_url


@contextmanager
def copy_of(template: str) -> Iterator[str]:
    """The address of a new database like `template`, dropped at the end whoever is still connected."""
    with _new_database(template, str(conninfo_to_dict(template)["dbname"])) as url:
        yield url


@contextmanager
def empty_database(cluster: str) -> Iterator[str]:
    """The address of a new database without a single table, on the same server."""
    with _new_database(cluster, "template0") as url:
        yield url


@contextmanager
def _new_database(cluster: str, source: str) -> Iterator[str]:
    name = f"test_{uuid.uuid4().hex}"
    with _administration(cluster) as connection:
        # Copying the files takes 25 ms; through the write-ahead log it would be 150.
        connection.execute(
            SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy").format(Identifier(name), Identifier(source))
        )
    try:
        yield _beside(cluster, name)
    finally:
        with _administration(cluster) as connection:
            connection.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))


@contextmanager
def _template_of(cluster: str) -> Iterator[str]:
    with empty_database(cluster) as url:
        migrate(url)
        yield url


@contextmanager
def _administration(url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(_beside(url, "postgres"), autocommit=True, connect_timeout=10) as connection:
        yield connection


def _beside(url: str, name: str) -> str:
    """The same server's database of that name, as an address that the program takes."""
    parts = conninfo_to_dict(make_conninfo(url, dbname=name))
    user = quote(str(parts.pop("user")))
    del parts["dbname"]
    return f"postgresql://{user}@/{name}?{urlencode(parts)}"
