"""A backup of yesterday in a database of today: it works, and whom it brings back is erased again."""

import subprocess
from pathlib import Path
from uuid import UUID

import msgspec
import psycopg
import pytest

from revivatech.db import Database
from revivatech.embedded.programs import binaries
from revivatech.privacy.eraser import Eraser
from revivatech.privacy.queries import erasures
from revivatech.settings import Settings
from revivatech.storage import files_for
from revivatech.worker import keepers_of
from support.canaries import dump, fill, open_gates
from support.people import People
from support.serving import serve
from support.waiting import until_true

pytestmark = pytest.mark.anyio

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
