"""The journal of credentials: every change reaches it, nobody can read it, and it puts back what a backup had older."""

from collections.abc import Callable
from pathlib import Path
from typing import LiteralString
from uuid import UUID

import msgspec
import psycopg
import pytest
from msgspec import structs

from revivatech.accounts.credential_journal import journal, queries, service
from revivatech.accounts.credential_journal.journal import Entry
from revivatech.accounts.credential_journal.state import unseal
from revivatech.db import Database
from revivatech.settings import Settings
from revivatech.storage import files_for
from support.people import PASSWORD_HASH, People

pytestmark = pytest.mark.anyio

CHANGES: dict[str, LiteralString] = {
    "a password": "UPDATE customers SET password_hash = 'other' WHERE id = %(anna)s",
    "an address": "UPDATE customers SET email = 'other@x.example' WHERE id = %(anna)s",
    "a closed account": "UPDATE customers SET disabled_at = now() WHERE id = %(anna)s",
    "a second factor": "UPDATE customers SET two_factor_enabled = true WHERE id = %(anna)s",
    "a role": "UPDATE users SET role = 'admin' WHERE id = %(tom)s",
    "a new recovery code": "INSERT INTO customer_recovery_codes (customer_id, code_hash) VALUES (%(anna)s, %(hash)s)",
    "a used recovery code": "UPDATE staff_recovery_codes SET used_at = now() WHERE user_id = %(mia)s",
    "a removed passkey": "DELETE FROM staff_passkeys WHERE user_id = %(mia)s",
    "another app": "UPDATE staff_authenticators SET secret = 'other' WHERE user_id = %(mia)s",
    "no app": "DELETE FROM staff_authenticators WHERE user_id = %(mia)s",
}
NO_CHANGES: dict[str, LiteralString] = {
    "a sign-in": "UPDATE customers SET last_login_at = now(), password_hash = password_hash WHERE id = %(anna)s",
    "a name": "UPDATE customers SET first_name = 'Anne' WHERE id = %(anna)s",
    "a walk-in's address": "UPDATE customers SET email = 'walk-in@x.example' WHERE password_hash IS NULL",
    "a used code of the app": "UPDATE staff_authenticators SET last_step = 7 WHERE user_id = %(mia)s",
    "an app that is being set up": (
        "UPDATE staff_authenticators SET candidate = 'new', candidate_at = now() WHERE user_id = %(mia)s"
    ),
}
FACTORS: tuple[LiteralString, ...] = (
    "INSERT INTO customers (first_name) VALUES ('Walter')",
    "INSERT INTO staff_authenticators (user_id, secret, proven_at) VALUES (%(mia)s, 'secret', now())",
    "INSERT INTO staff_recovery_codes (user_id, code_hash) VALUES (%(mia)s, %(hash)s)",
    """
    INSERT INTO staff_passkeys (user_id, credential_id, public_key, sign_count, name)
    VALUES (%(mia)s, 'credential', 'key', 3, 'Phone')
    """,
)


@pytest.fixture
def run(database_url: str, people: People) -> Callable[[LiteralString], None]:
    """Change the database; Mia has an app, a recovery code and a passkey."""
    values = {"anna": people.anna.id, "tom": people.tom.id, "mia": people.mia.id, "hash": b"h" * 32}

    def change(statement: LiteralString) -> None:
        with psycopg.connect(database_url) as connection:
            connection.execute(statement, values)

    for statement in FACTORS:
        change(statement)
    change("DELETE FROM credential_changes")
    return change


def changed(url: str) -> list[UUID]:
    """The accounts whose changes were noted."""
    with psycopg.connect(url) as connection:
        rows = connection.execute("SELECT DISTINCT coalesce(customer_id, user_id) FROM credential_changes").fetchall()
    return [row[0] for row in rows]


@pytest.mark.parametrize("what", CHANGES)
async def test_every_change_of_credentials_is_noted(
    run: Callable[[LiteralString], None], database_url: str, what: str
) -> None:
    """Whichever way it was made, by SQL too: it names one account."""
    run(CHANGES[what])
    assert len(changed(database_url)) == 1


@pytest.mark.parametrize("what", NO_CHANGES)
async def test_nothing_else_is_noted(run: Callable[[LiteralString], None], database_url: str, what: str) -> None:
    """The journal follows credentials, not everything that happens to an account."""
    run(NO_CHANGES[what])
    assert changed(database_url) == []


async def test_r26_the_journal_tells_nobody_anything(
    run: Callable[[LiteralString], None], db: Database, settings: Settings, people: People
) -> None:
    """No address and no hash stands in it; only the shop's secret opens an entry, and only for its account."""
    run(CHANGES["a used recovery code"])
    run(CHANGES["a closed account"])

    assert await service.write_out(db, settings, files_for(settings)) == 2
    assert await service.write_out(db, settings, files_for(settings)) == 0

    text = journal.path_of(settings).read_text()
    assert journal.path_of(settings).stat().st_mode & 0o777 == 0o600
    for secret in (people.anna.email, people.mia.email, PASSWORD_HASH, "credential"):
        assert secret not in text
    entry = (await journal.newest(settings, files_for(settings)))["staff", people.mia.id]
    state = unseal(settings, *entry.owner, entry.sealed)
    assert state is not None
    assert (state.password_hash, state.recovery_codes, len(state.passkeys)) == (PASSWORD_HASH, [], 1)
    assert unseal(settings, "staff", people.ada.id, entry.sealed) is None
    other = structs.replace(settings, secret_key=("another secret of forty characters or so",))
    assert unseal(other, *entry.owner, entry.sealed) is None


async def test_an_older_database_gets_its_credentials_back(
    run: Callable[[LiteralString], None], db: Database, settings: Settings, people: People
) -> None:
    """All of them, once; a database that is as new as the journal is left alone, and so is who signs in after it."""
    for what in ("a password", "an address", "a closed account", "a role", "a used recovery code", "a removed passkey"):
        run(CHANGES[what])
    files = files_for(settings)
    await service.write_out(db, settings, files)
    assert (await service.replay(db, settings, files)).accounts == 0
    # As a backup of before would have it.
    run("UPDATE customers SET password_hash = 'old', disabled_at = NULL WHERE id = %(anna)s")
    run("UPDATE customers SET email = 'anna@customers.example' WHERE id = %(anna)s")
    run("UPDATE users SET role = 'technician' WHERE id = %(tom)s")
    run("UPDATE staff_recovery_codes SET used_at = NULL")
    run(FACTORS[-1])
    run("DELETE FROM credential_changes")

    found = await service.replay(db, settings, files)

    assert found.accounts == 3
    assert found.kinds == {
        "passwords": 1,
        "email addresses": 1,
        "closed or reopened accounts": 1,
        "roles": 1,
        "recovery codes": 1,
        "passkeys": 1,
    }
    async with db.transaction() as tx:
        anna = await queries.state(tx, "customer", people.anna.id)
        mia = await queries.state(tx, "staff", people.mia.id)
    assert anna is not None
    assert mia is not None
    assert (anna.password_hash, anna.email, anna.disabled_at is not None) == ("other", "other@x.example", True)
    assert (mia.secret, mia.recovery_codes, mia.passkeys) == (b"secret", [], [])
    assert (await service.replay(db, settings, files)).accounts == 0


async def test_a_clock_that_was_set_back_does_not_bring_old_credentials_back(
    run: Callable[[LiteralString], None], db: Database, settings: Settings, people: People
) -> None:
    """A change counts as later than the one before it, and a replay is not done again at the next start."""
    run(CHANGES["a role"])
    run("UPDATE credential_changes SET changed_at = changed_at + interval '1 day'")
    files = files_for(settings)
    await service.write_out(db, settings, files)
    run("UPDATE users SET role = 'manager' WHERE id = %(tom)s")
    await service.write_out(db, settings, files)
    assert (await service.replay(db, settings, files)).accounts == 0
    run("UPDATE users SET role = 'technician' WHERE id = %(tom)s")
    run("DELETE FROM credential_changes")

    assert (await service.replay(db, settings, files)).accounts == 1
    assert (await service.replay(db, settings, files)).accounts == 0

    async with db.transaction() as tx:
        tom = await queries.state(tx, "staff", people.tom.id)
    assert tom is not None
    assert tom.role == "manager"


async def test_what_cannot_be_put_back_is_closed_or_needs_a_new_password(
    run: Callable[[LiteralString], None], db: Database, settings: Settings, people: People
) -> None:
    """An entry of another secret: no old password works. An address that somebody has by now: the account is closed."""
    run(CHANGES["an address"])
    run(CHANGES["a used recovery code"])
    files = files_for(settings)
    await service.write_out(db, settings, files)
    entries = await journal.newest(settings, files)
    run("DELETE FROM credential_changes")
    run("UPDATE customers SET email = 'anna@customers.example' WHERE id = %(anna)s")
    run("INSERT INTO customers (email, first_name) VALUES ('other@x.example', 'Otto')")
    run("DELETE FROM credential_changes")
    spoilt = structs.replace(entries["staff", people.mia.id], sealed="bm90IG91cnM=")
    journal.path_of(settings).write_bytes(
        b"".join(msgspec.json.encode(one) + b"\n" for one in (entries["customer", people.anna.id], spoilt))
    )

    found = await service.replay(db, settings, files)

    assert (found.accounts, found.unreadable, found.conflicts) == (2, 1, 1)
    async with db.transaction() as tx:
        anna = await queries.state(tx, "customer", people.anna.id)
        mia = await queries.state(tx, "staff", people.mia.id)
    assert anna is not None
    assert mia is not None
    assert (anna.email, anna.disabled_at is not None) == (people.anna.email, True)
    assert mia.password_hash not in {None, PASSWORD_HASH}


async def test_r127_an_erased_customer_leaves_the_journal(
    run: Callable[[LiteralString], None], db: Database, settings: Settings, people: People
) -> None:
    """With the next run after the erasure, and nobody else with them."""
    run(CHANGES["a password"])
    run(CHANGES["a role"])
    files = files_for(settings)
    await service.write_out(db, settings, files)
    run("UPDATE customers SET email = NULL, password_hash = NULL, erased_at = now() WHERE id = %(anna)s")

    await service.write_out(db, settings, files)

    assert set(await journal.newest(settings, files)) == {("staff", people.tom.id)}
    assert str(people.anna.id) not in journal.path_of(settings).read_text()


async def test_the_newest_line_counts_and_a_broken_one_does_no_harm(
    run: Callable[[LiteralString], None], db: Database, settings: Settings, tmp_path: Path
) -> None:
    """In whichever order journals are put together; a large one is cut down to what counts."""
    run(CHANGES["a role"])
    files = files_for(settings)
    await service.write_out(db, settings, files)
    [newest] = (await journal.newest(settings, files)).values()
    older = structs.replace(newest, changed_at=newest.changed_at.replace(year=2020), sealed="old")
    path = tmp_path / "credentials.log"

    journal.merge(path, msgspec.json.encode(newest) + b'\n{"changedAt": "20')
    journal.merge(path, msgspec.json.encode(older) + b"\n" + msgspec.json.encode(newest))

    lines = [line for line in path.read_bytes().splitlines() if line]
    assert [msgspec.json.decode(line, type=Entry).sealed for line in lines] == [newest.sealed, "old"]
    folder = structs.replace(settings, data=tmp_path)
    assert list((await journal.newest(folder, files_for(folder))).values()) == [newest]
    padding = structs.replace(older, sealed="x" * journal.LARGE_BYTES)
    await journal.write(folder, files_for(folder), [padding])
    assert path.stat().st_size < 10_000
