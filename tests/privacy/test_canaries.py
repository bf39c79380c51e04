"""Everything of Anna comes with her export and goes with her erasure; nothing of Ben does either."""

from collections.abc import Iterable, Sequence

import psycopg
import pytest
import redis

from revivatech.cache.store import Cache
from revivatech.db import Database
from revivatech.db.personal_data import Table
from revivatech.privacy import erasures
from revivatech.privacy.erase import Eraser
from revivatech.storage import Files, files_for
from revivatech.worker import keepers_of
from support.canaries import Canary, dump, fill, open_gates
from support.exporting import fetched
from support.people import PASSWORD, People
from support.serving import Served

pytestmark = pytest.mark.anyio

PICTURE = b"canary-anna-picture"


def place(served: Served, people: People, tables: Sequence[Table]) -> list[Canary]:
    """Anna's canaries; Ben has as many."""
    with psycopg.connect(served.settings.database_url, autocommit=True) as connection:
        open_gates(connection)
        fill(connection, tables, people.ben.id, "ben")
        return fill(connection, tables, people.anna.id, "anna")


def tables_of(served: Served) -> list[Table]:
    """Every declared table."""
    return [table for keeper in keepers_of(files_for(served.settings)) for table in keeper.tables]


async def picture(files: Files, people: People) -> None:
    """Anna and Ben have a picture each."""
    await files.put(f"avatars/{people.anna.id}/picture-512.webp", PICTURE, "image/webp")
    await files.put(f"avatars/{people.ben.id}/picture-512.webp", b"canary-ben-picture", "image/webp")


def columns(canaries: Iterable[Canary]) -> set[tuple[str, str]]:
    """Where they were."""
    return {(canary.table, canary.column) for canary in canaries}


async def test_r125_r41_an_export_has_everything_of_anna_and_nothing_else(served: Served, people: People) -> None:
    """Each column of hers is in the JSON, her picture is a file; no secret, no note of the shop, nothing of Ben."""
    tables = tables_of(served)
    anna = await served.sign_in(people.anna)
    canaries = place(served, people, tables)
    await picture(files_for(served.settings), people)

    archive = await fetched(served, anna)

    written = {name: archive.read(name) for name in archive.namelist()}
    everything = b"\n".join(written.values())
    shown = {(table.name, column) for table in tables if table.file for column in table.shown}
    by_data = b"\n".join(content for name, content in written.items() if name.startswith("data/"))
    found = {(one.table, one.column) for one in canaries if one.text.encode() in by_data}
    assert columns(canaries) & shown - found == set()
    assert found - shown == set()
    assert written["files/pictures/picture-512.webp"] == PICTURE
    assert b"canary-ben" not in everything


async def test_r127_an_erasure_leaves_nothing_but_what_a_law_keeps(
    served: Served, people: People, capfd: pytest.CaptureFixture[str]
) -> None:
    """No table, file, key of Valkey or log line knows Anna any more, but for the listed columns; Ben has it all."""
    settings = served.settings
    files = files_for(settings)
    keepers = keepers_of(files)
    tables = tables_of(served)
    anna = await served.sign_in(people.anna)
    canaries = place(served, people, tables)
    await picture(files, people)
    await fetched(served, anna)
    for path in ("/profile", "/notifications", "/repairs"):
        await served.client.get(f"/api/customer{path}", headers=anna)
    of_ben = [row for _, row in dump(settings.database_url) if "canary-ben" in row]
    asked = await served.client.post("/api/customer/privacy/erasure", json={"password": PASSWORD}, headers=anna)
    assert asked.status_code == 202, asked.text

    async with Database(settings.database_url) as db, Cache(settings.redis_url) as cache:
        with psycopg.connect(settings.database_url) as connection:
            connection.execute("UPDATE privacy_erasures SET execute_at = now() WHERE status = 'waiting'")
        await Eraser(db, settings, files, keepers, ()).run_due()
        await erasures.sweep(db, cache, keepers, people.anna.id)

    left = [(table, row) for table, row in dump(settings.database_url) if "canary-anna" in row]
    remaining = {
        (one.table, one.column) for one in canaries for table, row in left if one.table == table and one.text in row
    }
    lawful = {(table.name, column) for table in tables if table.blanks or table.stays for column in table.kept}
    assert remaining - lawful == set()
    assert {table for table, _ in left} <= {"repairs", "repair_status_history", "privacy_erasures"}
    assert not any(people.anna.email in row or people.anna.last_name in row for _, row in dump(settings.database_url))
    assert [file.key async for file in files.list("avatars")] == [f"avatars/{people.ben.id}/picture-512.webp"]
    assert [file.key async for file in files.list("exports")] == []
    assert _in_valkey(settings.redis_url, b"canary-anna") == []
    out, err = capfd.readouterr()
    assert "canary-anna" not in out + err
    now_of_ben = [row for _, row in dump(settings.database_url) if "canary-ben" in row]
    assert sorted(now_of_ben) == sorted(of_ben)


def _in_valkey(url: str, text: bytes) -> list[bytes]:
    """The keys that name the text or hold it."""
    found = []
    with redis.Redis.from_url(url) as client:
        for key in client.scan_iter():
            held = client.dump(key) or b""
            if text in key or text in held:
                found.append(key)
    return found
