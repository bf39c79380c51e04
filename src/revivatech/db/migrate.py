"""Forward-only migrations: numbered SQL files, applied once each, in order, never edited afterwards."""

import hashlib
from importlib import resources
from typing import NamedTuple

import psycopg

# Any constant: two programs that migrate the same database at the same time take turns on it.
LOCK = 7_346_216_001

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
    """The names of the migrations that this database lacks. Raises MigrationError if it is a newer program's."""
    with psycopg.connect(url, autocommit=True, connect_timeout=4) as connection:
        connection.execute(LEDGER)
        return [migration.name for migration in _missing(connection)]


def migrate(url: str) -> list[str]:
    """Apply what is missing, all in one transaction, and name it. Raises MigrationError; then nothing has changed."""
    with psycopg.connect(url, autocommit=True, connect_timeout=4) as connection:
        connection.execute("SET lock_timeout = '5s'")
        connection.execute(LEDGER)
        if not _missing(connection):
            return []
        with connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
            applied = []
            for migration in _missing(connection):
                connection.execute(migration.sql.encode())
                connection.execute(
                    "INSERT INTO schema_migrations (name, checksum) VALUES (%s, %s)",
                    [migration.name, migration.checksum],
                )
                applied.append(migration.name)
    return applied


def _missing(connection: psycopg.Connection) -> list[Migration]:
    known = migrations()
    rows = connection.execute("SELECT name, checksum FROM schema_migrations").fetchall()
    applied = {str(name): str(checksum) for name, checksum in rows}
    if strange := sorted(set(applied) - {migration.name for migration in known}):
        raise MigrationError(f"The database was migrated by a newer program ({strange[0]}): install that version.")
    for migration in known:
        if migration.name in applied and applied[migration.name] != migration.checksum:
            raise MigrationError(f"Migration {migration.name} differs from the one that this database has.")
    return [migration for migration in known if migration.name not in applied]
