"""Every column of every table says whose it is and what becomes of it."""

import re
from pathlib import Path
from typing import Any

import psycopg
import pytest
from jinja2 import Environment

from revivatech.accounts.activity.labels import SAID
from revivatech.accounts.staff_accounts.identity_checks import LETTER_IDENTITIES
from revivatech.accounts.two_factor.webauthn_ceremonies import TRANSPORTS
from revivatech.db import Database
from revivatech.db.personal_data import Table
from revivatech.kit.i18n import LANGUAGES
from revivatech.privacy.export_page import words_of_ours
from revivatech.privacy.values import values_in
from revivatech.repairs.device_kinds import kinds_of
from revivatech.settings import Settings
from revivatech.storage import files_for
from revivatech.worker import keepers_of

# Tables without anything of a customer, each with the reason.
OF_NOBODY = {
    "shop_settings": "the shop",
    "shop_texts": "the shop",
    "users": "staff",
    "staff_sessions": "staff",
    "staff_refresh_tokens": "staff",
    "staff_links": "staff",
    "staff_reset_requests": "staff",
    "staff_pending_sign_ins": "staff",
    "staff_authenticators": "staff",
    "staff_recovery_codes": "staff",
    "staff_passkeys": "staff",
    "staff_known_devices": "staff",
    "login_failures": "hashes that name nobody, for a day",
    "spent_challenges": "hashes that name nobody, for minutes",
    "erased_marks": "keyed hashes that name nobody, of whom an import must not bring back",
    "kept_sms": "codes of a demo, for a day",
    "repair_stages": "the shop",
    "schema_migrations": "the program",
    "procrastinate_jobs": "ids, deleted when they have run",
    "procrastinate_periodic_defers": "the program",
    "procrastinate_events": "the program",
    "procrastinate_workers": "the program",
}
HOUSE = Path(__file__).parents[2] / "src" / "revivatech"
WORDS = HOUSE / "privacy" / "templates" / "labels.html"
# What a column's CHECK allows, where it lists it.
CHOICES = """
    SELECT c.conrelid::regclass::text, a.attname, pg_get_constraintdef(c.oid) FROM pg_constraint c
    JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
    WHERE c.contype = 'c' AND cardinality(c.conkey) = 1 AND pg_get_constraintdef(c.oid) ~ '( = |ARRAY\\[)'''
"""
# Columns that programs read and people need not.
NOT_ON_THE_PAGE = {"html_body", "headers"}


@pytest.fixture
def tables(settings: Settings) -> dict[str, Table]:
    """Every declared table by its name."""
    return {table.name: table for keeper in keepers_of(files_for(settings)) for table in keeper.tables}


def columns_of(url: str) -> dict[str, dict[str, bool]]:
    """Each table's columns, and whether they may be null."""
    found: dict[str, dict[str, bool]] = {}
    with psycopg.connect(url) as connection:
        for table, column, nullable in connection.execute(
            "SELECT table_name, column_name, is_nullable FROM information_schema.columns WHERE table_schema = 'public'"
        ):
            found.setdefault(table, {})[column] = nullable == "YES"
    return found


def test_r125_every_table_is_declared(database_url: str, tables: dict[str, Table]) -> None:
    """Who makes a table says what it keeps of customers, or that it keeps nothing of them."""
    assert set(columns_of(database_url)) == set(tables) | set(OF_NOBODY)
    assert set(tables) & set(OF_NOBODY) == set()


def test_r125_every_column_is_declared_once(database_url: str, tables: dict[str, Table]) -> None:
    """Who adds a column says whether it is the person's, hidden, kept by law or technical; never two of them."""
    columns = columns_of(database_url)

    assert {name: sorted(table.columns) for name, table in tables.items()} == {
        name: sorted(columns[name]) for name in tables
    }


def test_r127_what_is_erased_has_a_blank(tables: dict[str, Table]) -> None:
    """Where rows stay for a law, every column of the person's and every hidden one is given another value."""
    lacking = {
        table.name: sorted({*table.own, *table.hidden} - set(table.blanks))
        for table in tables.values()
        if table.blanks and {*table.own, *table.hidden} - set(table.blanks)
    }

    assert lacking == {}


def test_r125_what_is_not_shown_has_a_reason(tables: dict[str, Table]) -> None:
    """A table that is not in an export has no column of the person's own; every hidden column says why."""
    assert [table.name for table in tables.values() if not table.file and table.own] == []
    assert [table.name for table in tables.values() if not all(table.hidden.values())] == []


@pytest.mark.parametrize("name", ["TITLES", "LABELS"])
def test_r125_what_is_shown_has_words(tables: dict[str, Table], name: str) -> None:
    """Every file and every column that a person gets has a name in their language, and no name is left over."""
    words = getattr(_words(), name)
    shown = {
        "TITLES": {table.file for table in tables.values() if table.file},
        "LABELS": {column for table in tables.values() for column in table.shown} - NOT_ON_THE_PAGE,
    }[name]

    assert shown - set(words) == set()
    assert set(words) - shown == set()


def test_r125_what_is_kept_has_a_reason_and_a_time(tables: dict[str, Table]) -> None:
    """The customer reads of everything why it is kept and how long."""
    profile = {"invoice_years": 8}

    assert [table.file for table in tables.values() if table.file and not _words().why(table.file, 90, profile)] == []


@pytest.mark.anyio
async def test_r125_what_stands_in_the_columns_has_words(db: Database, tables: dict[str, Table]) -> None:
    """Who adds a value says in each language how a person reads it; no word of what is never stored is left over."""
    expected = _checked(db.url, tables) | _coded()
    for language in LANGUAGES:
        ours, others = words_of_ours(language), await values_in(db, language)
        said = {
            (file, column): words
            for values in (ours, others)
            for file, columns in values.items()
            for column, words in columns.items()
        }
        assert {place: set(words) for place, words in said.items()} == expected
        assert [place for place, words in said.items() if not all(words.values())] == []
        assert ours["account/profile"]["theme"]["dark"] == {"en": "Dark", "pt-BR": "Escuro"}[language]


def _checked(url: str, tables: dict[str, Table]) -> dict[tuple[str, str], set[str]]:
    """What the database allows in the columns that are shown, by file and column."""
    with psycopg.connect(url) as connection:
        stages = {key for (key,) in connection.execute("SELECT key FROM repair_stages").fetchall()}
        found = connection.execute(CHOICES).fetchall()
    choices = {(table, column): set(re.findall(r"'([^']+)'::text", check)) for table, column, check in found}
    # Repairs have the stages of that table, and their statuses.
    steps = {"stage": stages, "status": choices["repair_stages", "status"]}
    choices |= {(name, column): steps[column] for name in ("repairs", "repair_status_history") for column in steps}
    shown = {(table.name, column): (table.file, column) for table in tables.values() for column in table.shown}
    return {shown[place]: values for place, values in choices.items() if place in shown and tables[place[0]].file}


def _coded() -> dict[tuple[str, str], set[str]]:
    """What the program itself writes into columns that take any text."""
    mails = {folder.name for folder in (HOUSE / "accounts" / "emails").iterdir() if (folder / "subject.txt").is_file()}
    sources = [file.read_text("utf-8") for file in HOUSE.rglob("*.py")]
    entries = {kind for text in sources for kind in re.findall(r'log\.publish\([^"]*"([a-z:_]+)"', text)}
    told = set(re.findall(r'_message\("([a-z_]+)"', (HOUSE / "repairs" / "messages.py").read_text("utf-8")))
    return {
        ("account/mails", "kind"): {kind for kind in mails if not kind.startswith("staff_")},
        ("account/activity", "activity_type"): set(SAID),
        ("account/passkeys", "transports"): set(TRANSPORTS),
        ("events", "type"): entries,
        ("notifications", "type"): told,
        ("repairs/repairs", "repair_type"): {"repair"},
        ("repairs/repairs", "device_type"): set(dict(kinds_of("en"))),
        ("repairs/devices", "device_type"): set(dict(kinds_of("en"))),
        ("privacy/exports", "identity"): set(LETTER_IDENTITIES),
        ("privacy/erasures", "identity"): set(LETTER_IDENTITIES),
    }


def _words() -> Any:
    environment = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    environment.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    return environment.from_string(WORDS.read_text("utf-8")).module
