"""Connections on which nobody is signed in, and clients that do not read (R154, R156, F27)."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import msgspec
import pytest
import websockets

from revivatech.httpd import websocket
from revivatech.kit import tasks
from revivatech.realtime import connections
from revivatech.realtime.server import Pace
from revivatech.realtime.socketio_adapter import LARGEST_MESSAGE
from support.people import Person
from support.waiting import until_true

pytestmark = pytest.mark.anyio

PATH = "/customer/socket.io/?EIO=4&transport="
PAGES = 16
ELSEWHERE = "127.0.0.2"
SMALL = 4096
# Nobody is dropped for having waited too long.
SLOW = Pace(tick=0.1, stranger=60.0)


@pytest.mark.long
async def test_r156_a_flood_of_anonymous_polls_keeps_nobody_out(
    house: Any, anna: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """300 a quarter of a second, from the very network of sixteen people who sign in: all of them connect."""
    monkeypatch.setattr(connections, "MOST_STRANGERS", 1000)
    node = await house.node(strangers_per_network=800, pace=SLOW)
    address = urlsplit(node.url)
    opened = 0

    async def poll(times: int) -> None:
        nonlocal opened
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        try:
            while True:
                writer.write(f"GET {PATH}polling HTTP/1.1\r\nHost: {address.netloc}\r\n\r\n".encode() * times)
                for _ in range(times):
                    head = await reader.readuntil(b"\r\n\r\n")
                    opened += head.startswith(b"HTTP/1.1 200 ")
                    await reader.readuntil(b"\r\n0\r\n\r\n")
                await asyncio.sleep(0.25)  # the pace of the attack
        finally:
            writer.close()

    attack = [asyncio.create_task(poll(30)) for _ in range(10)]
    try:
        await until_true(lambda: opened > connections.MOST_STRANGERS, 60)
        transports = [("polling",), ("websocket",)] * (PAGES // 2)
        pages = await asyncio.gather(
            *(house.connect(node, house.authenticator.token(anna), transports=transport) for transport in transports)
        )
    finally:
        await tasks.end(*attack)

    assert [page.client.connected for page in pages] == [True] * PAGES
    assert len(node.sockets) == PAGES
    await node.publish(anna, "for all")
    for page in pages:
        await page.until(lambda page=page: page.seqs() == [1])


async def test_r156_strangers_make_room_for_each_other(house: Any, anna: Person) -> None:
    """The oldest of a network goes; a signed-in socket of it stays, as do strangers of another network."""
    node = await house.node(strangers_per_network=3, pace=SLOW)
    known = await house.connect(node, house.authenticator.token(anna))
    async with contextlib.AsyncExitStack() as stack:
        elsewhere = await stack.enter_async_context(_websocket(node, ELSEWHERE))
        strangers = [await stack.enter_async_context(_websocket(node)) for _ in range(5)]

        for gone in strangers[:2]:
            await _until_closed(gone)
        for kept in (elsewhere, *strangers[2:]):
            await kept.send(f'40{{"token":"{house.authenticator.token(anna)}"}}')
            assert str(await asyncio.wait_for(kept.recv(), 5)).startswith("40")
    await node.publish(anna, "still here")
    await known.until(lambda: known.seqs() == [1])


async def test_r156_who_signs_in_is_no_stranger_and_who_signs_out_is(house: Any, anna: Person) -> None:
    """Signed-in sockets leave their places to strangers, a socket that lost its session takes one again.

    Likewise among the server's connections: a school behind one address has many people signed in.
    """
    node = await house.node(strangers_per_network=2, connections_per_network=3, pace=SLOW)
    async with contextlib.AsyncExitStack() as stack:
        opened = []
        for _ in range(4):
            one = await stack.enter_async_context(_websocket(node))
            await one.send(f'40{{"token":"{house.authenticator.token(anna)}"}}')
            assert str(await one.recv()).startswith("40")
            opened.append(one)
        await opened[0].send("41")
        await until_true(lambda: len(node.sockets) == 3)
        for _ in range(2):
            await stack.enter_async_context(_websocket(node))

        await _until_closed(opened[0])
        assert len(node.sockets) == 3


async def test_r154_a_signed_in_socket_outlives_the_time_of_strangers(
    house: Any, anna: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Opened at once or after polling, it is admitted to the server's connections; a bare handshake is not."""
    monkeypatch.setattr(websocket, "ADMISSION_SECONDS", 1.0)
    node = await house.node(head_seconds=1.0)
    direct = await house.connect(node, house.authenticator.token(anna))
    upgraded = await house.connect(node, house.authenticator.token(anna), transports=("polling", "websocket"))
    assert upgraded.client.transport() == "websocket"
    async with httpx.AsyncClient(base_url=node.url) as client:
        engine_id = await _signed_in_by_polling(client, house.authenticator.token(anna))
        async with websockets.connect(_url(node) + f"&sid={engine_id}") as half:
            await half.send("2probe")
            await _until_closed(half)

    await node.publish(anna, "later")
    for listener in (direct, upgraded):
        await listener.until(lambda listener=listener: listener.seqs() == [1])


async def test_r154_one_socket_takes_over_from_polls(house: Any, anna: Person) -> None:
    """A second upgrade beside the first is refused, and so are polls beside polls."""
    node = await house.node()
    async with httpx.AsyncClient(base_url=node.url, timeout=10) as client:
        engine_id = await _signed_in_by_polling(client, house.authenticator.token(anna))
        async with websockets.connect(_url(node) + f"&sid={engine_id}") as first:
            with pytest.raises(websockets.InvalidStatus) as refused:
                await websockets.connect(_url(node) + f"&sid={engine_id}")
            assert refused.value.response.status_code == 400
            await first.send("2probe")
            assert await first.recv() == "3probe"
            await first.send("5")

        engine_id = await _signed_in_by_polling(client, house.authenticator.token(anna))
        polls = [asyncio.create_task(client.get(f"{PATH}polling&sid={engine_id}")) for _ in range(5)]
        done, waiting = await asyncio.wait(polls, return_when=asyncio.FIRST_COMPLETED, timeout=5)
        while len(done) < 3:
            more, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED, timeout=5)
            done |= more
        assert [task.result().status_code for task in done] == [400, 400, 400]
        for text in ("to who waits", "to who still waits"):
            await node.publish(anna, text)
            _, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED, timeout=5)


async def test_r154_half_a_post_is_not_taken_for_a_whole(house: Any, anna: Person) -> None:
    """What a client sends in time is read, in chunks too; what it leaves unsaid did not happen."""
    node = await house.node(body_seconds=0.3)
    async with httpx.AsyncClient(base_url=node.url) as client:
        engine_id = await _opened(client)
        path = f"{PATH}polling&sid={engine_id}"
        connect = f'40{{"token":"{house.authenticator.token(anna)}"}}'.encode()
        address = urlsplit(node.url)
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        head = f"POST {path} HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Length: {len(connect) + 1}\r\n\r\n"
        writer.write(head.encode() + connect)
        assert (await asyncio.wait_for(reader.read(), 5)).startswith(b"HTTP/1.1 408 ")
        writer.close()
        assert len(node.sockets) == 0

        large = await client.post(path, content=b"4" * (LARGEST_MESSAGE + 1))
        assert large.status_code == 413

        engine_id = await _opened(client)
        path = f"{PATH}polling&sid={engine_id}"

        async def chunks() -> AsyncIterator[bytes]:
            yield connect[:5]
            yield connect[5:]

        assert (await client.post(path, content=chunks())).text.upper() == "OK"
        assert len(node.sockets) == 1


async def test_f27_who_does_not_read_is_dropped_and_reads_anew(house: Any, anna: Person) -> None:
    """A page that stands still fills nothing; when it comes back, it is sent all that it missed, in order."""
    node = await house.node(write_seconds=0.5)
    other = await house.connect(node, house.authenticator.token(anna))
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
        address = urlsplit(node.url)
        sock.connect((address.hostname, address.port))
        async with websockets.connect(_url(node), sock=sock.dup(), max_queue=1, compression=None) as still:
            await still.recv()
            await still.send(f'40{{"token":"{house.authenticator.token(anna)}"}}')
            await still.recv()
            still.transport.pause_reading()
            for number in range(100):
                await node.publish(anna, f"{number}".ljust(10_000))
            await until_true(lambda: len(node.sockets) == 1)
            still.transport.abort()

    await other.until(lambda: len(other.seqs()) == 100)
    back = await house.connect(node, house.authenticator.token(anna), last_seq=0)
    await back.until(lambda: len(back.seqs()) == 100)
    assert back.seqs() == list(range(1, 101))


async def test_nothing_is_left_of_who_is_dropped(house: Any) -> None:
    """No ping that is still to come, no socket in the library: a thousand may come each second."""
    node = await house.node(strangers_per_network=1)
    async with httpx.AsyncClient(base_url=node.url) as client:
        for _ in range(20):
            await _opened(client)
    ours = node.sockets._engine  # noqa: SLF001 - what is left cannot be seen from outside
    eio = node.sockets._server.eio  # noqa: SLF001 - likewise
    assert len(eio.sockets) == len(eio._pings) == 1  # noqa: SLF001 - likewise

    await until_true(lambda: not eio.sockets)
    assert eio._pings == {}  # noqa: SLF001 - likewise
    assert [ours._since, ours._networks, ours._places, ours._buckets] == [{}] * 4  # noqa: SLF001 - likewise
    assert len(ours._strangers) == 0  # noqa: SLF001 - likewise


async def _opened(client: httpx.AsyncClient) -> str:
    answer = await client.get(PATH + "polling")
    assert answer.status_code == 200
    engine_id: str = msgspec.json.decode(answer.text[1:])["sid"]
    return engine_id


async def _signed_in_by_polling(client: httpx.AsyncClient, token: str) -> str:
    engine_id = await _opened(client)
    path = f"{PATH}polling&sid={engine_id}"
    await client.post(path, content=f'40{{"token":"{token}"}}')
    assert (await client.get(path)).text.startswith("40")
    return engine_id


def _url(node: Any) -> str:
    url: str = node.url.replace("http", "ws") + PATH + "websocket"
    return url


@contextlib.asynccontextmanager
async def _websocket(node: Any, host: str = "127.0.0.1") -> AsyncIterator[Any]:
    """A WebSocket from that address of this machine; the engine's greeting is read."""
    async with websockets.connect(_url(node), local_addr=(host, 0)) as opened:
        assert str(await opened.recv()).startswith("0")
        yield opened


async def _until_closed(opened: Any) -> None:
    async with asyncio.timeout(5):
        with contextlib.suppress(websockets.ConnectionClosedError):
            async for _ in opened:
                pass
