"""Sockets without the rest of the portal: a door that believes what it is told, real uvicorn, PostgreSQL and Valkey."""

import asyncio
import secrets
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
import socketio

from revivatech.db import Database
from revivatech.httpd import new_server
from revivatech.kit.actor import Role
from revivatech.kit.clock import utcnow
from revivatech.kit.errors import NotSignedIn
from revivatech.kit.structs import Json
from revivatech.realtime.event_log import publish
from revivatech.realtime.ports import Admitted, Realm
from revivatech.realtime.server import SOCKET_PATH, Pace, Sockets
from revivatech.settings import Settings
from support.people import People, Person
from support.waiting import until_true

QUICK = Pace(tick=0.1, stranger=0.4, tokens=0.1, sessions=0.3, heads=0.5)


class Happened(Json, frozen=True):
    """A payload."""

    seq: int
    text: str


@dataclass
class Authenticator:
    """Tokens are names; `admitted` says whose they are."""

    admitted: dict[str, Admitted] = field(default_factory=dict)
    over: set[UUID] = field(default_factory=set)
    cookies_seen: list[str | None] = field(default_factory=list)

    def token(self, person: Person, *, lives: timedelta | None = timedelta(minutes=15)) -> str:
        """A token of a new session of this person."""
        token = f"{person.first_name}-{secrets.token_hex(4)}"
        self.admitted[token] = Admitted(
            realm=person.realm,
            owner_id=person.id,
            session_id=uuid4(),
            role=Role.TECHNICIAN if person.realm == "staff" else None,
            expires_at=utcnow() + lives if lives else None,
        )
        return token

    async def admit(self, *, token: str | None, cookie_header: str | None, realm: Realm | None = None) -> Admitted:
        """Who that is."""
        self.cookies_seen.append(cookie_header)
        key = token if token is not None else (cookie_header or "").removeprefix("session=")
        admitted = self.admitted.get(key)
        if (
            admitted is None
            or realm not in {None, admitted.realm}
            or (admitted.expires_at or datetime.max.replace(tzinfo=utcnow().tzinfo)) < utcnow()
        ):
            raise NotSignedIn("Nobody.")
        return admitted

    async def ended(self, _realm: Realm, session_ids: Collection[UUID]) -> set[UUID]:
        """Those that the test ended."""
        return self.over & set(session_ids)


@dataclass
class Rules:
    """Repairs that may be followed, and by whom."""

    owners: dict[UUID, UUID] = field(default_factory=dict)

    async def may_follow_repair(self, admitted: Admitted, repair_id: UUID) -> bool:
        """Whether it is theirs."""
        return self.owners.get(repair_id) == admitted.owner_id


@dataclass
class Node:
    """One process' worth of portal: its address, its database pool, its sockets."""

    url: str
    db: Database
    sockets: Sockets

    async def publish(self, person: Person, text: str) -> int:
        """An event of that customer, committed here."""
        async with self.db.transaction() as tx:
            return await publish(tx, person.id, "test:happened", Happened(0, text))


@dataclass
class Listener:
    """A client, and everything that it was sent."""

    client: socketio.AsyncClient
    heard: list[tuple[str, Any]] = field(default_factory=list)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    def seqs(self) -> list[int]:
        """The seq of each event of the log that came, in the order in which they came."""
        return [payload["seq"] for name, payload in list(self.heard) if name.startswith("test:")]

    async def until(self, condition: Callable[[], object], seconds: float = 8.0) -> None:
        """Wait until something that was heard makes it true."""
        async with asyncio.timeout(seconds), self.changed:
            await self.changed.wait_for(condition)

    async def until_ended(self, seconds: float = 8.0) -> None:
        """Wait until the server has hung up."""
        async with asyncio.timeout(seconds):
            await self.ended.wait()


@dataclass
class House:
    """The processes that serve one shop, and their clients."""

    settings: Settings
    database_url: str
    redis_url: str
    authenticator: Authenticator
    rules: Rules
    stack: AsyncExitStack
    prefix: str = field(default_factory=lambda: f"test-{secrets.token_hex(6)}")

    async def node(self, *, pace: Pace = QUICK, **changes: Any) -> Node:
        """One more process."""
        return await self.stack.enter_async_context(self._node(pace, changes))

    @asynccontextmanager
    async def _node(self, pace: Pace, changes: dict[str, Any]) -> AsyncIterator[Node]:
        listener = socket.create_server(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        settings = msgspec.structs.replace(self.settings, **({"public_url": url} | changes))
        async with Database(self.database_url, most=6) as db:
            sockets = Sockets(
                settings, db, self.redis_url, self.authenticator, self.rules, prefix=self.prefix, pace=pace
            )
            sockets.observe(db)
            async with sockets:
                server = new_server(_with_lifespan(sockets), settings)
                running = asyncio.create_task(server.serve(sockets=[listener]))
                await until_true(lambda: server.started and sockets._bus.is_listening)  # noqa: SLF001 - as readiness
                try:
                    yield Node(url, db, sockets)
                finally:
                    server.should_exit = True
                    await running

    async def connect(
        self,
        node: Node,
        token: str | None,
        *,
        last_seq: int | None = None,
        headers: dict[str, str] | None = None,
        transports: tuple[str, ...] = ("websocket",),
    ) -> Listener:
        """A client that is connected. Raises socketio's ConnectionError where it is refused."""
        client = socketio.AsyncClient(reconnection=False)
        listener = Listener(client)

        async def hear(name: str, payload: Any = None) -> None:
            async with listener.changed:
                listener.heard.append((name, payload))
                listener.changed.notify_all()

        client.on("*", hear)
        client.on("disconnect", lambda *_: listener.ended.set())
        self.stack.push_async_callback(client.disconnect)
        auth = {"token": token} | ({"lastSeq": last_seq} if last_seq is not None else {}) if token else None
        await client.connect(
            node.url, socketio_path=SOCKET_PATH, auth=auth, headers=headers or {}, transports=list(transports)
        )
        return listener


def _with_lifespan(sockets: Sockets) -> Callable[..., Awaitable[None]]:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "lifespan":
            await sockets(scope, receive, send)
            return
        while (await receive())["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        await send({"type": "lifespan.shutdown.complete"})

    return app


@pytest.fixture
async def house(settings: Settings, database_url: str, redis_url: str) -> AsyncIterator[House]:
    """A shop without processes yet."""
    async with AsyncExitStack() as stack:
        yield House(settings, database_url, redis_url, Authenticator(), Rules(), stack)


@pytest.fixture
def anna(people: People) -> Person:
    """A customer."""
    return people.anna


@pytest.fixture
def ben(people: People) -> Person:
    """Another customer."""
    return people.ben
