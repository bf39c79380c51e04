"""The server with a small application above it: what is tested here needs no portal."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import msgspec
import pytest

from revivatech.httpd import Server, new_server
from revivatech.settings import Settings, read_settings
from support.waiting import until_true

# Above the buffers of both kernels, so that a client that does not read is noticed.
LARGE = 4_000_000


@dataclass
class Application:
    """Answers by path, and notes what it was asked.

    `/early` answers 404 and reads nothing, `/read` how many bytes came, `/large` with far too much, `/wait` when the
    test says so.
    """

    asked: list[str] = field(default_factory=list)
    headers: list[dict[bytes, bytes]] = field(default_factory=list)
    gone: int = 0
    read: int = 0
    go_on: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """ASGI."""
        if scope["type"] == "lifespan":
            await _live(receive, send)
        elif scope["type"] == "websocket":
            await self._chat(receive, send)
        else:
            await self._answer(scope, receive, send)

    async def _answer(self, scope: Any, receive: Any, send: Any) -> None:
        self.asked.append(f"{scope['method']} {scope['path']}")
        self.headers.append(dict(scope["headers"]))
        body = b""
        if scope["path"] == "/wait":
            await self.go_on.wait()
        elif scope["path"] == "/large":
            body = b"x" * LARGE
        elif scope["path"] == "/read":
            read = await self._read(receive)
            if read is None:
                return
            body = str(read).encode()
        status = 404 if scope["path"] == "/early" else 200
        await send(
            {
                "type": "http.response.start",
                "status": status,
                "headers": [(b"content-length", str(len(body)).encode())],
            }
        )
        await send({"type": "http.response.body", "body": body})

    async def _read(self, receive: Any) -> int | None:
        read = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                self.gone += 1
                return None
            read += len(message["body"])
            self.read += len(message["body"])
            if not message["more_body"]:
                return read

    async def _chat(self, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        try:
            while (message := await receive())["type"] == "websocket.receive":
                await send({"type": "websocket.send", "text": "x" * int(message["text"])})
        finally:
            self.gone += 1


async def _live(receive: Any, send: Any) -> None:
    while (await receive())["type"] == "lifespan.startup":
        await send({"type": "lifespan.startup.complete"})
    await send({"type": "lifespan.shutdown.complete"})


@dataclass
class Client:
    """A bare connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    def send(self, text: str | bytes) -> None:
        """Send what the test says; a newline stands for the line end of HTTP."""
        self.writer.write(text.replace("\n", "\r\n").encode() if isinstance(text, str) else text)

    async def response(self, *, to_head: bool = False) -> tuple[int, dict[str, str], bytes]:
        """The next response: status, headers by their names in lower case, body."""
        lines = (await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), 5)).decode().split("\r\n")
        headers = {line.partition(": ")[0].lower(): line.partition(": ")[2] for line in lines[1:] if line}
        length = 0 if to_head else int(headers.get("content-length", 0))
        return int(lines[0].split()[1]), headers, await self.reader.readexactly(length)

    async def send_until_reset(self, data: bytes, pause: float = 0) -> int:
        """Send it again and again until the server resets the connection; how many bytes that took, 10 MB at most."""
        sent = 0
        while sent < 10_000_000:
            try:
                async with asyncio.timeout(5):
                    self.writer.write(data)
                    await self.writer.drain()
                    await asyncio.sleep(pause)  # the pace is the test's
            except ConnectionError:
                break
            sent += len(data)
        return sent

    async def until_closed(self, seconds: float = 5) -> bytes:
        """What still comes before the server closes the connection, in order or not."""
        received = b""
        try:
            async with asyncio.timeout(seconds):
                while data := await self.reader.read(65536):
                    received += data
        except ConnectionError:
            pass
        return received


@dataclass
class Bare:
    """A server that runs."""

    port: int
    app: Application
    server: Server

    def __len__(self) -> int:
        """How many connections it holds."""
        return len(self.server._open)  # noqa: SLF001 - what a client cannot see

    @asynccontextmanager
    async def connect(self, host: str = "127.0.0.1", buffer: int = 0) -> AsyncIterator[Client]:
        """A connection from that address of this machine, with a receive buffer of so many bytes if any."""
        sock = socket.socket()
        if buffer:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        sock.bind((host, 0))
        sock.settimeout(0)
        await asyncio.get_running_loop().sock_connect(sock, ("127.0.0.1", self.port))
        reader, writer = await asyncio.open_connection(sock=sock, limit=4096)
        try:
            yield Client(reader, writer)
        finally:
            writer.transport.abort()


Serve = Callable[..., Awaitable[Bare]]


@pytest.fixture
async def bare() -> AsyncIterator[Serve]:
    """Start a server with these settings, ended with the test."""
    running: list[tuple[Bare, asyncio.Task[None]]] = []

    async def start(**changes: Any) -> Bare:
        listener = socket.create_server(("127.0.0.1", 0), backlog=2048)
        settings: Settings = msgspec.structs.replace(read_settings({}), **changes)
        app = Application()
        server = new_server(app, settings)
        task = asyncio.create_task(server.serve(sockets=[listener]))
        bare = Bare(listener.getsockname()[1], app, server)
        running.append((bare, task))
        await until_true(lambda: server.started)
        return bare

    yield start
    for one, task in running:
        one.app.go_on.set()
        one.server.should_exit = True
        await task
