"""Each table has one owner, and only its queries name it."""

import psycopg

from architecture.owners import ELSEWHERE, OWNERS
from architecture.statements import is_queries, modules, texts_of


def test_every_table_has_an_owner(database_url: str) -> None:
    """A table that a migration makes is listed with its owner, and none is listed that does not exist."""
    with psycopg.connect(database_url) as connection:
        rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()

    assert {str(row[0]) for row in rows} == set(OWNERS)


def test_only_the_owner_names_a_table() -> None:
    """No `queries` name a table of another package, not even in part of a statement."""
    strangers = [
        f"{text.place}: {table} belongs to {OWNERS[table]}"
        for path in modules()
        if is_queries(path)
        for text in texts_of(path)
        for table in sorted(text.names() & set(OWNERS))
        if OWNERS[table] != text.package
    ]

    assert strangers == []


def test_statements_live_in_queries() -> None:
    """A statement that names a table is among `queries`, but for the exceptions that have a reason."""
    strays = [
        text.place
        for path in modules()
        if not is_queries(path)
        for text in texts_of(path)
        if text.package not in ELSEWHERE and text.is_statement and text.names() & set(OWNERS)
    ]

    assert strays == []


def test_the_scanner_sees_tables() -> None:
    """The tests above can fail: the owners' own queries are seen to name their tables."""
    seen = {
        table
        for path in modules()
        if is_queries(path)
        for text in texts_of(path)
        for table in text.names() & set(OWNERS)
    }

    assert {"customers", "customer_sessions", "repairs", "repair_status_history", "customer_events"} <= seen
