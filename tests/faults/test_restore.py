"""A backup of yesterday in a database of today: it works, and whom it brings back is erased again."""

import asyncio
import subprocess
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import msgspec
import psycopg
import pytest
from click.testing import CliRunner

from revivatech.cli.program import program
from revivatech.db import Database
from revivatech.embedded.programs import binaries
from revivatech.privacy.erase import Eraser
from revivatech.privacy.queries import erasures
from revivatech.settings import Settings
from revivatech.storage import files_for
from revivatech.worker import keepers_of
from support.canaries import dump, fill, open_gates
from support.factors import App, challenge, second_step, turn_on
from support.mailbox import Mailbox
from support.people import People
from support.serving import Served, serve
from support.waiting import until_true

pytestmark = pytest.mark.anyio

NEW = "a harbour of seven lanterns"
PICTURE = b"canary-anna-picture"
# What stays without the person, and the record of the erasure itself.
LAWFUL = {"repairs", "repair_status_history", "privacy_erasures"}


def back_up(url: str, path: Path) -> None:
    """What docs/operations.md tells an operator to do."""
    arguments = [str(binaries().pg_dump), "--format=custom", f"--file={path}", url]
    subprocess.run(arguments, check=True, capture_output=True, timeout=60)


def restore(path: Path, url: str) -> None:
    """Read the backup into an empty database."""
    arguments = [str(binaries().pg_restore), "--no-owner", "--exit-on-error", f"--dbname={url}", str(path)]
    subprocess.run(arguments, check=True, capture_output=True, timeout=60)


def canaries(url: str) -> set[str]:
    """The tables in which something of Anna is."""
    return {table for table, row in dump(url) if "canary-anna" in row}


def is_erased(url: str, customer_id: UUID) -> bool:
    """Whether the customer's row names nobody."""
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT erased_at IS NOT NULL FROM customers WHERE id = %s", [customer_id])
        return found.fetchone() == (True,)


REVIVED = "something of the backup works again"


def command(settings: Settings, *arguments: str) -> str:
    """What a `revivatech` command says, with the settings of the test in its environment."""
    env = {
        "REVIVATECH_MODE": "development",
        "REVIVATECH_DATABASE_URL": settings.database_url,
        "REVIVATECH_REDIS_URL": settings.redis_url,
        "REVIVATECH_SECRET_KEY": settings.secret_key[0],
        "REVIVATECH_DATA": str(settings.data),
    }
    result = CliRunner(env={"DATABASE_URL": None, "REDIS_URL": None, **env}).invoke(
        program, list(arguments), catch_exceptions=False
    )
    assert result.exit_code == 0, result.output
    return result.stdout


@dataclass
class Kept:
    """What the shop's people held when the backup was made."""

    headers: dict[str, str]
    refresh_token: str
    cookie: dict[str, str]
    challenge: str
    link: str
    app: App
    recovery_code: str


async def hold(served: Served, people: People) -> Kept:
    """Sign Anna in everywhere; Mia has an app and recovery codes, Ben waits for a link."""
    body = {"email": people.anna.email, "password": people.anna.password}
    tokens = (await served.client.post("/api/customer/auth/login", json=body)).json()
    cookie = await served.sign_in_browser(people.anna)
    app = await turn_on(served, people.mia)
    await served.client.post("/api/customer/auth/sign-in-link", json={"email": people.ben.email})
    return Kept(
        headers={"Authorization": f"Bearer {tokens['accessToken']}"},
        refresh_token=tokens["refreshToken"],
        cookie=cookie,
        challenge=await challenge(served, people.mia),
        link=await Mailbox(served).token(people.ben.email),
        app=app,
        recovery_code=app.recovery_codes[0],
    )


async def revoke(served: Served, people: People, kept: Kept) -> App:
    """End all of it, each in its own way, and answer with the app that Mia has moved to."""
    post, put = served.client.post, served.client.put
    assert (await post("/api/customer/auth/logout", json={"refreshToken": kept.refresh_token})).status_code == 204
    assert (await post("/customer/sign-out", headers=kept.cookie)).status_code == 303
    assert (await post("/api/customer/auth/sign-in-link/use", json={"token": kept.link})).status_code == 200
    used = await second_step(served, people.mia, kept.challenge, recoveryCode=kept.recovery_code)
    mia = {"Authorization": f"Bearer {used.json()['accessToken']}"}
    moved = await post("/api/staff/profile/2fa/enable", headers=mia, json={"password": people.mia.password})
    new = App(served, people.mia, moved.json()["secret"].replace(" ", ""))
    codes = {"code": new.shown(), "currentCode": kept.app.code()}
    assert (await post("/api/staff/profile/2fa/verify", headers=mia, json=codes)).status_code == 200

    ben = await served.sign_in(people.ben)
    changed = {"currentPassword": people.ben.password, "password": NEW}
    assert (await put("/api/customer/profile/password", headers=ben, json=changed)).status_code == 200
    address = {"email": "ben@new.example", "password": NEW}
    assert (await post("/api/customer/profile/email", headers=ben, json=address)).status_code == 202
    token = await Mailbox(served).token("ben@new.example")
    assert (await post("/api/customer/auth/confirm-email", json={"token": token})).status_code == 204

    ada = await served.sign_in(people.ada)
    role = {"role": "front_desk"}
    assert (await served.client.patch(f"/api/staff/users/{people.tom.id}", headers=ada, json=role)).status_code == 200
    closed = {"disabled": True}
    assert (await served.client.patch(f"/api/staff/users/{people.fay.id}", headers=ada, json=closed)).status_code == 200
    return new


async def test_r155_a_restore_revives_nothing_that_was_ended(
    settings: Settings, people: People, empty_database_url: str, tmp_path: Path
) -> None:
    """Sessions, links and codes of the backup are over; passwords, app, address, role and closing are those of after.

    The command says so. Without the journal everyone is signed out all the same, and the command says what is missing.
    """
    backup = tmp_path / "portal.tar"
    async with serve(settings) as served:
        kept = await hold(served, people)
        await asyncio.to_thread(command, settings, "backup", str(backup))
        new_app = await revoke(served, people, kept)
        await until_true(lambda: is_journaled(settings.database_url), 30)

    restored = msgspec.structs.replace(settings, database_url=empty_database_url, data=tmp_path / "restored")
    restored.data.mkdir()
    (restored.data / "credentials.log").write_bytes((settings.data / "credentials.log").read_bytes())
    said = await asyncio.to_thread(command, restored, "restore", str(backup))

    assert "Everyone was signed out: " in said
    assert "Put back from the journal of credentials for 4 accounts: " in said
    for kind in ("passwords (1)", "email addresses (1)", "roles (1)", "closed or reopened accounts (1)"):
        assert kind in said
    async with serve(restored) as served:
        new_app.served = kept.app.served = served
        await nothing_works(served, people, kept)
        await what_was_changed_works(served, people, new_app)


async def nothing_works(served: Served, people: People, kept: Kept) -> None:
    """Neither what was ended nor what was replaced."""
    client = served.client
    assert (await client.get("/api/customer/profile", headers=kept.headers)).status_code == 401, REVIVED
    refreshed = await client.post("/api/customer/auth/refresh", json={"refreshToken": kept.refresh_token})
    assert refreshed.status_code == 401, REVIVED
    page = await client.get("/customer/dashboard", headers=kept.cookie)
    assert page.headers.get("location", "").startswith("/customer/sign-in"), REVIVED
    assert (await client.post("/api/customer/auth/sign-in-link/use", json={"token": kept.link})).status_code == 410
    assert (await second_step(served, people.mia, kept.challenge, code=kept.app.code())).status_code == 401, REVIVED
    token = await challenge(served, people.mia)
    assert (await second_step(served, people.mia, token, recoveryCode=kept.recovery_code)).status_code == 401, REVIVED
    assert (await second_step(served, people.mia, token, code=kept.app.code())).status_code == 401, REVIVED
    for person in (people.ben, people.fay):
        body = {"email": person.email, "password": person.password}
        answer = await client.post(f"/api/{person.realm}/auth/login", json=body)
        assert answer.status_code == 401, f"{REVIVED}: {person.email}"


async def what_was_changed_works(served: Served, people: People, new_app: App) -> None:
    """Ben has his new address and password, Mia her new app, Tom his new role."""
    body = {"email": "ben@new.example", "password": NEW}
    assert (await served.client.post("/api/customer/auth/login", json=body)).status_code == 200
    token = await challenge(served, people.mia)
    assert (await second_step(served, people.mia, token, code=new_app.code())).status_code == 200
    tom = await served.sign_in(people.tom)
    assert (await served.client.get("/api/staff/profile", headers=tom)).json()["role"] == "front_desk"


async def test_r155_a_backup_put_back_by_other_means_is_noticed_at_the_start(
    settings: Settings, people: People, empty_database_url: str, tmp_path: Path
) -> None:
    """A portal that starts on a database older than its journal puts the credentials back and ends the sessions."""
    backup = tmp_path / "portal.dump"
    async with serve(settings) as served:
        kept = await served.sign_in(people.anna)
        back_up(settings.database_url, backup)
        with psycopg.connect(settings.database_url) as connection:
            connection.execute("UPDATE customers SET password_hash = 'other' WHERE id = %s", [people.ben.id])
        await until_true(lambda: is_journaled(settings.database_url), 30)
    restore(backup, empty_database_url)

    def is_put_back() -> bool:
        with psycopg.connect(empty_database_url) as connection:
            row = connection.execute("SELECT password_hash FROM customers WHERE id = %s", [people.ben.id]).fetchone()
        return row == ("other",)

    async with serve(msgspec.structs.replace(settings, database_url=empty_database_url)) as served:
        await until_true(is_put_back, 30)
        # Valkey may call a session alive for a minute; it is told at once.
        await until_true(lambda: sessions_of(empty_database_url) == 0, 30)
        assert (await served.client.get("/api/customer/profile", headers=kept)).status_code == 401


def is_journaled(url: str) -> bool:
    """Whether the journal has every change of credentials."""
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT count(*) FROM credential_changes WHERE journaled_at IS NULL").fetchone()
    return found == (0,)


def sessions_of(url: str) -> int:
    """How many sessions of customers live."""
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT count(*) FROM customer_sessions WHERE ended_at IS NULL").fetchone()
    return int(row[0]) if row else 0


async def test_r153_r129_a_backup_restores_and_the_erased_stay_erased(
    db: Database, settings: Settings, people: People, empty_database_url: str, tmp_path: Path
) -> None:
    """From a real pg_dump Ben finds everything of his, pictures too; of Anna there is nothing but what a law keeps."""
    files = files_for(settings)
    keepers = keepers_of(files)
    with psycopg.connect(settings.database_url, autocommit=True) as connection:
        open_gates(connection)
        fill(connection, [table for keeper in keepers for table in keeper.tables], people.anna.id, "anna")
        # Not his account, into which he signs in below.
        of_repairs = [table for keeper in keepers for table in keeper.tables if keeper.name == "repairs"]
        fill(connection, of_repairs, people.ben.id, "ben")
    for person in (people.anna, people.ben):
        await files.put(f"avatars/{person.id}/picture-512.webp", PICTURE, "image/webp")
    backup = tmp_path / "portal.dump"
    back_up(settings.database_url, backup)
    async with db.transaction() as tx:
        await erasures.add(tx, people.anna.id, 0)
    with psycopg.connect(settings.database_url) as connection:
        connection.execute("UPDATE repairs SET status = 'cancelled', stage = 'cancelled'")
    await Eraser(db, settings, files, keepers, ()).run_due()
    lawful = canaries(settings.database_url)
    assert lawful <= LAWFUL

    restore(backup, empty_database_url)
    assert "customers" in canaries(empty_database_url)
    async with serve(msgspec.structs.replace(settings, database_url=empty_database_url)) as restored:
        await until_true(lambda: is_erased(empty_database_url, people.anna.id), 30)
        ben = await restored.sign_in(people.ben)
        answers = {
            path: (await restored.client.get(f"/api/customer{path}", headers=ben)).status_code
            for path in ("/profile", "/repairs", "/notifications", "/addresses", "/devices", "/dashboard/stats")
        }

    assert set(answers.values()) == {200}
    assert canaries(empty_database_url) <= LAWFUL
    assert [file.key async for file in files.list(f"avatars/{people.anna.id}")] == []
    assert await files.get(f"avatars/{people.ben.id}/picture-512.webp") == PICTURE
    of_ben = [sum("canary-ben" in row for _, row in dump(url)) for url in (settings.database_url, empty_database_url)]
    assert of_ben[0] == of_ben[1] > 0
