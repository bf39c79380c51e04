"""Transactions: what was noted leaves after the commit, and only then."""

import asyncio
import os
import socket

import pytest

from revivatech.db import Database, execute, fetch_value
from revivatech.kit.errors import Unavailable

pytestmark = pytest.mark.anyio


async def test_observers_learn_after_the_commit(db: Database) -> None:
    """An observer that reads sees what the transaction wrote."""
    seen: list[tuple[str, object]] = []

    async def observe(fact: str) -> None:
        async with db.read() as reader:
            seen.append((fact, await fetch_value(reader, "SELECT name FROM shop_settings")))

    db.on_commit(str, observe)
    async with db.transaction() as tx:
        tx.note("renamed")
        await execute(tx, "UPDATE shop_settings SET name = 'Fjord'")
        assert seen == []

    assert seen == [("renamed", "Fjord")]


async def test_a_rolled_back_transaction_tells_nobody(db: Database) -> None:
    """Nothing leaves and nothing stays of a transaction that failed."""
    seen: list[str] = []

    async def observe(fact: str) -> None:
        seen.append(fact)

    db.on_commit(str, observe)

    async def fail() -> None:
        async with db.transaction() as tx:
            tx.note("renamed")
            await execute(tx, "UPDATE shop_settings SET name = 'Fjord'")
            raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no"):
        await fail()

    assert seen == []
    async with db.read() as reader:
        assert await fetch_value(reader, "SELECT name FROM shop_settings") == "Revivatech"


async def test_a_failing_observer_does_not_undo_the_commit(db: Database) -> None:
    """What must not be lost is a row; the other observers still learn of it."""
    seen: list[str] = []

    async def fail(_: str) -> None:
        raise RuntimeError("deaf")

    async def observe(fact: str) -> None:
        seen.append(fact)

    db.on_commit(str, fail)
    db.on_commit(str, observe)
    async with db.transaction() as tx:
        tx.note("renamed")

    assert seen == ["renamed"]


async def test_f7_a_held_lock_is_answered_in_time(db: Database) -> None:
    """Who waits for a row that somebody holds is told to come again, and others are not held up."""
    async with db.transaction() as holder:
        await execute(holder, "UPDATE shop_settings SET name = 'Held'")
        async with asyncio.timeout(8):
            with pytest.raises(Unavailable):
                async with db.transaction() as tx:
                    await execute(tx, "UPDATE shop_settings SET name = 'Waiting'")
        async with db.read() as reader:
            assert await fetch_value(reader, "SELECT name FROM shop_settings") == "Revivatech"


async def test_f5_the_pool_heals_after_its_connections_are_killed(db: Database) -> None:
    """After every backend was ended the next reads work."""
    async with db.read() as reader:
        await fetch_value(reader, "SELECT 1")

    async def ask_on_a_killed_connection() -> None:
        async with db.read() as killer, db.read() as killed:
            await fetch_value(
                killer,
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()",
            )
            await fetch_value(killed, "SELECT 1")

    with pytest.raises(Unavailable):
        await ask_on_a_killed_connection()

    async with asyncio.timeout(10):
        while True:
            try:
                async with db.read() as reader:
                    assert await fetch_value(reader, "SELECT 1") == 1
                break
            except Unavailable:
                continue


async def test_f5_a_connection_that_is_cut_is_no_fault_of_ours(db: Database) -> None:
    """The server dies without a word, or the line to it does: that is a service that is away, in either verb."""

    async def read_on_a_cut_line() -> None:
        async with db.read() as reader:
            cut(reader.connection.fileno())
            await fetch_value(reader, "SELECT 1")

    async def write_on_a_cut_line() -> None:
        async with db.transaction() as tx:
            cut(tx.connection.fileno())
            await execute(tx, "UPDATE shop_settings SET name = 'Nobody'")

    for ask in (read_on_a_cut_line, write_on_a_cut_line):
        with pytest.raises(Unavailable):
            await ask()

    async with db.read() as reader:
        assert await fetch_value(reader, "SELECT name FROM shop_settings") == "Revivatech"


def cut(descriptor: int) -> None:
    """End the connection as a crash does, without a message."""
    with socket.socket(fileno=os.dup(descriptor)) as line:
        line.shutdown(socket.SHUT_RDWR)
