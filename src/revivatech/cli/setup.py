"""Checks and migrations of the database before the portal opens."""

import asyncio
import importlib

import psycopg

from revivatech.accounts.service import DEMO_PASSWORD, demo_accounts_present
from revivatech.accounts.sign_in.pages import DEMO_ACCOUNTS
from revivatech.cli.errors import Trouble
from revivatech.cli.services import say
from revivatech.db import Database
from revivatech.db.migrate import migrate, pending
from revivatech.settings import Settings


def prepare(settings: Settings, *, is_embedded: bool) -> None:
    """Migrate the database and fill an empty demo; raises Trouble where production may not open on it."""
    if settings.is_production and not is_embedded:
        # Several processes start at their own time: who updates them decides when the database changes.
        if missing := pending(settings.database_url):
            raise Trouble(f"The database lacks {len(missing)} migrations of this version: run `revivatech migrate`.")
    else:
        migrate(settings.database_url)
    if settings.is_production:
        refuse_demo_accounts(settings.database_url)
    elif settings.mode == "demo" and is_empty(settings.database_url):
        say("Loading the demo shop ...")
        load_demo(settings.database_url)


def load_demo(database_url: str) -> None:
    """Fill an empty database with the demo shop."""
    # A year of a shop is much to read, and most starts do not need it.
    load = importlib.import_module("revivatech.demo.load").load

    async def fill() -> None:
        async with Database(database_url, most=2) as db:
            await load(db)

    asyncio.run(fill())


def is_empty(database_url: str) -> bool:
    """Return whether nobody has an account yet."""
    with psycopg.connect(database_url, connect_timeout=4) as connection:
        row = connection.execute(
            "SELECT NOT EXISTS (SELECT FROM customers) AND NOT EXISTS (SELECT FROM users)"
        ).fetchone()
    return bool(row and row[0])


def refuse_demo_accounts(database_url: str) -> None:
    """Raise Trouble where an account has the demo's password, which everybody may read."""

    async def present() -> list[str]:
        async with Database(database_url, most=2) as db, db.read() as reader:
            return await demo_accounts_present(reader)

    if accounts := asyncio.run(present()):
        raise Trouble(
            f"{accounts[0]} has the demo's password, which is public: production mode does not open. "
            "Use an empty database, or give these accounts another password with `revivatech set-password`."
        )


def welcome(settings: Settings) -> str:
    """Return where the demo's people sign in, as text for the terminal; empty where the demo shop is not loaded.

    A demo that an older version has loaded may have fewer of them.
    """
    emails = [account.email for account in DEMO_ACCOUNTS]
    with psycopg.connect(settings.database_url, connect_timeout=4) as connection:
        rows = connection.execute(
            "SELECT email FROM customers WHERE email = ANY(%(emails)s) AND password_hash IS NOT NULL"
            " UNION ALL SELECT email FROM users WHERE email = ANY(%(emails)s) AND password_hash IS NOT NULL",
            {"emails": emails},
        ).fetchall()
    here = {str(email) for (email,) in rows}
    if emails[0] not in here:
        return ""
    accounts = [account for account in DEMO_ACCOUNTS if account.email in here]
    url = settings.public_url
    return "\n".join(
        [
            "",
            f"  Customers sign in at {url}/customer/sign-in",
            *(f"    {account.email}" for account in accounts if account.realm == "customer"),
            f"  The shop signs in at {url}/staff/sign-in",
            *(f"    {account.email}" for account in accounts if account.realm == "staff"),
            f"  The password of them all: {DEMO_PASSWORD}",
            f"  Mail that would be sent:  {url}/demo/mail",
            "",
        ]
    )
