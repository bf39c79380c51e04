"""A database in which every column of a customer holds a text that is found again wherever it goes.

The rows are made from the declarations and the catalogue, so that a new table is filled by itself.
"""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg
from psycopg.sql import SQL, Identifier
from psycopg.types.json import Jsonb

from revivatech.db.personal_data import Table

# The first value that a column's CHECK allows, where it lists them.
CHOICES = """
    SELECT a.attname, substring(pg_get_constraintdef(c.oid) FROM 'ARRAY\\[''([^'']+)''') FROM pg_constraint c
    JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
    WHERE c.contype = 'c' AND c.conrelid = %s::regclass AND cardinality(c.conkey) = 1
      AND pg_get_constraintdef(c.oid) ~ 'ANY \\(ARRAY\\['
"""
COLUMNS = """
    SELECT column_name, udt_name FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER'
"""
CHECKS = """
    SELECT conrelid::regclass::text, conname FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace AND conrelid <> 0
      AND (contype = 'f' OR (contype = 'c' AND pg_get_constraintdef(oid) !~ 'ANY \\(ARRAY\\['))
"""
# What the program's own logic needs to be true of a row.
NEEDED: dict[str, dict[str, Any]] = {
    "repairs": {
        "status": "completed",
        "stage": "collected",
        "actual_completion": datetime.now(UTC),
        "total_cost": 120,
        "warranty_months": 6,
    },
    "repair_status_history": {"status": "completed", "stage": "collected", "changed_by_kind": "system"},
    "privacy_exports": {"status": "expired"},
    "privacy_erasures": {"status": "cancelled", "kept": Jsonb([])},
    "customer_sessions": {"end_reason": "logout"},
}


@dataclass(frozen=True, slots=True)
class Canary:
    """A text that was put into a column."""

    table: str
    column: str
    text: str


def open_gates(connection: psycopg.Connection[Any]) -> None:
    """Let any text into any column, and rows come without what they refer to."""
    for table, constraint in connection.execute(CHECKS).fetchall():
        connection.execute(SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(Identifier(table), Identifier(constraint)))


def fill(connection: psycopg.Connection[Any], tables: Sequence[Table], customer_id: UUID, who: str) -> list[Canary]:
    """Give the customer a row in every declared table, with a canary in each column that holds text."""
    placed: list[Canary] = []
    session_id = _uuid()
    for table in tables:
        values, canaries = _row(connection, table, customer_id, who)
        if table.name == "customer_sessions":
            values["id"] = session_id
        if table.name == "customer_refresh_tokens":
            values["session_id"] = session_id
        if table.name == "customers":
            _change(connection, customer_id, values)
        else:
            _insert(connection, table, values)
        placed += canaries
    connection.execute(
        "UPDATE mail_requests SET email = (SELECT email FROM customers WHERE id = %s) WHERE email LIKE %s",
        [customer_id, f"%canary-{who}-%"],
    )
    return placed


def _row(
    connection: psycopg.Connection[Any], table: Table, customer_id: UUID, who: str
) -> tuple[dict[str, Any], list[Canary]]:
    choices: dict[str, str] = dict(connection.execute(CHOICES, [table.name]).fetchall())
    needed = NEEDED.get(table.name, {})
    marked = {*table.own, *table.hidden, *table.kept}
    values: dict[str, Any] = {}
    canaries = []
    for column, kind in connection.execute(COLUMNS, [table.name]).fetchall():
        if column in needed:
            values[column] = needed[column]
        elif column in choices:
            values[column] = choices[column]
        elif column == "customer_id":
            values[column] = customer_id
        else:
            text = f"canary-{who}-{table.name}-{column}@nowhere.example".replace("_", ".")
            values[column] = _value(kind, text if column in marked else f"technical-{_uuid()}")
            if column in marked and kind in {"text", "jsonb", "_text"}:
                canaries.append(Canary(table.name, column, text))
    return values, canaries


def _value(kind: str, text: str) -> object:
    made: dict[str, object] = {
        "text": text,
        "jsonb": Jsonb({"canary": text}),
        "_text": [text],
        "bytea": text.encode() + secrets.token_bytes(8),
        "uuid": _uuid(),
        "bool": True,
        "timestamptz": datetime.now(UTC),
        "date": datetime.now(UTC),
        "time": "22:00",
        "inet": "203.0.113.7",
        "bpchar": "EUR",
    }
    return made.get(kind, 1)


def _insert(connection: psycopg.Connection[Any], table: Table, values: Mapping[str, Any]) -> None:
    connection.execute(
        SQL("INSERT INTO {} ({}) VALUES ({})").format(
            Identifier(table.name),
            SQL(", ").join(map(Identifier, values)),
            SQL(", ").join(SQL("%s") for _ in values),
        ),
        list(values.values()),
    )


def _change(connection: psycopg.Connection[Any], customer_id: UUID, values: Mapping[str, Any]) -> None:
    """The customer's own row is there already, and goes on to be able to sign in."""
    kept = {"id", "password_hash", "disabled_at", "erasure_at", "erased_at", "two_factor_enabled"}
    changed = {column: value for column, value in values.items() if column not in kept}
    connection.execute(
        SQL("UPDATE customers SET {} WHERE id = %s").format(
            SQL(", ").join(SQL("{} = %s").format(Identifier(column)) for column in changed)
        ),
        [*changed.values(), customer_id],
    )


def dump(url: str) -> Iterator[tuple[str, str]]:
    """Every row of every table as text, binary columns decoded as far as they are text."""
    with psycopg.connect(url) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (table,) in tables:
            statement = SQL("SELECT to_jsonb(t)::text FROM {} t").format(Identifier(table))
            for (row,) in connection.execute(statement):
                yield table, row


def _uuid() -> UUID:
    return UUID(bytes=secrets.token_bytes(16), version=4)
