"""The connections below Socket.IO: judged before the library hears of them, written to past it, dropped."""

import asyncio
import time
from collections.abc import Sequence
from typing import Any

from engineio.packet import MESSAGE, Packet

from revivatech.realtime.library import Server
from revivatech.realtime.limits import EVENTS_A_SECOND, Bucket
from revivatech.realtime.metrics import CLOSED, EVENTS
from revivatech.realtime.registry import Connection
from revivatech.realtime.wire import Wire

# Connections that nobody has signed in on yet; more than that are turned away at the door.
MOST_STRANGERS = 2000
# A client that reads so slowly that this much waits for it is dropped; it will ask for what it missed.
MOST_WAITING = 4000
# Under this name the scope of a WebSocket carries its FrameGuard.
GUARD = "revivatech.guard"
# What a second sign-in over the same connection is judged by.
KEPT_OF_REQUEST = ("asgi.scope", "HTTP_ORIGIN", "HTTP_SEC_FETCH_SITE", "HTTP_COOKIE", "HTTP_HOST")
# What the library trips over, of all that a client can send.
MALFORMED = (ValueError, TypeError, LookupError, AttributeError, RecursionError)


class Engine:
    """Every open connection of this process, whether somebody has signed in on it or not."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._strangers: dict[str, float] = {}
        self._buckets: dict[str, Bucket] = {}
        server.eio.on("connect", self._connected)
        server.eio.on("message", self._message)
        server.eio.on("disconnect", self._disconnected)

    # ------------------------------------------------------------ strangers

    @property
    def is_crowded(self) -> bool:
        """Whether so many connect without signing in that others have to wait outside."""
        return len(self._strangers) > MOST_STRANGERS

    def trust(self, engine_id: str) -> None:
        """Somebody has signed in on the connection: it may stay."""
        self._strangers.pop(engine_id, None)

    def distrust(self, engine_id: str) -> None:
        """Nobody is signed in on the connection, from now on."""
        self._strangers[engine_id] = time.monotonic()

    async def drop_strangers(self, seconds: float) -> None:
        """Close the connections on which nobody has signed in for so long."""
        now = time.monotonic()
        for engine_id, since in list(self._strangers.items()):
            if now - since > seconds:
                CLOSED.labels("stranger").inc()
                self._strangers.pop(engine_id, None)
                await self.drop(engine_id)

    # ------------------------------------------------------------ open and closed

    def is_closed(self, engine_id: str) -> bool:
        """Whether the connection is gone, or as good as gone."""
        socket = self._server.eio.sockets.get(engine_id)
        return socket is None or socket.closed

    async def drop(self, engine_id: str) -> None:
        """Close the connection as a lost network does: a client that means well comes back by itself."""
        socket = self._server.eio.sockets.get(engine_id)
        if socket is None or socket.closed:
            return
        while not socket.queue.empty():
            socket.queue.get_nowait()
        await socket.close(wait=False, reason=self._server.reason.SERVER_DISCONNECT)

    async def drop_all(self) -> None:
        """Close every connection."""
        for engine_id in list(self._server.eio.sockets):
            await self.drop(engine_id)

    async def drop_polls(self) -> None:
        """Close the connections that are no WebSocket, by answering the polls that wait."""
        for engine_id, socket in list(self._server.eio.sockets.items()):
            if not socket.upgraded:
                await self.drop(engine_id)

    def forget_request(self, engine_id: str) -> None:
        """Free the headers of the request that opened the connection: a tenth of what a socket weighs."""
        environ = self._server.environ.get(engine_id)
        if environ is not None:
            kept = {key: environ[key] for key in KEPT_OF_REQUEST if key in environ}
            environ.clear()
            environ.update(kept)
            environ["asgi.scope"]["headers"].clear()

    async def write(self, connections: Sequence[Connection], event: str, payload: object) -> None:
        """One packet, encoded once, into each connection's queue."""
        if not connections:
            return
        packet = Packet(MESSAGE, "2" + Wire.dumps([event, payload]))
        EVENTS.labels(event).inc(len(connections))
        for connection in connections:
            socket = self._server.eio.sockets.get(connection.engine_id)
            if socket is None or socket.closed:
                continue
            if socket.queue.qsize() >= MOST_WAITING:
                CLOSED.labels("slow").inc()
                await self.drop(connection.engine_id)
            else:
                await socket.send(packet)

    # ------------------------------------------------------------ before the library

    async def _connected(self, engine_id: str, environ: dict[str, Any]) -> None:
        guard = environ["asgi.scope"].get(GUARD)
        if guard is not None:
            guard.engine_id = engine_id
        self.distrust(engine_id)
        self._buckets[engine_id] = Bucket(EVENTS_A_SECOND)
        await self._server._handle_eio_connect(engine_id, environ)  # noqa: SLF001 - the handler that ours stands before

    async def _message(self, engine_id: str, data: str | bytes) -> None:
        bucket = self._buckets.get(engine_id)
        if bucket is None or not bucket.take() or not isinstance(data, str):
            CLOSED.labels("flood").inc()
            await self.drop(engine_id)
            return
        try:
            await self._server._handle_eio_message(engine_id, data)  # noqa: SLF001 - likewise
        except MALFORMED:
            CLOSED.labels("malformed").inc()
            await self.drop(engine_id)

    async def _disconnected(self, engine_id: str, reason: str) -> None:
        self._strangers.pop(engine_id, None)
        self._buckets.pop(engine_id, None)
        await self._server._handle_eio_disconnect(engine_id, reason)  # noqa: SLF001 - likewise
        socket = self._server.eio.sockets.get(engine_id)
        if socket is not None:
            # Behind the last packet: ends the writer, or the poll that would otherwise wait on for a minute.
            asyncio.get_running_loop().call_soon(socket.queue.put_nowait, None)
