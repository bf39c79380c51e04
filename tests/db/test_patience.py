"""A server that has stopped answering: its connection is given up in time and never used again (F6)."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import quote

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from revivatech.db import Database, execute, fetch_value, without_limit
from revivatech.db.database import Connection
from revivatech.kit.errors import Unavailable

pytestmark = pytest.mark.anyio

SHORT = 0.3
SOON = 2.0


class Wire:
    """The line to the server, which can stop carrying answers."""

    def __init__(self) -> None:
        self.thawed = asyncio.Event()
        self.thawed.set()
        self.port = 0

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, stops: bool) -> None:
        """Carry bytes one way."""
        while data := await reader.read(65_536):
            if stops:
                await self.thawed.wait()
            writer.write(data)
        writer.close()


@asynccontextmanager
async def wire_to(url: str) -> AsyncIterator[Wire]:
    """A line to that server for the length of the block."""
    wire, facts = Wire(), conninfo_to_dict(url)
    tasks: set[asyncio.Task[None]] = set()
    ends: list[asyncio.StreamWriter] = []

    async def join(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host, port = str(facts["host"]), int(facts.get("port") or 5432)
        if host.startswith("/"):
            server = await asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}")
        else:
            server = await asyncio.open_connection(host, port)
        ends.extend((writer, server[1]))
        for way in (wire.carry(reader, server[1], stops=False), wire.carry(server[0], writer, stops=True)):
            tasks.add(asyncio.ensure_future(way))

    server = await asyncio.start_server(join, "127.0.0.1", 0)
    wire.port = server.sockets[0].getsockname()[1]
    try:
        yield wire
    finally:
        wire.thawed.set()
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for end in ends:
            end.transport.abort()
        await server.wait_closed()


@asynccontextmanager
async def through(wire: Wire, url: str) -> AsyncIterator[Database]:
    """A database behind that line, impatient."""
    facts = conninfo_to_dict(url)
    user, password = quote(str(facts["user"])), quote(str(facts.get("password") or ""))
    address = (
        f"postgresql://{user}:{password}@127.0.0.1:{wire.port}/{facts['dbname']}?sslmode=disable&gssencmode=disable"
    )
    async with Database(address, most=1) as db:
        yield db


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Connection, "patience", SHORT)


async def test_f6_a_frozen_server_is_unavailable_in_time(database_url: str) -> None:
    """The statement that waits fails soon, its connection is closed, and after the thaw all is well at once."""
    async with wire_to(database_url) as wire, through(wire, database_url) as db:
        async with db.read() as reader:
            assert await fetch_value(reader, "SELECT 1") == 1
            connection = reader.connection
        wire.thawed.clear()

        started = time.monotonic()
        with pytest.raises(Unavailable):
            async with db.read() as reader:
                await fetch_value(reader, "SELECT 2")
        took = time.monotonic() - started
        wire.thawed.set()

        assert SHORT <= took < SOON
        assert connection.closed
        async with asyncio.timeout(SOON), db.read() as reader:
            assert await fetch_value(reader, "SELECT 3") == 3


async def change_while_it_freezes(db: Database, wire: Wire) -> None:
    """A transaction whose second statement gets no answer."""
    async with db.transaction() as tx:
        await execute(tx, "CREATE TABLE half (id int)")
        tx.note("done")
        wire.thawed.clear()
        await execute(tx, "INSERT INTO half VALUES (1)")


async def test_f6_frozen_within_a_transaction_nothing_is_acknowledged(database_url: str) -> None:
    """The commit that got no answer raises; what the transaction noted is told to nobody."""
    told: list[object] = []

    async def hear(fact: object) -> None:
        told.append(fact)

    async with wire_to(database_url) as wire, through(wire, database_url) as db:
        db.on_commit(str, hear)
        with pytest.raises(Unavailable):
            await change_while_it_freezes(db, wire)
        wire.thawed.set()

    assert told == []
    with psycopg.connect(database_url) as direct:
        assert direct.execute("SELECT to_regclass('half')").fetchone() == (None,)


async def test_f6_an_import_may_take_its_time(database_url: str) -> None:
    """Neither the server's limit nor ours ends the statements of a block without one; afterwards both hold again."""
    async with Database(database_url, most=1) as db:
        async with db.transaction() as tx, without_limit(tx):
            await execute(tx, "SELECT pg_sleep(%s)", [3 * SHORT])
            assert await fetch_value(tx, "SHOW statement_timeout") == "0"
        async with db.read() as reader:
            assert await fetch_value(reader, "SHOW statement_timeout") == "8s"
        with pytest.raises(Unavailable):
            async with db.read() as reader:
                await fetch_value(reader, "SELECT pg_sleep(%s)", [SOON])


async def test_f6_after_a_failed_import_the_limits_hold_again(database_url: str) -> None:
    """A rollback takes the server's limit back; ours is put back whatever happens."""
    async with Database(database_url, most=1) as db:
        with pytest.raises(psycopg.errors.DivisionByZero):
            async with db.transaction() as tx, without_limit(tx):
                await execute(tx, "SELECT 1 / 0")
        async with db.read() as reader:
            assert await fetch_value(reader, "SHOW statement_timeout") == "8s"
            assert reader.connection.patience is not None
