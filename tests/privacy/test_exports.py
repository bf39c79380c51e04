"""Exports: complete, one's own, one at a time, and never half of one."""

import asyncio
import io
import json
import re
import zipfile
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from msgspec import structs

from revivatech.db import Database
from revivatech.db.personal_data import Table, Tables
from revivatech.privacy import archive, exports
from revivatech.privacy.queries import exports as stored
from revivatech.settings import Settings
from revivatech.storage import files_for
from revivatech.worker import keepers_of
from support.exporting import EXPORT, ask, done, fetched
from support.people import People
from support.serving import Served, serve
from support.waiting import until_true

pytestmark = pytest.mark.anyio


async def test_r125_an_export_is_a_zip_to_read_and_to_process(served: Served, people: People) -> None:
    """JSON with a schema, and a page in the customer's language without scripts or outside addresses."""
    with psycopg.connect(served.settings.database_url) as connection:
        connection.execute("UPDATE customers SET language = 'pt-BR' WHERE id = %s", [people.anna.id])
    anna = await served.sign_in(people.anna)

    archive = await fetched(served, anna)

    assert archive.testzip() is None
    profile = json.loads(archive.read("data/account/profile.json"))
    schema = json.loads(archive.read("schema.json"))["$defs"]["data/account/profile.json"]
    assert profile[0]["email"] == people.anna.email
    assert set(schema["items"]["required"]) == set(profile[0])
    page = archive.read("index.html").decode()
    assert people.anna.email in page
    assert 'lang="pt-BR"' in page
    assert "<dd>Português (Brasil)</dd>" in page
    assert not {"signed_in", "pt-BR"} & set(re.findall("<dd>(.*?)</dd>", page)), "what programs store is said in words"
    assert not any(word in page for word in ("<script", "http://", "https://", "javascript:"))


async def test_r123_twenty_requests_make_one_export(settings: Settings, people: People) -> None:
    """Whoever asks while one waits to be made gets that one; nothing is made twice."""
    async with serve(structs.replace(settings, jobs_in_web=False)) as served:
        anna = await served.sign_in(people.anna)
        answers = await asyncio.gather(*(ask(served, anna) for _ in range(20)))

    assert {answer.status_code for answer in answers} <= {202, 429}
    ids = {answer.json()["id"] for answer in answers if answer.status_code == 202}
    assert len(ids) == 1
    with psycopg.connect(settings.database_url) as connection:
        assert connection.execute("SELECT count(*) FROM privacy_exports").fetchone() == (1,)


async def test_r125_an_export_asks_for_the_password(served: Served, people: People) -> None:
    """A device left open is not enough to take everything along."""
    anna = await served.sign_in(people.anna)

    answer = await served.client.post(EXPORT, json={"password": "not it"}, headers=anna)

    assert answer.status_code == 403
    assert answer.json()["code"] == "proof_needed"
    listed = await served.client.get(f"{EXPORT}s", headers=anna)
    assert listed.json()["items"] == []


async def test_r40_an_export_is_its_owners_alone(served: Served, people: People) -> None:
    """To Ben, to staff and to nobody Anna's export looks like one that never was."""
    anna, ben = await served.sign_in(people.anna), await served.sign_in(people.ben)
    mia = await served.sign_in(people.mia)
    export = await done(served, anna)

    answers = {
        name: [
            (await served.client.get(path, headers=headers)).status_code
            for path in (f"{EXPORT}s/{export['id']}", export["downloadUrl"])
        ]
        for name, headers in {"ben": ben, "mia": mia, "nobody": {}}.items()
    }

    assert answers == {"ben": [404, 404], "mia": [401, 401], "nobody": [401, 401]}


async def test_r125_a_download_is_kept_nowhere(served: Served, people: People) -> None:
    """The file is an attachment of its own size that no cache keeps."""
    anna = await served.sign_in(people.anna)
    export = await done(served, anna)

    answer = await served.client.get(export["downloadUrl"], headers=anna)

    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["content-disposition"].startswith('attachment; filename="export-')
    assert answer.headers["cache-control"] == "no-store"
    assert int(answer.headers["content-length"]) == len(answer.content)


async def test_r125_an_export_is_gone_after_a_week(served: Served, people: People, db: Database) -> None:
    """Its file and its link end; that there was one stays in the list."""
    anna = await served.sign_in(people.anna)
    export = await done(served, anna)
    files = files_for(served.settings)
    key = exports.key_of(people.anna.id, UUID(export["id"]))
    assert await files.exists(key)
    with psycopg.connect(served.settings.database_url) as connection:
        connection.execute("UPDATE privacy_exports SET expires_at = now() - interval '1 second'")

    await exports.expire(db, served.settings, files)

    assert not await files.exists(key)
    found = (await served.client.get(f"{EXPORT}s/{export['id']}", headers=anna)).json()
    assert (found["status"], found["downloadUrl"]) == ("expired", None)
    assert (await served.client.get(export["downloadUrl"], headers=anna)).status_code == 404


async def test_r125_the_customer_is_told_by_mail(served: Served, people: People) -> None:
    """A mail in their language says that it is ready, and carries no way in."""
    anna = await served.sign_in(people.anna)
    await done(served, anna)

    def mails() -> list[tuple[str, str]]:
        with psycopg.connect(served.settings.database_url) as connection:
            return connection.execute(
                "SELECT recipient, text_body FROM kept_mails WHERE subject LIKE '%copy%'"
            ).fetchall()

    await until_true(mails)
    ((recipient, text),) = mails()
    assert recipient == people.anna.email
    assert "/customer/account/privacy" in text
    assert "token" not in text


class Broken(Tables):
    """A part of the program whose tables cannot be read."""

    def __init__(self) -> None:
        super().__init__("broken", [Table("customers", "broken", own=("no_such_column",))])


async def waiting_export(db: Database, people: People) -> UUID:
    """An export that was asked for, without anybody who makes it."""
    async with db.transaction() as tx:
        export_id = await stored.add(tx, people.anna.id)
    assert export_id is not None
    return export_id


async def status(db: Database, people: People, export_id: UUID) -> str:
    """How far it is."""
    async with db.read() as reader:
        row = await stored.one(reader, people.anna.id, export_id)
    assert row is not None
    return row.status


async def test_r126_a_failure_is_seen_and_may_be_asked_again(db: Database, settings: Settings, people: People) -> None:
    """What cannot be made is failed and not forever under way; the next request makes a new one."""
    files = files_for(settings)
    export_id = await waiting_export(db, people)

    await exports.make(db, settings, files, [Broken()], export_id)

    assert await status(db, people, export_id) == "failed"
    assert [file async for file in files.list("exports")] == []
    assert list((settings.data / "exports").iterdir()) == []
    again = await waiting_export(db, people)
    await exports.make(db, settings, files, keepers_of(files), again)
    assert await status(db, people, again) == "ready"


async def test_r126_a_big_account_takes_no_more_memory(db: Database, settings: Settings, people: People) -> None:
    """50,000 notifications: a whole ZIP, and a process that has hardly grown."""
    with psycopg.connect(settings.database_url) as connection:
        connection.execute(
            """
            INSERT INTO customer_notifications (customer_id, seq, type, title, message)
            SELECT %s, n, 'repair', 'Notification ' || n, repeat('Something happened. ', 20)
            FROM generate_series(1, 50000) AS n
            """,
            [people.anna.id],
        )
    files = files_for(settings)
    small = await waiting_export(db, people)
    async with db.transaction() as tx:
        assert await stored.fail(tx, small)
    export_id = await waiting_export(db, people)
    before = resident_kilobytes()

    await exports.make(db, settings, files, keepers_of(files), export_id)

    grown = resident_kilobytes() - before
    assert await status(db, people, export_id) == "ready"
    content = await files.get(exports.key_of(people.anna.id, export_id))
    assert content is not None
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert len(json.loads(archive.read("data/notifications.json"))) == 50_000
        assert len(archive.read("index.html")) < 2_000_000
    assert grown < 40_000, f"grew by {grown} KB"


def resident_kilobytes() -> int:
    """What this process has in memory now."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1])


async def test_f32_a_crash_leaves_nothing_to_download(
    db: Database, settings: Settings, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever the maker dies, no export is ready; made again it is, and whole."""
    files = files_for(settings)
    export_id = await waiting_export(db, people)
    for place, method in ((archive, "write"), (files, "put_file"), (stored, "end")):
        with monkeypatch.context() as patch:
            patch.setattr(place, method, dying)
            with pytest.raises(Killed):
                await exports.make(db, settings, files, keepers_of(files), export_id)
        assert await status(db, people, export_id) == "running"

    await exports.make(db, settings, files, keepers_of(files), export_id)

    assert await status(db, people, export_id) == "ready"
    content = await files.get(exports.key_of(people.anna.id, export_id))
    assert content is not None
    assert zipfile.ZipFile(io.BytesIO(content)).testzip() is None


class Killed(BaseException):
    """The process ended here."""


async def dying(*_: object, **__: object) -> None:
    """Stand in for a step that the process does not survive."""
    raise Killed


async def test_f32_what_nobody_makes_any_more_is_given_up(db: Database, settings: Settings, people: People) -> None:
    """An export whose maker never came back fails after half a day, so that another can be asked for."""
    export_id = await waiting_export(db, people)
    with psycopg.connect(settings.database_url) as connection:
        connection.execute("UPDATE privacy_exports SET created_at = now() - interval '13 hours'")

    await exports.expire(db, settings, files_for(settings))

    assert await status(db, people, export_id) == "failed"
