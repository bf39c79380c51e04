"""A socket of somebody who listens: python-socketio's own client, and everything that it was sent."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import socketio

SOCKET_PATH = "/customer/socket.io"


@dataclass(slots=True)
class Listener:
    """A connected client. `packets` holds name and payload of each event, in the order in which they came."""

    client: socketio.AsyncClient
    packets: list[tuple[str, Any]] = field(default_factory=list)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    is_closed: bool = False

    def named(self, name: str) -> list[Any]:
        """The payloads of the events of that name."""
        return [payload for event, payload in self.packets if event == name]

    async def until(self, condition: Callable[[], object], seconds: float = 8.0) -> None:
        """Wait until something that was heard, or the end of the connection, makes it true."""
        async with asyncio.timeout(seconds), self.changed:
            await self.changed.wait_for(condition)

    async def call(self, event: str, data: object) -> Any:
        """Return what the server acknowledges."""
        return await self.client.call(event, data, timeout=8)


@asynccontextmanager
async def listening(
    url: str,
    token: str | None = None,
    *,
    headers: dict[str, str] | None = None,
    transports: tuple[str, ...] = ("websocket",),
) -> AsyncIterator[Listener]:
    """A client that has connected with this token or these headers. Raises socketio's ConnectionError if refused."""
    # The library closes a session of its own some time later; ours is closed when the block ends.
    async with aiohttp.ClientSession() as session:
        client = socketio.AsyncClient(reconnection=False, http_session=session)
        listener = Listener(client)

        async def hear(name: str, payload: Any = None) -> None:
            async with listener.changed:
                listener.packets.append((name, payload))
                listener.changed.notify_all()

        async def end(*_: object) -> None:
            async with listener.changed:
                listener.is_closed = True
                listener.changed.notify_all()

        client.on("*", hear)
        client.on("disconnect", end)
        await client.connect(
            url,
            socketio_path=SOCKET_PATH,
            auth={"token": token} if token else None,
            headers=headers or {},
            transports=list(transports),
        )
        try:
            yield listener
        finally:
            await client.disconnect()
