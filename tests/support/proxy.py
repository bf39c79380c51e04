"""A small proxy in front of several processes: round robin, or sticky where a client asks for one of them."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import cycle

# A connection whose first request has this header goes to the process of that number: the stickiness that a real
# proxy gets from a cookie or an address.
CHOICE = b"x-process:"
LARGEST_HEAD = 64 * 1024
UPGRADE = b"upgrade: websocket"
REFUSED = b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


@dataclass(slots=True)
class Proxy:
    """The proxy's address, and how many connections each process was given.

    With `passes_sockets` false it is one of those that refuse every WebSocket, as some companies' do.
    """

    url: str
    given: list[int] = field(default_factory=list)
    passes_sockets: bool = True
    is_down: bool = False
    connections: set[asyncio.Task[None]] = field(default_factory=set)

    async def cut(self) -> None:
        """The line is cut: what is open ends, what is new is hung up on, until `mend`."""
        self.is_down = True
        await self.end_connections()

    def mend(self) -> None:
        """The line is whole again."""
        self.is_down = False

    async def end_connections(self) -> None:
        """Hang up on everybody."""
        for task in list(self.connections):
            task.cancel()
        await asyncio.gather(*self.connections, return_exceptions=True)


@asynccontextmanager
async def proxied(listener_port: int, ports: Sequence[int]) -> AsyncIterator[Proxy]:
    """A proxy on that port of 127.0.0.1 (0: any) for the processes on those, until the end of the block."""
    proxy = Proxy("", [0] * len(ports))
    turn = cycle(range(len(ports)))

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        proxy.connections.add(task)
        try:
            # Cancelled, too, it ends in peace: the streams of Python 3.11 trip over a handler that does not.
            with suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
                if proxy.is_down:
                    return
                head = await reader.readuntil(b"\r\n\r\n")
                if UPGRADE in head.lower() and not proxy.passes_sockets:
                    writer.write(REFUSED)
                    await writer.drain()
                    return
                number = chosen(head, default=next(turn))
                proxy.given[number] += 1
                await _join(head, reader, writer, ports[number])
        finally:
            proxy.connections.discard(task)
            writer.transport.abort()

    server = await asyncio.start_server(serve, "127.0.0.1", listener_port, limit=LARGEST_HEAD)
    proxy.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield proxy
    finally:
        server.close()
        await proxy.end_connections()


def chosen(head: bytes, default: int) -> int:
    """The process that the request's head names, else the default."""
    for line in head.lower().split(b"\r\n"):
        if line.startswith(CHOICE):
            return int(line.removeprefix(CHOICE))
    return default


async def _join(head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int) -> None:
    """Carry bytes both ways until one side hangs up."""
    their_reader, their_writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        their_writer.write(head)
        async with asyncio.TaskGroup() as ways:
            ways.create_task(_carry(reader, their_writer))
            ways.create_task(_carry(their_reader, writer))
    except* (ConnectionError, RuntimeError):  # the latter is uvloop's word for a line that is gone
        pass
    finally:
        their_writer.transport.abort()


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Carry bytes one way; when that side hangs up, so does the other."""
    while data := await reader.read(64 * 1024):
        writer.write(data)
        await writer.drain()
    raise ConnectionAbortedError
