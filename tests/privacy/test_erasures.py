"""Erasures: a week to take it back, then done, also after a restore and by whoever works for the shop."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import httpx
import msgspec
import psycopg
import pytest

from revivatech.cache.store import Cache
from revivatech.db import Database, Transaction
from revivatech.db.personal_data import Kept
from revivatech.kit.clock import utcnow
from revivatech.privacy import erasure_log, erasures
from revivatech.privacy.erase import Eraser
from revivatech.privacy.erasure_log import Entry
from revivatech.privacy.ports import Processor
from revivatech.privacy.queries import erasures as stored
from revivatech.settings import Settings
from revivatech.storage import Files, files_for
from revivatech.worker import keepers_of
from support.commands import invoke
from support.desk import open_desk
from support.people import PASSWORD, People
from support.serving import Served, serve
from support.waiting import until_true

pytestmark = pytest.mark.anyio

ERASURE = "/api/customer/privacy/erasure"


async def ask(served: Served, headers: Mapping[str, str], password: str = PASSWORD) -> httpx.Response:
    """The answer to asking to be erased."""
    return await served.client.post(ERASURE, json={"password": password}, headers=headers)


def let_the_week_pass(settings: Settings) -> None:
    """The day of every waiting erasure is now."""
    with psycopg.connect(settings.database_url) as connection:
        connection.execute("UPDATE privacy_erasures SET execute_at = now() WHERE status = 'waiting'")


def eraser(db: Database, settings: Settings, *processors: Processor) -> Eraser:
    """Who erases."""
    files = files_for(settings)
    return Eraser(db, settings, files, keepers_of(files), processors)


async def write(settings: Settings, customer_id: UUID) -> None:
    """An entry of the journal, as versions without marks wrote it."""
    await erasure_log.write(settings, files_for(settings), Entry(utcnow(), customer_id))


async def execute(db: Database, settings: Settings) -> None:
    """What the job does when it is due."""
    await eraser(db, settings).run_due()


def name_of(settings: Settings, customer_id: UUID) -> str:
    """The first name in the customer's row."""
    with psycopg.connect(settings.database_url) as connection:
        row = connection.execute("SELECT first_name FROM customers WHERE id = %s", [customer_id]).fetchone()
    assert row is not None
    return str(row[0])


async def test_r128_asking_signs_out_everywhere(served: Served, people: People) -> None:
    """A week from now it is done; the sessions of today are over, and the answer says what a law keeps."""
    client, browser = await served.sign_in(people.anna), await served.sign_in_browser(people.anna)

    answer = await ask(served, client)

    assert answer.status_code == 202
    execute_at = datetime.fromisoformat(answer.json()["executeAt"])
    assert timedelta(days=6, hours=23) < execute_at - datetime.now(UTC) <= timedelta(days=7)
    assert answer.json()["kept"] == []
    assert (await served.client.get("/api/customer/profile", headers=client)).status_code == 401
    assert "/customer/sign-in" in (await served.client.get("/customer/dashboard", headers=browser)).headers["location"]


async def test_r128_who_signs_in_meanwhile_may_only_take_it_back(served: Served, people: People) -> None:
    """The API refuses everything else with a code of its own, pages lead to the one page, sockets do not open."""
    await ask(served, await served.sign_in(people.anna))
    client, browser = await served.sign_in(people.anna), await served.sign_in_browser(people.anna)

    refused = [
        await served.client.get(f"/api/customer{path}", headers=client)
        for path in ("/profile", "/repairs", "/notifications", "/privacy/exports", "/dashboard/stats")
    ]
    pages = [
        await served.client.get(f"/customer{path}", headers=browser)
        for path in ("/dashboard", "/repairs", "/account/privacy", "/sign-in")
    ]

    assert {(answer.status_code, answer.json()["code"]) for answer in refused} == {(403, "erasure_pending")}
    assert {(page.status_code, page.headers["location"]) for page in pages} == {(303, "/customer/erasure")}
    page = await served.client.get("/customer/erasure", headers=browser)
    assert page.status_code == 200
    assert "/customer/erasure/cancel" in page.text
    assert (await served.client.get(ERASURE, headers=client)).json()["status"] == "waiting"


async def test_r128_taken_back_the_account_is_as_it_was(served: Served, people: People) -> None:
    """By the API or by the page; the session that did it goes on, and nothing is due any more."""
    for is_page in (False, True):
        await ask(served, await served.sign_in(people.anna))
        headers = await (served.sign_in_browser(people.anna) if is_page else served.sign_in(people.anna))
        if is_page:
            answer = await served.client.post("/customer/erasure/cancel", headers=headers)
            assert answer.status_code == 303
            assert (await served.client.get("/customer/dashboard", headers=headers)).status_code == 200
        else:
            assert (await served.client.delete(ERASURE, headers=headers)).status_code == 204
            assert (await served.client.get("/api/customer/profile", headers=headers)).status_code == 200
            assert (await served.client.delete(ERASURE, headers=headers)).status_code == 404

    let_the_week_pass(served.settings)
    async with Database(served.settings.database_url) as db:
        await execute(db, served.settings)
    assert name_of(served.settings, people.anna.id) == people.anna.first_name


async def test_r128_asking_needs_the_password(served: Served, people: People) -> None:
    """A device left open erases nobody."""
    anna = await served.sign_in(people.anna)

    answer = await ask(served, anna, "not it")

    assert answer.status_code == 403
    assert (await served.client.get("/api/customer/profile", headers=anna)).status_code == 200
    assert (await served.client.get(ERASURE, headers=anna)).status_code == 404


async def test_r128_a_device_with_the_shop_comes_first(served: Served, people: People, db: Database) -> None:
    """Refused while a repair is open or its device not collected; one that came in meanwhile has the erasure wait."""
    desk = await open_desk(served, people)
    repair_id = (await desk.take_in(people.anna))["repair"]["id"]
    anna = await served.sign_in(people.anna)

    refused = await ask(served, anna)
    with psycopg.connect(served.settings.database_url) as connection:
        connection.execute(
            "UPDATE repairs SET status = 'cancelled', stage = 'cancelled' WHERE id = %s RETURNING id", [repair_id]
        )
    taken = await ask(served, anna)
    with psycopg.connect(served.settings.database_url) as connection:
        connection.execute("UPDATE repairs SET status = 'received', stage = 'received' WHERE id = %s", [repair_id])
    let_the_week_pass(served.settings)
    await execute(db, served.settings)

    assert (refused.status_code, refused.json()["code"]) == (409, "open_repair")
    assert taken.status_code == 202
    assert name_of(served.settings, people.anna.id) == people.anna.first_name


async def test_r127_a_law_keeps_the_work_and_not_the_person(served: Served, people: People, db: Database) -> None:
    """What was paid stays to the end of its eighth year, what is under warranty until that ends, the rest goes."""
    with psycopg.connect(served.settings.database_url) as connection:
        connection.execute("UPDATE shop_settings SET country = 'DE'")
    desk = await open_desk(served, people)
    paid, warranted, free = [(await desk.take_in(people.anna))["repair"]["id"] for _ in range(3)]
    with psycopg.connect(served.settings.database_url) as connection:
        connection.execute(
            "UPDATE repairs SET status = 'completed', stage = 'collected', actual_completion = '2026-03-05', "
            "warranty_months = 0"
        )
        connection.execute("UPDATE repairs SET total_cost = 100 WHERE id = %s", [paid])
        connection.execute(
            "UPDATE repairs SET actual_completion = now(), warranty_months = 6 WHERE id = %s", [warranted]
        )
    anna = await served.sign_in(people.anna)

    asked = await ask(served, anna)
    let_the_week_pass(served.settings)
    await execute(db, served.settings)

    before = {(one["reason"], one["rows"], one["until"]) for one in asked.json()["kept"]}
    assert ("invoice", 1, "2034-12-31") in before
    assert {one["source"] for one in asked.json()["kept"]} == {"§ 147 AO, § 14b UStG", "§ 634a BGB"}
    assert len(before) == 2
    with psycopg.connect(served.settings.database_url) as connection:
        left = connection.execute("SELECT id::text, issue_description, device_id, notes FROM repairs").fetchall()
        (kept,) = connection.execute("SELECT kept FROM privacy_erasures").fetchone() or ([],)
    assert {row[0] for row in left} == {paid, warranted}
    assert free not in {row[0] for row in left}
    assert {row[1:] for row in left} == {("", None, None)}
    assert {(one["reason"], one["rows"], one["until"]) for one in kept} == before

    with psycopg.connect(served.settings.database_url) as connection:
        connection.execute("UPDATE repairs SET actual_completion = actual_completion - interval '9 years'")
    await erasures.end_keeping(db, keepers_of(files_for(served.settings)))
    with psycopg.connect(served.settings.database_url) as connection:
        assert connection.execute("SELECT count(*) FROM repairs").fetchone() == (0,)
        assert connection.execute("SELECT kept FROM privacy_erasures").fetchone() == ([],)


async def test_r128_a_new_account_with_the_address_sees_nothing_old(
    served: Served, people: People, db: Database
) -> None:
    """The address is free again; who takes it is somebody else."""
    await ask(served, await served.sign_in(people.anna))
    let_the_week_pass(served.settings)
    await execute(db, served.settings)

    refused = await served.client.post(
        "/api/customer/auth/login", json={"email": people.anna.email, "password": PASSWORD}
    )
    with psycopg.connect(served.settings.database_url) as connection:
        connection.execute(
            "INSERT INTO customers (email, password_hash, first_name) "
            "SELECT %s, password_hash, 'New' FROM customers WHERE id = %s",
            [people.anna.email, people.ben.id],
        )
    new = await served.sign_in(people.anna)

    assert refused.status_code == 401
    for path in ("/repairs", "/notifications", "/privacy/exports"):
        assert (await served.client.get(f"/api/customer{path}", headers=new)).json()["items"] == []
    assert (await served.client.get(ERASURE, headers=new)).status_code == 404


async def test_r129_an_erasure_survives_a_restore(db: Database, settings: Settings, people: People) -> None:
    """A backup from before brings Anna back; the journal beside the database has her erased again."""
    async with db.transaction() as tx:
        await stored.add(tx, people.anna.id, 0)
    with psycopg.connect(settings.database_url) as connection:
        backup = connection.execute(
            "SELECT email, first_name FROM customers WHERE id = %s", [people.anna.id]
        ).fetchone()
    await execute(db, settings)
    assert name_of(settings, people.anna.id) == "Erased"
    assert await erasure_log.known(settings, files_for(settings)) == {people.anna.id}
    with psycopg.connect(settings.database_url) as connection:
        connection.execute(
            "UPDATE customers SET email = %s, first_name = %s, erased_at = NULL, disabled_at = NULL WHERE id = %s",
            [*(backup or ()), people.anna.id],
        )
        connection.execute("DELETE FROM privacy_erasures")

    await execute(db, settings)

    assert name_of(settings, people.anna.id) == "Erased"
    assert name_of(settings, people.ben.id) == people.ben.first_name
    with psycopg.connect(settings.database_url) as connection:
        assert connection.execute("SELECT status, count(*) FROM privacy_erasures GROUP BY 1").fetchall() == [
            ("executed", 1)
        ]


async def test_f33_an_erasure_that_fails_keeps_no_other_waiting(
    db: Database, settings: Settings, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Anna's fails in its last part: nothing of it is seen, Ben's is done; the next run does hers."""
    async with db.transaction() as tx:
        for person in (people.anna, people.ben):
            await stored.add(tx, person.id, 0)
    work = eraser(db, settings)
    erase = work.keepers[-1].erase

    async def failing(tx: Transaction, customer_id: UUID, years: int) -> list[Kept]:
        if customer_id == people.anna.id:
            raise RuntimeError("It cannot be done.")
        return await erase(tx, customer_id, years)

    with monkeypatch.context() as patch:
        patch.setattr(work.keepers[-1], "erase", failing)
        await work.run_due()
    names = [name_of(settings, person.id) for person in (people.anna, people.ben)]
    await work.run_due()

    assert names == [people.anna.first_name, "Erased"]
    assert name_of(settings, people.anna.id) == "Erased"


class Crm:
    """Somebody who works for the shop, on a machine that is away at first."""

    name = "crm"

    def __init__(self, port: int) -> None:
        self._port = port

    async def forget(self, customer_id: UUID) -> None:
        """Ask the machine, as an integration does."""
        async with httpx.AsyncClient(timeout=2) as client:
            (await client.delete(f"http://127.0.0.1:{self._port}/contacts/{customer_id}")).raise_for_status()


async def test_r130_processors_are_told_until_they_answer(db: Database, settings: Settings, people: People) -> None:
    """Away for a day and then faulty, the CRM is asked again each time, and no more once it has answered."""
    answers = [b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n", b"HTTP/1.1 204 Done\r\n\r\n"]
    heard: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append((await reader.readuntil(b"\r\n\r\n")).partition(b"\r\n")[0])
        writer.write(answers[min(len(heard), len(answers)) - 1])
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    crm = Crm(port)
    async with db.transaction() as tx:
        await stored.add(tx, people.anna.id, 0)
    await eraser(db, settings, crm).run_due()

    for _ in range(3):
        await erasures.tell_processors(db, [crm])
    assert heard == []
    async with await asyncio.start_server(answer, "127.0.0.1", port):
        for _ in range(4):
            await erasures.tell_processors(db, [crm])

    line = f"DELETE /contacts/{people.anna.id} HTTP/1.1".encode()
    assert heard == [line, line]


async def test_r127_kept_answers_are_gone_from_valkey(served: Served, people: People, db: Database) -> None:
    """What Valkey held of Anna's pages is dropped when she is erased."""
    anna = await served.sign_in(people.anna)
    await served.client.get("/api/customer/repairs", headers=anna)
    keepers = keepers_of(files_for(served.settings))

    async with Cache(served.settings.redis_url) as cache:
        await erasures.sweep(db, cache, keepers, people.anna.id)
        admission = await cache.admit(people.anna.id, people.anna.id, "anything")

    assert admission.body is None


def test_r129_the_operator_replays_by_a_command(
    settings: Settings, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`revivatech erasures replay` erases whom the journal names and nobody else, and says how many."""
    asyncio.run(write(settings, people.anna.id))
    for name in ("database_url", "redis_url", "data"):
        monkeypatch.setenv(f"REVIVATECH_{name.upper()}", str(getattr(settings, name)))
    answers = [invoke("erasures", "replay") for _ in range(2)]

    assert [answer.output.splitlines()[-1].partition(" customers")[0] for answer in answers] == ["1", "0"]
    assert name_of(settings, people.anna.id) == "Erased"
    assert name_of(settings, people.ben.id) == people.ben.first_name


async def test_r129_a_portal_that_starts_replays_by_itself(settings: Settings, people: People) -> None:
    """Nobody has to think of it: the first thing that the jobs do is to look into the journal."""
    await write(settings, people.anna.id)

    async with serve(settings):
        await until_true(lambda: name_of(settings, people.anna.id) == "Erased")


async def test_r129_a_line_cut_short_hides_no_other(settings: Settings, people: People) -> None:
    """A crash in the middle of a line, then more lines: each whole one counts."""
    await write(settings, people.anna.id)
    with erasure_log.path_of(settings).open("ab") as file:
        file.write(b'{"erasedAt":"2026-')
    await write(settings, people.ben.id)

    assert people.anna.id in await erasure_log.known(settings, files_for(settings))
    assert people.ben.id in await erasure_log.known(settings, files_for(settings))


async def test_r129_a_new_machine_finds_the_journal_in_the_bucket(
    db: Database, settings: Settings, people: People, tmp_path: Path
) -> None:
    """Where files are in a bucket the journal is there: a machine with an empty disk erases again, also the marks."""
    bucket = Files("memory:///")
    async with db.transaction() as tx:
        await stored.add(tx, people.anna.id, 0)
    keepers = keepers_of(files_for(settings))
    await Eraser(db, settings, bucket, keepers, ()).run_due()
    with psycopg.connect(settings.database_url) as connection:
        marks = connection.execute("SELECT mark, key_id, erased_at FROM erased_marks ORDER BY mark").fetchall()
        connection.execute(
            "UPDATE customers SET email = %s, first_name = 'Anna', erased_at = NULL, disabled_at = NULL WHERE id = %s",
            [people.anna.email, people.anna.id],
        )
        connection.execute("DELETE FROM privacy_erasures")
        connection.execute("DELETE FROM erased_marks")

    elsewhere = msgspec.structs.replace(settings, data=tmp_path / "elsewhere")
    back = await Eraser(db, elsewhere, bucket, keepers, ()).replay()

    assert back == [people.anna.id]
    assert name_of(settings, people.anna.id) == "Erased"
    with psycopg.connect(settings.database_url) as connection:
        assert marks == connection.execute("SELECT mark, key_id, erased_at FROM erased_marks ORDER BY mark").fetchall()
    assert await Eraser(db, elsewhere, bucket, keepers, ()).replay() == []
