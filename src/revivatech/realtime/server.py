"""The Socket.IO server of one process: who is let in, what they are told, when they must go."""

import asyncio
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Self
from urllib.parse import parse_qs
from uuid import UUID

import msgspec
import structlog
from socketio.exceptions import ConnectionRefusedError as SocketRefused

from revivatech.db import Database
from revivatech.kit import tasks
from revivatech.kit.clock import utcnow
from revivatech.kit.errors import NotSignedIn, Refusal, Unavailable
from revivatech.kit.numbers import Seq
from revivatech.kit.structs import Value
from revivatech.realtime.bus import Bus, Fact
from revivatech.realtime.client_events import Asking
from revivatech.realtime.connections import (
    GUARD,
    MALFORMED,
    Engine,
    place_of,
)
from revivatech.realtime.contracts import Event, SessionsEnded, StaffEvent
from revivatech.realtime.delivery import Delivery
from revivatech.realtime.limits import FrameGuard, Message, Receive
from revivatech.realtime.metrics import CLOSED
from revivatech.realtime.origins import Origins
from revivatech.realtime.ports import Admitted, Realm, RoomRules, SocketAuthenticator
from revivatech.realtime.registry import Connection, Registry
from revivatech.realtime.socketio_adapter import LARGEST_MESSAGE, new_server
from revivatech.settings import Settings

log = structlog.get_logger(__name__)

SOCKET_PATH = "/customer/socket.io"
# Of one account on one process; the oldest makes room, since the newest is the page that somebody looks at.
MOST_SOCKETS = 20
MOST_ADMISSIONS = 8

Scope = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]


class Pace(Value, frozen=True):
    """Intervals of a process's upkeep, in seconds."""

    tick: float = 2.0
    # A connection without sign-in is closed after this (R76), together with the tick within 10 s.
    stranger: float = 7.0
    tokens: float = 10.0
    sessions: float = 60.0
    heads: float = 30.0


class Handshake(msgspec.Struct, frozen=True, rename="camel"):
    """Data that a client sends when it connects; `realm` tells which of a browser's two sessions its page is of."""

    token: str | None = None
    realm: Realm | None = None
    last_seq: Seq | None = None


class Sockets:
    """The ASGI application at `SOCKET_PATH`, and the observers that bring it what was committed."""

    def __init__(
        self,
        settings: Settings,
        db: Database,
        redis_url: str,
        authenticator: SocketAuthenticator,
        rules: RoomRules,
        *,
        prefix: str = "portal",
        pace: Pace = Pace(),  # noqa: B008 - immutable
    ) -> None:
        self._door = authenticator
        self._pace = pace
        self._registry = Registry()
        self._origins = Origins(settings)
        self._server = new_server(self._connected, self._origins.is_welcome)
        self._server.on("connect", self._connect)
        self._server.on("disconnect", self._disconnected)
        self._engine = Engine(self._server, settings.strangers_per_network)
        self._delivery = Delivery(db, self._registry, self._engine.write)
        self._bus = Bus(redis_url, prefix=prefix, hear=self._hear, on_return=self._look_soon)
        self._ended: dict[UUID, float] = {}
        self._admissions = asyncio.Semaphore(MOST_ADMISSIONS)
        self._last_look = {"tokens": 0.0, "sessions": 0.0, "heads": 0.0}
        self._sweeper: asyncio.Task[None] | None = None
        Asking(self._server, self._registry, self._delivery, rules, self._admit).listen()

    # ------------------------------------------------------------ life

    async def __aenter__(self) -> Self:
        await self._bus.__aenter__()
        self._sweeper = asyncio.create_task(self._sweep(), name="sockets sweep")
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._sweeper is not None:
            await tasks.end(self._sweeper)
        await self._delivery.close()
        await self._engine.drop_all()
        await self._server.shutdown()
        await self._bus.__aexit__()

    async def hang_up(self) -> None:
        """Answer the polls that wait, as a lost network would: clients come back elsewhere. WebSockets end anyway."""
        await self._engine.drop_polls()

    def observe(self, db: Database) -> None:
        """Have what is committed through `db` sent to the sockets of every process."""
        db.on_commit(Event, self._tell)
        db.on_commit(StaffEvent, self._tell)
        db.on_commit(SessionsEnded, self._tell)

    async def settle(self) -> None:
        """Return when this process hears the others, or soon when Valkey is away."""
        await self._bus.settle()

    async def is_listening(self) -> bool:
        """Return whether this process hears the others (F12); while it does not, it reads the logs."""
        return self._bus.is_listening

    def __len__(self) -> int:
        """Return how many sockets are signed in here."""
        return len(self._registry)

    # ------------------------------------------------------------ ASGI

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request to `SOCKET_PATH`; anything else is not found."""
        if scope["path"].rstrip("/") != SOCKET_PATH:
            await _turn_away(scope, receive, send, 404)
            return
        engine_id = parse_qs(scope["query_string"].decode("latin-1")).get("sid", [None])[0]
        try:
            if scope["type"] == "websocket":
                await self._serve_websocket(scope, receive, send, engine_id)
            elif scope["method"] == "POST":
                await self._serve_post(scope, receive, send)
            else:
                await self._serve_poll(scope, receive, send, engine_id)
        except MALFORMED as error:
            # It ends this connection and no more.
            log.info("malformed_request", error=type(error).__name__)

    async def _serve_websocket(self, scope: Scope, receive: Receive, send: Send, engine_id: str | None) -> None:
        guard = FrameGuard(receive, self._engine.is_closed, self._engine.upgraded, engine_id)
        scope = {**scope, GUARD: guard}
        if engine_id is None:
            await self._server.handle_request(scope, guard, send)
            return
        with self._engine.upgrading(engine_id, place_of(scope)) as is_first:
            if is_first:
                await self._server.handle_request(scope, guard, send)
            else:
                await _turn_away(scope, receive, send, 400)

    async def _serve_poll(self, scope: Scope, receive: Receive, send: Send, engine_id: str | None) -> None:
        if engine_id is None:
            await self._server.handle_request(scope, receive, send)
            return
        with self._engine.polling(engine_id, place_of(scope)) as is_welcome:
            if is_welcome:
                await self._server.handle_request(scope, receive, send)
            else:
                await _turn_away(scope, receive, send, 400)

    async def _serve_post(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the body for the library, which would take half a body for a whole one, and an endless one for ever."""
        body = bytearray()
        is_whole = False
        while not is_whole:
            message = await receive()
            if message["type"] != "http.request":
                return
            body += message.get("body", b"")
            if len(body) > LARGEST_MESSAGE:
                await _turn_away(scope, receive, send, 413)
                return
            is_whole = not message.get("more_body")
        headers = [pair for pair in scope["headers"] if pair[0] != b"content-length"]
        headers.append((b"content-length", str(len(body)).encode()))
        whole: list[Message] = [{"type": "http.request", "body": bytes(body), "more_body": False}]

        async def receive_whole() -> Message:
            return whole.pop() if whole else await receive()

        await self._server.handle_request({**scope, "headers": headers}, receive_whole, send)

    # ------------------------------------------------------------ coming and going

    async def _connect(self, sid: str, environ: dict[str, Any], auth: object = None) -> None:
        try:
            handshake = msgspec.convert(auth or {}, Handshake)
        except msgspec.ValidationError:
            raise SocketRefused("invalid_handshake") from None
        is_page = handshake.token is None and self._origins.is_own_page(environ)
        cookies = environ.get("HTTP_COOKIE") if is_page else None
        if handshake.token is None and cookies is None:
            raise SocketRefused(NotSignedIn.code)
        engine_id = self._server.manager.eio_sid_from_sid(sid, "/")
        self._engine.consider(engine_id)
        try:
            admitted = await self._admit(handshake.token, cookies, handshake.realm)
            connection = Connection(sid, engine_id, admitted, handshake.last_seq)
            account = self._registry.add(connection)
            await self._delivery.prepare(connection)
        except NotSignedIn as refusal:
            await self._engine.distrust(engine_id)
            raise SocketRefused(refusal.code) from None
        except Exception as error:
            if not isinstance(error, Unavailable):
                log.exception("admission_failed")
            self._registry.remove(sid)
            # A refused client stays away; one that lost its connection comes back.
            await self._engine.drop(engine_id)
            raise SocketRefused(Unavailable.code) from None
        self._engine.trust(engine_id)
        if len(account.connections) > MOST_SOCKETS:
            await self._end(next(iter(account.connections.values())), "too_many_sockets")

    async def _admit(self, token: str | None, cookies: str | None = None, realm: Realm | None = None) -> Admitted:
        async with self._admissions:
            admitted = await self._door.admit(token=token, cookie_header=cookies, realm=realm)
        if admitted.session_id in self._ended:
            raise NotSignedIn("The session has ended.")
        return admitted

    async def _connected(self, sid: str) -> None:
        """The client knows that it is connected: send what it missed."""
        connection = self._registry.connection(sid)
        if connection is None:
            return
        try:
            await self._delivery.join(connection)
        except Exception as error:  # noqa: BLE001 - whatever it is, the client must not believe that it is connected
            log.warning("join_failed", error=type(error).__name__)
            await self._engine.drop(connection.engine_id)
        self._engine.forget_request(connection.engine_id)
        # Both may have happened while the client was being let in, when the library cannot disconnect it yet.
        if connection.admitted.session_id in self._ended:
            await self._end(connection, "revoked")
        elif self._engine.is_closed(connection.engine_id):
            await self._server.disconnect(sid)

    async def _disconnected(self, sid: str, _reason: str = "") -> None:
        connection = self._registry.remove(sid)
        if connection is not None and not self._engine.is_closed(connection.engine_id):
            # Below, the connection is still open; it may sign in anew, for as long as a stranger may.
            await self._engine.distrust(connection.engine_id)

    async def _end(self, connection: Connection, reason: str) -> None:
        CLOSED.labels(reason).inc()
        await self._engine.write([connection], "session:ended", {"reason": reason})
        await self._server.disconnect(connection.sid)
        if self._registry.remove(connection.sid) is not None:
            await self._engine.drop(connection.engine_id)

    # ------------------------------------------------------------ what happens

    async def _tell(self, fact: Fact) -> None:
        """Something was committed here: tell this process' sockets, then the other processes."""
        try:
            await self._hear(fact)
        finally:
            self._bus.send(fact)

    async def _hear(self, fact: Fact) -> None:
        match fact:
            case Event():
                await self._delivery.deliver(fact)
            case StaffEvent():
                await self._delivery.tell_staff(fact)
            case SessionsEnded():
                self._ended.update(dict.fromkeys(fact.session_ids, time.monotonic()))
                for connection in self._registry.of_sessions(fact.owner_id, fact.session_ids):
                    await self._end(connection, fact.reason)

    # ------------------------------------------------------------ looking around

    def _look_soon(self) -> None:
        self._last_look = dict.fromkeys(self._last_look, 0.0)

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(self._pace.tick)
            try:
                await self._look_around()
            except Refusal as error:
                log.info("sweep_put_off", error=error.code)
            except Exception:
                log.exception("sweep_failed")

    async def _look_around(self) -> None:
        now = time.monotonic()
        await self._engine.drop_strangers(self._pace.stranger)
        self._ended = {session: at for session, at in self._ended.items() if now - at < self._pace.sessions * 2}
        if self._is_time("tokens", self._pace.tokens):
            await self._end_expired()
        # Deaf to the other processes, we look ourselves at what they do.
        soon = self._pace.tick if not self._bus.is_listening or self._delivery.is_due else self._pace.heads
        if self._is_time("heads", soon):
            await self._delivery.look_at_heads()
        if self._is_time("sessions", self._pace.tick if not self._bus.is_listening else self._pace.sessions):
            await self._end_those_of_ended_sessions()

    def _is_time(self, what: str, period: float) -> bool:
        now = time.monotonic()
        if now - self._last_look[what] < period:
            return False
        self._last_look[what] = now
        return True

    async def _end_expired(self) -> None:
        now = utcnow()
        for connection in self._registry:
            if connection.is_over(now):
                await self._end(connection, "expired")

    async def _end_those_of_ended_sessions(self) -> None:
        """A message about a session's end can be lost; the row cannot."""
        realms: tuple[Realm, ...] = ("customer", "staff")
        for realm in realms:
            sessions = {
                connection.admitted.session_id for connection in self._registry if connection.admitted.realm == realm
            }
            if not sessions:
                continue
            over = await self._door.ended(realm, sessions)
            for connection in self._registry:
                if connection.admitted.session_id in over:
                    await self._end(connection, "revoked")


async def _turn_away(scope: Scope, receive: Receive, send: Send, status: int) -> None:
    if scope["type"] == "websocket":
        await receive()
    kind = "websocket.http" if scope["type"] == "websocket" else "http"
    await send({"type": f"{kind}.response.start", "status": status, "headers": [(b"content-length", b"0")]})
    await send({"type": f"{kind}.response.body", "body": b""})
