"""Clients that ask and do not read (R154, F23, F27)."""

import asyncio
import os
import socket
import struct
from typing import Any

import pytest

from revivatech.httpd import websocket, writing
from support.waiting import until_true

from .conftest import LARGE, Bare, Client, Serve

pytestmark = pytest.mark.anyio

SHORT = 0.4
SMALL = 4096
GET_LARGE = "GET /large HTTP/1.1\nHost: x\n\n"
HANDSHAKE = (
    "GET / HTTP/1.1\nHost: x\nConnection: upgrade\nUpgrade: websocket\n"
    "Sec-WebSocket-Version: 13\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\n\n"
)


@pytest.fixture
async def strict(bare: Serve) -> Bare:
    """A server that waits for readers a moment only."""
    return await bare(write_seconds=SHORT, body_rate=10_000_000)


UNREAD = {
    "one response": GET_LARGE,
    "many responses": GET_LARGE * 50,
    "the last response": GET_LARGE.replace("\n\n", "\nConnection: close\n\n"),
    "a response before the body": GET_LARGE.replace("\n\n", "\nContent-Length: 9\n\n"),
}


@pytest.mark.parametrize("unread", UNREAD.values(), ids=UNREAD)
async def test_r154_who_never_reads_is_dropped(strict: Bare, unread: str) -> None:
    """Whatever was to become of the connection afterwards; what was not sent is thrown away."""
    async with strict.connect(buffer=SMALL) as client:
        _stop_reading(client)
        client.send(unread)
        await until_true(lambda: len(strict) == 1)
        await until_true(lambda: len(strict) == 0, 5)

        assert len(await _rest(client)) < LARGE / 2


async def test_r154_who_reads_a_little_is_dropped(bare: Serve) -> None:
    """A few bytes now and then are no reading: there is an end for the whole of a response."""
    server = await bare(write_seconds=SHORT, body_rate=4 * LARGE)
    async with server.connect(buffer=SMALL) as client:
        client.send(GET_LARGE)
        read = await _drip_read(client)

    assert read < LARGE / 2
    assert len(server) == 0


async def test_an_honest_slow_reader_gets_everything(bare: Serve) -> None:
    """It takes longer than nothing may be taken, and is in time."""
    server = await bare(write_seconds=1.0, body_rate=LARGE // 10)
    async with server.connect() as client:
        client.send(GET_LARGE)
        read = 0
        while read < LARGE:
            read += len(await asyncio.wait_for(client.reader.read(LARGE // 40), 5))
            await asyncio.sleep(1 / 30)  # a slow line


async def test_r154_the_kernel_holds_little_and_not_for_long(strict: Bare) -> None:
    """What is accepted has a small send buffer, and an end to it that outlives the connection (RFC 5482)."""
    async with strict.connect(), strict.connect():
        await until_true(lambda: len(strict) == 2)
        for connection in strict.server._open._crowd:  # noqa: SLF001 - the sockets of the server's side
            sock = connection.transport.get_extra_info("socket")  # type: ignore[attr-defined]
            assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) <= 2 * writing.KERNEL_BUFFER_BYTES
            assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == SHORT * 1000


async def test_f27_a_websocket_that_is_not_read_is_dropped(strict: Bare) -> None:
    """The application is told that the client has gone."""
    async with strict.connect(buffer=SMALL) as client:
        await _open(client)
        _admit_all(strict)
        _stop_reading(client)
        for _ in range(3):
            client.send(_frame(1, b"300000"))

        await until_true(lambda: len(strict) == 0, 5)
        await until_true(lambda: strict.app.gone == 1)


async def test_r154_pings_of_who_does_not_read_fill_nothing(strict: Bare) -> None:
    """Each asks for a pong; beyond the bound of what waits they are not answered."""
    async with strict.connect(buffer=SMALL) as client:
        await _open(client)
        _admit_all(strict)
        _stop_reading(client)
        waiting = []
        ping = _frame(9, b"x" * 125) * 200
        while len(strict):
            client.send(ping)
            await asyncio.sleep(0)
            waiting += [
                connection.transport.get_write_buffer_size()  # type: ignore[attr-defined]
                for connection in strict.server._open._crowd  # noqa: SLF001 - likewise
            ]
            if client.writer.transport.get_write_buffer_size() > 1_000_000:
                await asyncio.sleep(0.01)  # the server reads them in its own time

    # One read of the server, at most, beyond the bound.
    assert max(waiting) <= writing.MOST_UNSENT_BYTES + 300_000


async def test_a_websocket_that_nobody_admits_ends(strict: Bare, monkeypatch: pytest.MonkeyPatch) -> None:
    """The application must say that somebody has signed in; admitted sockets stay."""
    monkeypatch.setattr(websocket, "ADMISSION_SECONDS", SHORT)
    async with strict.connect() as stranger, strict.connect() as known:
        await _open(known)
        _admit_all(strict)
        await _open(stranger)
        assert await stranger.until_closed() == b""

        known.send(_frame(1, b"3"))
        assert await asyncio.wait_for(known.reader.readexactly(5), 5) == b"\x81\x03xxx"


async def _open(client: Client) -> None:
    client.send(HANDSHAKE)
    assert (await client.response())[0] == 101


def _admit_all(server: Bare) -> None:
    for connection in server.server._open._crowd:  # noqa: SLF001 - as the sockets do by the extension
        connection.admit()  # type: ignore[attr-defined]


def _frame(opcode: int, payload: bytes) -> bytes:
    """A masked frame of a client (RFC 6455, 5.2)."""
    mask = os.urandom(4)
    masked = bytes(byte ^ mask[index % 4] for index, byte in enumerate(payload))
    return struct.pack("!BB", 0x80 | opcode, 0x80 | len(payload)) + mask + masked


def _stop_reading(client: Client) -> None:
    transport: Any = client.writer.transport
    transport.pause_reading()


async def _rest(client: Client) -> bytes:
    transport: Any = client.writer.transport
    transport.resume_reading()
    return await client.until_closed()


async def _drip_read(client: Client) -> int:
    """How much came before the end, read by the kilobyte."""
    read = 0
    try:
        async with asyncio.timeout(8):
            while data := await client.reader.read(1000):
                read += len(data)
                await asyncio.sleep(SHORT / 20)  # the dripping is what is tested
    except ConnectionError:
        pass
    return read
