"""kill -9 at each step of an erasure."""

import asyncio
import sys
from pathlib import Path

import psycopg
import pytest

from revivatech.db import Database
from revivatech.privacy.erase import Eraser
from revivatech.privacy.queries import erasures
from revivatech.settings import Settings
from revivatech.storage import files_for
from revivatech.worker import keepers_of
from support.canaries import dump
from support.people import People

pytestmark = pytest.mark.anyio

ERASER = Path(__file__).parent / "killed_eraser.py"


async def test_f32_an_erasure_is_never_half_visible(db: Database, settings: Settings, people: People) -> None:
    """Killed a dozen times, up to the moment before its commit, nothing of it is seen; the next run does all of it."""
    with psycopg.connect(settings.database_url) as connection:
        connection.execute("DELETE FROM customers WHERE id <> %s", [people.anna.id])
    async with db.transaction() as tx:
        await erasures.add(tx, people.anna.id, 0)
    before = sorted(dump(settings.database_url))

    process = await asyncio.create_subprocess_exec(
        sys.executable, str(ERASER), settings.database_url, str(settings.data), stdout=asyncio.subprocess.PIPE
    )
    async with asyncio.timeout(60):
        said, _ = await process.communicate()

    lines = said.decode().splitlines()
    assert process.returncode == 0
    assert len(lines) == 13
    assert {line.partition(": ")[2] for line in lines} == {people.anna.first_name}
    assert sorted(dump(settings.database_url)) == before
    files = files_for(settings)
    await Eraser(db, settings, files, keepers_of(files), ()).run_due()
    assert not any(people.anna.email in row for _, row in dump(settings.database_url))
