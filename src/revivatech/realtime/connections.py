"""The connections below Socket.IO: judged before the library hears of them, written to past it, dropped."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from engineio.packet import MESSAGE, Packet

from revivatech.kit.crowd import Crowd
from revivatech.kit.network import network_of
from revivatech.realtime.json_codec import JsonCodec
from revivatech.realtime.limits import EVENTS_A_SECOND, Bucket
from revivatech.realtime.metrics import CLOSED, EVENTS
from revivatech.realtime.ports import PLACE, Place
from revivatech.realtime.registry import Connection
from revivatech.realtime.socketio_adapter import Server

# Connections that nobody has signed in on yet. Where there are more, the oldest one of the network with most of them
# makes room: whoever signs in does so at once, and never waits behind strangers (R156).
MOST_STRANGERS = 4000
# One that waits, and one that has been given up by the client while the server does not know yet.
MOST_POLLS = 2
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

    def __init__(self, server: Server, most_of_network: int) -> None:
        self._server = server
        self._strangers: Crowd[str] = Crowd(MOST_STRANGERS, most_of_network)
        self._since: dict[str, float] = {}
        self._networks: dict[str, str] = {}
        # Of each WebSocket; those that are being upgraded to, until they are.
        self._places: dict[str, Place] = {}
        self._upgrades: dict[str, Place | None] = {}
        self._polls: Counter[str] = Counter()
        self._buckets: dict[str, Bucket] = {}
        server.eio.on("connect", self._connected)
        server.eio.on("message", self._message)
        server.eio.on("disconnect", self._disconnected)

    # ------------------------------------------------------------ strangers

    def consider(self, engine_id: str) -> None:
        """Somebody is about to sign in on the connection: keep it meanwhile."""
        self._strangers.hold(engine_id)
        if (place := self._places.get(engine_id)) is not None:
            place.hold()

    def trust(self, engine_id: str) -> None:
        """Somebody has signed in on the connection: it may stay."""
        self._strangers.leave(engine_id)
        self._since.pop(engine_id, None)
        if (place := self._places.get(engine_id)) is not None:
            place.admit()

    async def distrust(self, engine_id: str) -> None:
        """Nobody is signed in on the connection, from now on; the oldest such connection may have to go for it."""
        if self.is_closed(engine_id):
            return
        if (place := self._places.get(engine_id)) is not None:
            place.give_way()
        if engine_id in self._strangers:
            self._strangers.wait(engine_id)
            return
        self._since[engine_id] = time.monotonic()
        leaving = self._strangers.enter(engine_id, self._networks.get(engine_id))
        if leaving is not None:
            CLOSED.labels("crowded").inc()
            await self.drop(leaving)

    async def drop_strangers(self, seconds: float) -> None:
        """Close the connections on which nobody has signed in for so long."""
        now = time.monotonic()
        for engine_id, since in list(self._since.items()):
            if now - since > seconds:
                CLOSED.labels("stranger").inc()
                await self.drop(engine_id)

    # ------------------------------------------------------------ requests

    @contextmanager
    def polling(self, engine_id: str, place: Place | None) -> Iterator[bool]:
        """Serve a poll within the block; False where the client has too many already."""
        self._polls[engine_id] += 1
        try:
            if place is not None and engine_id in self._since:
                place.give_way()
            yield self._polls[engine_id] <= MOST_POLLS
        finally:
            self._polls[engine_id] -= 1
            if not self._polls[engine_id]:
                del self._polls[engine_id]

    @contextmanager
    def upgrading(self, engine_id: str, place: Place | None) -> Iterator[bool]:
        """Serve a WebSocket that takes over from polls within the block; False where another one does already."""
        if engine_id in self._upgrades or engine_id in self._places:
            yield False
            return
        self._upgrades[engine_id] = place
        try:
            yield True
        finally:
            self._upgrades.pop(engine_id, None)

    def upgraded(self, engine_id: str) -> None:
        """The WebSocket has taken over."""
        place = self._upgrades.get(engine_id)
        if place is not None:
            self._places[engine_id] = place
            if engine_id not in self._since:
                place.admit()

    # ------------------------------------------------------------ open and closed

    def is_closed(self, engine_id: str) -> bool:
        """Return whether the connection is gone, or as good as gone."""
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
        # The library itself finds it among all others within twenty seconds.
        self._server.eio.sockets.pop(engine_id, None)

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
        packet = Packet(MESSAGE, "2" + JsonCodec.dumps([event, payload]))
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
        scope = environ["asgi.scope"]
        guard = scope.get(GUARD)
        if guard is not None:
            guard.engine_id = engine_id
            if (place := place_of(scope)) is not None:
                self._places[engine_id] = place
        client = scope.get("client")
        self._networks[engine_id] = network_of(client[0] if client else "")
        self._buckets[engine_id] = Bucket(EVENTS_A_SECOND)
        await self.distrust(engine_id)
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
        self._strangers.leave(engine_id)
        for known in (self._since, self._networks, self._places, self._buckets):
            known.pop(engine_id, None)
        self._server.eio.forget(engine_id)
        await self._server._handle_eio_disconnect(engine_id, reason)  # noqa: SLF001 - likewise
        socket = self._server.eio.sockets.get(engine_id)
        if socket is not None:
            # Behind the last packet: ends the writer, or the poll that would otherwise wait on for a minute.
            asyncio.get_running_loop().call_soon(socket.queue.put_nowait, None)


def place_of(scope: Mapping[str, Any]) -> Place | None:
    """Return the connection that a request came on, None from a server that does not lend it."""
    lent = (scope.get("extensions") or {}).get(PLACE)
    return None if lent is None else lent["place"]
