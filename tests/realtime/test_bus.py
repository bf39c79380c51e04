"""The bus between processes, and what sockets get while it fails."""

import asyncio
import contextlib
import os
import signal
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
import pytest
import redis.asyncio as redis

from revivatech.embedded.programs import binaries
from revivatech.realtime import bus as bus_module
from revivatech.realtime.bus import Bus, Fact
from revivatech.realtime.contracts import Event, SessionsEnded, StaffEvent
from support.people import Person
from support.waiting import until_true

pytestmark = pytest.mark.anyio


@dataclass
class Valkey:
    """A Valkey that the test may kill and bring back at the same address."""

    folder: Path
    process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        """Its address."""
        return f"unix://{self.folder}/sock"

    async def start(self) -> None:
        """Bring it up."""
        self.process = await asyncio.create_subprocess_exec(
            binaries().valkey_server,
            *("--port", "0", "--unixsocket", f"{self.folder}/sock", "--save", "", "--dir", str(self.folder)),
            stdout=asyncio.subprocess.DEVNULL,
        )
        async with redis.Redis.from_url(self.url) as client, asyncio.timeout(5):
            while True:
                with contextlib.suppress(redis.ConnectionError):
                    await client.ping()
                    return
                await asyncio.sleep(0.02)

    async def kill(self) -> None:
        """End it as a crash does."""
        assert self.process is not None
        if self.process.returncode is None:
            os.kill(self.process.pid, signal.SIGKILL)
            await self.process.wait()

    def freeze(self, *, frozen: bool) -> None:
        """Let it hang, or go on."""
        assert self.process is not None
        os.kill(self.process.pid, signal.SIGSTOP if frozen else signal.SIGCONT)


@pytest.fixture
async def valkey() -> AsyncIterator[Valkey]:
    """A Valkey of this test alone."""
    with tempfile.TemporaryDirectory(prefix="valkey-") as folder:
        server = Valkey(Path(folder))
        await server.start()
        yield server
        await server.kill()


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bus_module, "TIMEOUT", 0.3)
    monkeypatch.setattr(bus_module, "RETRY_SECONDS", 0.1)
    monkeypatch.setattr(bus_module, "PING_SECONDS", 0.2)
    monkeypatch.setattr(bus_module, "DEAF_SECONDS", 1.5)


class Ear:
    """What a process hears."""

    def __init__(self) -> None:
        self.heard: list[Fact] = []

    async def __call__(self, fact: Fact) -> None:
        """Hear it."""
        self.heard.append(fact)


async def test_every_kind_of_fact_arrives_unchanged_and_once(redis_url: str) -> None:
    """Other processes hear a fact as it was; the one that sent it does not hear it again."""
    facts: list[Fact] = [
        Event(uuid4(), 3, "repair:status_update", msgspec.Raw(b'{"seq":3,"cost":12.50}')),
        StaffEvent("repair:updated", msgspec.Raw(b"{}")),
        SessionsEnded(uuid4(), (uuid4(), uuid4()), "logout"),
    ]
    mine, other, stranger = Ear(), Ear(), Ear()
    async with (
        Bus(redis_url, prefix="a", hear=mine) as bus,
        Bus(redis_url, prefix="a", hear=other) as listener,
        Bus(redis_url, prefix="b", hear=stranger) as elsewhere,
    ):
        await until_true(lambda: bus.is_listening and listener.is_listening and elsewhere.is_listening)
        for fact in facts:
            bus.send(fact)
        await until_true(lambda: len(other.heard) == 3)

    assert [_plain(fact) for fact in other.heard] == [_plain(fact) for fact in facts]
    assert mine.heard == stranger.heard == []


async def test_what_does_not_belong_on_the_bus_is_survived(redis_url: str) -> None:
    """Garbage on the channel, and a hearer that fails, cost nothing but that message."""
    ear = Ear()

    async def hear(fact: Fact) -> None:
        if isinstance(fact, StaffEvent):
            raise ZeroDivisionError
        await ear(fact)

    async with Bus(redis_url, hear=hear) as listener, Bus(redis_url) as bus, redis.Redis.from_url(redis_url) as client:
        await until_true(lambda: listener.is_listening)
        for garbage in (b"", b"{", b"[]", b'{"kind":"new"}', b"\xff"):
            await client.publish(listener.channel, garbage)
        bus.send(StaffEvent("x", msgspec.Raw(b"{}")))
        bus.send(SessionsEnded(uuid4(), (), "logout"))
        await until_true(lambda: len(ear.heard) == 1)


async def test_sending_never_waits(valkey: Valkey) -> None:
    """While Valkey hangs, `send` returns at once; when it goes on, others hear again."""
    ear = Ear()
    async with Bus(valkey.url, hear=ear) as listener, Bus(valkey.url) as bus:
        await until_true(lambda: listener.is_listening)
        valkey.freeze(frozen=True)
        await until_true(lambda: not listener.is_listening)
        started = asyncio.get_running_loop().time()
        for number in range(1000):
            bus.send(StaffEvent(str(number), msgspec.Raw(b"{}")))
        assert asyncio.get_running_loop().time() - started < 0.5
        valkey.freeze(frozen=False)
        await until_true(lambda: listener.is_listening)
        bus.send(StaffEvent("after", msgspec.Raw(b"{}")))
        await until_true(lambda: ear.heard and _plain(ear.heard[-1])[0] == "after")


async def test_what_was_said_during_an_outage_is_heard_after_it(valkey: Valkey) -> None:
    """Messages wait for Valkey to return, and for the others to subscribe anew; then they arrive in order, once."""
    ear = Ear()
    async with Bus(valkey.url, hear=ear) as listener, Bus(valkey.url) as bus:
        await until_true(lambda: listener.is_listening)
        await valkey.kill()
        await until_true(lambda: not listener.is_listening)
        for number in range(100):
            bus.send(StaffEvent(str(number), msgspec.Raw(b"{}")))
        await valkey.start()
        await until_true(lambda: len(ear.heard) == 100)

    assert [_plain(fact)[0] for fact in ear.heard] == [str(number) for number in range(100)]


async def test_the_outbox_is_bounded(valkey: Valkey, monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest messages are given up when too many wait."""
    monkeypatch.setattr(bus_module, "MOST_WAITING", 10)
    await valkey.kill()
    ear = Ear()
    async with Bus(valkey.url, hear=ear) as listener, Bus(valkey.url) as bus:
        for number in range(30):
            bus.send(StaffEvent(str(number), msgspec.Raw(b"{}")))
        await valkey.start()
        await until_true(lambda: listener.is_listening)
        await until_true(lambda: not bus._outbox)  # noqa: SLF001 - what the test is about
    assert len(ear.heard) <= 11


async def test_f12_a_deaf_process_notices_and_subscribes_anew(redis_url: str) -> None:
    """Whoever cuts the subscription, the process says that it is deaf or is back within seconds."""
    ear, returns = Ear(), []
    async with (
        Bus(redis_url, hear=ear, on_return=lambda: returns.append(1)) as listener,
        Bus(redis_url) as bus,
        redis.Redis.from_url(redis_url) as client,
    ):
        await until_true(lambda: len(returns) == 1)
        await client.client_kill_filter(_type="pubsub")
        await until_true(lambda: len(returns) == 2)
        bus.send(StaffEvent("after", msgspec.Raw(b"{}")))
        await until_true(lambda: ear.heard)
        assert listener.is_listening


async def test_f9_customers_get_everything_through_an_outage(house: Any, valkey: Valkey, anna: Person) -> None:
    """Valkey dies under load and returns: sockets of the committing process hear at once, others soon."""
    house.redis_url = valkey.url
    here, there = await house.node(), await house.node()
    near, far = [await house.connect(node, house.authenticator.token(anna)) for node in (here, there)]

    await here.publish(anna, "before")
    await valkey.kill()
    for number in range(20):
        await here.publish(anna, f"during {number}")
        await near.until(lambda number=number: len(near.seqs()) == number + 2, 1)
    await far.until(lambda: len(far.seqs()) == 21)
    await until_true(lambda: not there.sockets._bus.is_listening)  # noqa: SLF001 - as readiness sees it
    await valkey.start()
    await here.publish(anna, "after")

    await far.until(lambda: len(far.seqs()) == 22)
    assert near.seqs() == far.seqs() == list(range(1, 23))
    await until_true(lambda: near.client.connected and far.client.connected)


def _plain(fact: Fact) -> tuple[object, ...]:
    return tuple(
        bytes(value) if isinstance(value := getattr(fact, name), msgspec.Raw) else value
        for name in fact.__struct_fields__
    )
