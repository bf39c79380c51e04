"""What the database holds, in a form that two moments can be compared by."""

from collections.abc import Mapping

import psycopg
from psycopg.sql import SQL, Identifier

Digest = dict[str, str | None]


def digest(database_url: str, *, but: Mapping[str, list[str]] | None = None) -> Digest:
    """A digest of each table's rows, without the columns that `but` names; the job runner's own tables apart."""
    left_out = but or {}
    with psycopg.connect(database_url) as connection:
        names = connection.execute(
            """
            SELECT tablename FROM pg_tables
            WHERE schemaname = 'public' AND tablename NOT LIKE 'procrastinate%' ORDER BY tablename
            """
        ).fetchall()
        return {name: _of_table(connection, name, left_out.get(name, [])) for (name,) in names}


def rows(database_url: str, table: str) -> int:
    """Return how many rows the table has."""
    with psycopg.connect(database_url) as connection:
        row = connection.execute(SQL("SELECT count(*) FROM {}").format(Identifier(table))).fetchone()
    assert row
    return int(row[0])


def _of_table(connection: psycopg.Connection, name: str, columns: list[str]) -> str | None:
    query = SQL(
        """
        SELECT md5(string_agg(line, ',' ORDER BY line))
        FROM (SELECT (to_jsonb(t) - %s::text[])::text AS line FROM {} t) lines
        """
    )
    row = connection.execute(query.format(Identifier(name)), [columns]).fetchone()
    assert row
    text: str | None = row[0]
    return text
