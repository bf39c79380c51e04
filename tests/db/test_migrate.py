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
    """Killed in the last of them: no table is there; the next run does all, in parallel too."""
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

    assert tables(empty_database_url) == set()
    assert pending(empty_database_url) == [migration.name for migration in migrations()]
    assert tables(empty_database_url) == set(), "who only looks has changed something"
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


def test_r152_a_busy_table_is_no_reason_to_hang(empty_database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where somebody holds a table, the migration gives up in one sentence and has changed nothing."""
    with psycopg.connect(empty_database_url, autocommit=True) as connection:
        connection.execute("CREATE TABLE held (id int)")
    steps = [Migration("0001_new", "CREATE TABLE new (id int)"), Migration("0002_held", "ALTER TABLE held ADD x int")]
    monkeypatch.setattr(runner, "migrations", lambda: steps)
    monkeypatch.setattr(runner, "LONGEST_WAIT_FOR_A_TABLE", "100ms")

    with psycopg.connect(empty_database_url) as holder:
        holder.execute("LOCK TABLE held IN ACCESS SHARE MODE")
        with pytest.raises(MigrationError, match="nothing has changed"):
            migrate(empty_database_url)

    assert tables(empty_database_url) == {"held"}


def test_an_older_postgresql_is_refused_in_words(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything is tried, and by who only looks, too."""
    monkeypatch.setattr(runner, "OLDEST_POSTGRES", 990_000)

    for look in (migrate, pending):
        with pytest.raises(MigrationError, match=r"PostgreSQL 99 or newer is needed, this is 1\d\."):
            look(database_url)


@pytest.mark.parametrize(
    ("made", "word"), [("ENCODING 'SQL_ASCII' LOCALE 'C'", "SQL_ASCII"), ("ENCODING 'UTF8' LOCALE 'C'", "letters")]
)
def test_a_database_without_our_letters_is_refused_in_words(empty_database_url: str, made: str, word: str) -> None:
    """What `createdb` makes in the locale C would keep names, and then not find them."""
    with psycopg.connect(empty_database_url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE strange TEMPLATE template0 LOCALE_PROVIDER libc " + made)
        try:
            strange = psycopg.conninfo.make_conninfo(empty_database_url, dbname="strange")
            with pytest.raises(MigrationError, match=word):
                migrate(strange)
            assert tables(strange) == set()
        finally:
            connection.execute("DROP DATABASE strange")
