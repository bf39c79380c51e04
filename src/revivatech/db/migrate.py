"""Forward-only migrations: numbered SQL files, applied once each, in order, never edited afterwards."""

import hashlib
from importlib import resources
from typing import NamedTuple

import psycopg

# Any constant: two programs that migrate the same database at the same time take turns on it.
LOCK = 7_346_216_001
# Longer than any of our migrations takes on a shop's data.
LONGEST_TURN = "10min"
LONGEST_WAIT_FOR_A_TABLE = "5s"
# The first with uuidv7().
OLDEST_POSTGRES = 180_000

LEDGER = """
CREATE TABLE IF NOT EXISTS schema_migrations (
  name text PRIMARY KEY,
  checksum text NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT now()
)
"""


class MigrationError(Exception):
    """The database and the program do not fit; the text is one sentence for the operator."""


class Migration(NamedTuple):
    """One step: its name orders it, its checksum proves that it is the one that was applied."""

    name: str
    sql: str

    @property
    def checksum(self) -> str:
        """SHA-256 of the statement text, in hex."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def migrations() -> list[Migration]:
    """Every migration that the program knows, in order."""
    folder = resources.files("revivatech.db") / "migrations"
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".sql")), key=lambda file: file.name)
    return [Migration(file.name.removesuffix(".sql"), file.read_text("utf-8")) for file in files]


def pending(url: str) -> list[str]:
    """The names of the migrations that this database lacks; only looks.

    Raises MigrationError if it is a newer program's, or of a PostgreSQL that does not do.
    """
    with psycopg.connect(url, autocommit=True, connect_timeout=4) as connection:
        _check_server(connection)
        return [migration.name for migration in _missing(connection)]


def migrate(url: str) -> list[str]:
    """Apply what is missing, all in one transaction, and name it. Raises MigrationError; then nothing has changed."""
    with psycopg.connect(url, autocommit=True, connect_timeout=4) as connection:
        _check_server(connection)
        if not _missing(connection):
            return []
        with connection.transaction():
            connection.execute(f"SET LOCAL lock_timeout = '{LONGEST_TURN}'")
            connection.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
            connection.execute(f"SET LOCAL lock_timeout = '{LONGEST_WAIT_FOR_A_TABLE}'")
            try:
                return _apply(connection)
            except psycopg.errors.LockNotAvailable:
                raise MigrationError(
                    f"A table of the database was not free within {LONGEST_WAIT_FOR_A_TABLE}, so nothing has changed. "
                    "Try again, or end who uses it."
                ) from None


def _apply(connection: psycopg.Connection) -> list[str]:
    connection.execute(LEDGER)
    applied = []
    for migration in _missing(connection):
        connection.execute(migration.sql.encode())
        connection.execute(
            "INSERT INTO schema_migrations (name, checksum) VALUES (%s, %s)", [migration.name, migration.checksum]
        )
        applied.append(migration.name)
    return applied


def _check_server(connection: psycopg.Connection) -> None:
    if (version := connection.info.server_version) < OLDEST_POSTGRES:
        raise MigrationError(
            f"PostgreSQL {OLDEST_POSTGRES // 10000} or newer is needed, this is {version // 10000}.{version % 10000}."
        )
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise MigrationError(
            f"The database is encoded in {encoding}: make one with UTF8 (docs/operations.md says how)."
        )
    folds = connection.execute("SELECT lower('É') = 'é'").fetchone()
    if not (folds and folds[0]):
        # In the locale C only ASCII has letters: a search for "école" would not find "École".
        raise MigrationError(
            "The database's locale knows only English letters: make one with C.UTF-8 (docs/operations.md says how)."
        )


def _missing(connection: psycopg.Connection) -> list[Migration]:
    known = migrations()
    has_ledger = connection.execute("SELECT to_regclass('schema_migrations') IS NOT NULL").fetchone()
    rows = []
    if has_ledger and has_ledger[0]:
        rows = connection.execute("SELECT name, checksum FROM schema_migrations").fetchall()
    applied = {str(name): str(checksum) for name, checksum in rows}
    if strange := sorted(set(applied) - {migration.name for migration in known}):
        raise MigrationError(f"The database was migrated by a newer program ({strange[0]}): install that version.")
    for migration in known:
        if migration.name in applied and applied[migration.name] != migration.checksum:
            raise MigrationError(f"Migration {migration.name} differs from the one that this database has.")
    return [migration for migration in known if migration.name not in applied]
