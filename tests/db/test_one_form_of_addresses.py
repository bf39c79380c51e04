"""Migration 0027 gives stored addresses and names the form that they have today, and nobody loses an account."""

import psycopg
import pytest

from revivatech.db import migrate as runner
from revivatech.db.migrate import migrate, migrations
from revivatech.kit.email import lookup_forms, parse_email
from revivatech.kit.text import one_line

NAME = "0029_one_form_of_addresses"
CONVERTED = [
    "nina@a.example",
    "ni\u200bna@b.example",
    "\ufeffnina@c.exa\u00admple",
    "mailto:nina@d.example",
    "u@bücher.example",
    "u@日本語.example",
    "u@ünï-cödé.ab-ä.example",
    "u@δοκιμή.παράδειγμα",
    "u@نامه\u200cای.example",
    "u@ａ。example",
]
KEPT = ["josé@e.example", "josé@bücher.example", "weiss@f.example", "ada@localhost", "a..b@g.example"]
# The address of an account, whether its owner has proven it, and what becomes of it.
TWICE = [
    ("a@x.example", False, "a@x.example"),
    ("\u200ba@x.example", True, "\u200ba@x.example"),
    ("b\u200b@x.example", False, "b\u200b@x.example"),
    ("b\u200e@x.example", True, "b@x.example"),
]
NAMES = ["\u202eanahoJ\u202c", "علی\u200cرضا", "Jo\u00adana", "\u200b"]


def test_c04_c05_c21_what_is_stored_gets_its_present_form(
    empty_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each account is found by its address as its owner types it; of two with one address both stay.

    Links still name their account's address. Names lose what turns or hides text, and none becomes empty.
    """
    every = migrations()
    with monkeypatch.context() as patch:
        patch.setattr(runner, "migrations", lambda: [one for one in every if one.name < NAME])
        migrate(empty_database_url)
    with psycopg.connect(empty_database_url, autocommit=True) as connection:
        for email in CONVERTED + KEPT:
            connection.execute("INSERT INTO customers (email, first_name) VALUES (%s, 'X')", [email])
            connection.execute("INSERT INTO users (email, first_name, role) VALUES (%s, 'X', 'admin')", [email])
        connection.execute(
            "INSERT INTO customer_links (customer_id, purpose, email, expires_at)"
            " SELECT id, 'invitation', email, now() + interval '1 day' FROM customers"
        )
        for email, is_proven, _ in TWICE:
            connection.execute(
                "INSERT INTO customers (email, first_name, email_verified_at) VALUES (%s, 'X', %s)",
                [email, "2026-01-01" if is_proven else None],
            )
        for name in NAMES:
            connection.execute("INSERT INTO customers (first_name, last_name) VALUES (%s, %s)", [name, name])

    migrate(empty_database_url)

    with psycopg.connect(empty_database_url) as connection:
        customers = connection.execute("SELECT email, first_name, last_name FROM customers ORDER BY id").fetchall()
        colleagues = connection.execute("SELECT email FROM users ORDER BY id").fetchall()
        astray = connection.execute(
            "SELECT l.email FROM customer_links l JOIN customers c ON c.id = l.customer_id WHERE c.email <> l.email"
        ).fetchall()
    stored = [email for (email,) in colleagues]
    assert stored == [parse_email(email) for email in CONVERTED] + KEPT
    assert all(now in lookup_forms(typed) for typed, now in zip(CONVERTED + KEPT, stored, strict=True))
    assert [email for email, _, _ in customers if email] == stored + [after for _, _, after in TWICE]
    assert astray == []
    assert [names for _, *names in customers[-len(NAMES) :]] == [[one_line(name) or name] * 2 for name in NAMES]
