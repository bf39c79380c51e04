"""Every column of every table says whose it is and what becomes of it."""

from pathlib import Path
from typing import Any

import psycopg
import pytest
from jinja2 import Environment

from revivatech.db.personal import Table
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
WORDS = Path(__file__).parents[2] / "src" / "revivatech" / "privacy" / "templates" / "words.html"
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
    law = {"invoice_years": 8, "invoice_source": "a law", "warranty_source": "another"}

    assert [table.file for table in tables.values() if table.file and not _words().why(table.file, 90, law)] == []


def _words() -> Any:
    environment = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    environment.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    return environment.from_string(WORDS.read_text("utf-8")).module
