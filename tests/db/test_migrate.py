"""Migrations: all or nothing, once however many start, and never over another program's."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from revivatech.db import migrate as runner
from revivatech.db.migrate import Migration, MigrationError, migrate, migrations, pending

# A program whose last migration never ends.
HANGING = """
import sys
from revivatech.db import migrate
known = migrate.migrations()
migrate.migrations = lambda: [*known, migrate.Migration("9999_hangs", "SELECT pg_sleep(600)")]
migrate.migrate(sys.argv[1])
"""


def tables(url: str) -> set[str]:
    """The tables of the database."""
    with psycopg.connect(url) as connection:
        rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    return {row[0] for row in rows}


def hangs(url: str) -> bool:
    """Whether a migration is in its long step."""
    with psycopg.connect(url) as connection:
        found = connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'SELECT pg_sleep%'"
        )
        return found.fetchone() is not None


def test_r152_f32_a_killed_migration_has_changed_nothing(empty_database_url: str) -> None:
    """Killed in the last of them: no table but the ledger, which is empty; the next run does all, in parallel too."""
    process = subprocess.Popen([sys.executable, "-c", HANGING, empty_database_url])
    try:
        deadline = time.monotonic() + 30
        while not hangs(empty_database_url):
            assert time.monotonic() < deadline
            time.sleep(0.05)
    finally:
        process.kill()
        process.wait()
    with psycopg.connect(empty_database_url, autocommit=True) as connection:
        # The server notices the lost client when it next speaks to it; here at once.
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'")

    assert tables(empty_database_url) <= {"schema_migrations"}
    assert pending(empty_database_url) == [migration.name for migration in migrations()]
    with ThreadPoolExecutor(3) as threads:
        applied = list(threads.map(migrate, [empty_database_url] * 3))

    assert sorted(map(len, applied)) == [0, 0, len(migrations())]
    assert "repairs" in tables(empty_database_url)
    assert migrate(empty_database_url) == []


def test_r152_another_programs_database_is_left_alone(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An older program refuses a newer database, and any refuses one whose past is not its own."""
    known = migrations()
    monkeypatch.setattr(runner, "migrations", lambda: known[:-1])
    with pytest.raises(MigrationError, match="newer program"):
        migrate(database_url)
    monkeypatch.setattr(runner, "migrations", lambda: [*known[:-1], Migration(known[-1].name, "SELECT 1")])
    with pytest.raises(MigrationError, match="differs"):
        migrate(database_url)
