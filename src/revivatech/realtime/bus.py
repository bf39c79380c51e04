"""Between the processes: short messages over Valkey's publish/subscribe. Losing one is repaired from the event log."""

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Awaitable, Callable
from secrets import token_hex
from typing import Self
from uuid import UUID

import msgspec
import redis.asyncio as redis
import structlog
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from revivatech.db import Database
from revivatech.kit import tasks
from revivatech.realtime.contracts import Event, SessionsEnded, StaffEvent
from revivatech.realtime.metrics import UNSENT

log = structlog.get_logger(__name__)

# One that is not sent within this time waits in the outbox; the request that caused it does not.
TIMEOUT = 1.0
RETRY_SECONDS = 0.5
# Every process pings itself through Valkey; one that has not heard itself for so long is deaf and subscribes anew.
PING_SECONDS = 3.0
DEAF_SECONDS = 8.0
MOST_WAITING = 10_000
AWAY = (RedisError, OSError, TimeoutError)


class EventMessage(msgspec.Struct, frozen=True, tag_field="kind", tag="event"):
    """An event of a customer's log was committed."""

    origin: str
    customer_id: UUID
    seq: int
    type: str
    payload: msgspec.Raw


class StaffMessage(msgspec.Struct, frozen=True, tag_field="kind", tag="staff"):
    """Every open desk is to be told."""

    origin: str
    type: str
    payload: msgspec.Raw


class EndedMessage(msgspec.Struct, frozen=True, tag_field="kind", tag="ended"):
    """Sessions are over."""

    origin: str
    owner_id: UUID
    session_ids: tuple[UUID, ...]
    reason: str


class PingMessage(msgspec.Struct, frozen=True, tag_field="kind", tag="ping"):
    """A process asks whether it still hears itself."""

    origin: str


BusMessage = EventMessage | StaffMessage | EndedMessage | PingMessage
Fact = Event | StaffEvent | SessionsEnded

_decoder = msgspec.json.Decoder(BusMessage)


class Bus:
    """One process' place on the bus. Without `hear` it only sends, as the worker does."""

    def __init__(
        self,
        url: str,
        *,
        prefix: str = "portal",
        hear: Callable[[Fact], Awaitable[None]] | None = None,
        on_return: Callable[[], None] | None = None,
    ) -> None:
        self.channel = f"{prefix}:bus"
        self._name = token_hex(8)
        self._hear = hear
        self._on_return = on_return
        self._client = redis.Redis.from_url(
            url, socket_timeout=TIMEOUT, socket_connect_timeout=TIMEOUT, retry=Retry(NoBackoff(), 0), max_connections=4
        )
        self._outbox: deque[bytes] = deque()
        self._waiting = asyncio.Event()
        self._drained = asyncio.Event()
        self._drained.set()
        self._heard_myself_at = float("-inf")
        # Whether the first attempt to listen has ended, well or not.
        self._settled = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._noted: set[str] = set()

    async def __aenter__(self) -> Self:
        self._tasks = [asyncio.create_task(self._send_all(), name="bus sender")]
        if self._hear is not None:
            self._tasks.append(asyncio.create_task(self._listen(), name="bus listener"))
            self._tasks.append(asyncio.create_task(self._ping(), name="bus ping"))
        return self

    async def __aexit__(self, *_: object) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(TIMEOUT):
                await self._drained.wait()
        await tasks.end(*self._tasks)
        await self._client.aclose()

    @property
    def is_listening(self) -> bool:
        """True if what others send arrives here: a ping of our own came back a moment ago."""
        return time.monotonic() - self._heard_myself_at < DEAF_SECONDS

    async def settle(self) -> None:
        """Return when this process hears itself, or within `TIMEOUT` seconds when Valkey does not answer."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(TIMEOUT):
                await self._settled.wait()

    def observe(self, db: Database) -> None:
        """Have what is committed through `db` told to the other processes; for a process without sockets."""

        async def tell(fact: Fact) -> None:
            self.send(fact)

        db.on_commit(Event, tell)
        db.on_commit(StaffEvent, tell)
        db.on_commit(SessionsEnded, tell)

    def send(self, fact: Fact) -> None:
        """Tell the other processes. It returns at once; while Valkey is away the message waits, the oldest go first."""
        match fact:
            case Event():
                self._post(EventMessage(self._name, fact.customer_id, fact.seq, fact.type, fact.payload))
            case StaffEvent():
                self._post(StaffMessage(self._name, fact.type, fact.payload))
            case SessionsEnded():
                self._post(EndedMessage(self._name, fact.owner_id, fact.session_ids, fact.reason))

    def _post(self, message: BusMessage) -> None:
        if len(self._outbox) >= MOST_WAITING:
            self._outbox.popleft()
            UNSENT.inc()
        self._outbox.append(msgspec.json.encode(message))
        self._drained.clear()
        self._waiting.set()

    async def _send_all(self) -> None:
        while True:
            await self._waiting.wait()
            self._waiting.clear()
            while self._outbox:
                try:
                    await self._client.publish(self.channel, self._outbox[0])
                except AWAY as error:
                    self._note("bus_away", error)
                    await self._until_back()
                else:
                    self._outbox.popleft()
                    self._noted.discard("bus_away")
            self._drained.set()

    async def _until_back(self) -> None:
        while True:
            await asyncio.sleep(RETRY_SECONDS)
            with contextlib.suppress(*AWAY):
                await self._client.ping()
                break
        # The others need a moment to subscribe anew; what is said before that, nobody hears.
        await asyncio.sleep(2 * RETRY_SECONDS)

    async def _ping(self) -> None:
        while True:
            await asyncio.sleep(PING_SECONDS)
            await self._ping_once()

    async def _ping_once(self) -> None:
        # Not by way of the outbox: a ping that waited through an outage says nothing.
        with contextlib.suppress(*AWAY):
            await self._client.publish(self.channel, msgspec.json.encode(PingMessage(self._name)))

    async def _listen(self) -> None:
        while True:
            try:
                async with self._client.pubsub(ignore_subscribe_messages=True) as subscription:
                    await subscription.subscribe(self.channel)
                    await self._ping_once()
                    await self._hear_until_deaf(subscription)
            except AWAY as error:
                self._heard_myself_at = float("-inf")
                self._settled.set()
                self._note("bus_deaf", error)
            await asyncio.sleep(RETRY_SECONDS)

    async def _hear_until_deaf(self, subscription: PubSub) -> None:
        since = time.monotonic()
        was_listening = False
        while True:
            message = await subscription.get_message(timeout=TIMEOUT)
            if message is not None:
                await self._take(message["data"])
            if self._heard_myself_at >= since and not was_listening:
                was_listening = True
                self._noted.discard("bus_deaf")
                if self._on_return is not None:
                    self._on_return()
            if time.monotonic() - max(since, self._heard_myself_at) > DEAF_SECONDS:
                raise TimeoutError("no ping of our own came back")

    def _note(self, trouble: str, error: Exception) -> None:
        """One line an outage, not one a try."""
        if trouble not in self._noted:
            self._noted.add(trouble)
            log.warning(trouble, error=str(error))

    async def _take(self, data: bytes) -> None:
        try:
            message = _decoder.decode(data)
            if isinstance(message, PingMessage):
                if message.origin == self._name:
                    self._heard_myself_at = time.monotonic()
                    self._settled.set()
            elif message.origin != self._name and self._hear is not None:
                await self._hear(_fact_of(message))
        except Exception:
            # Whatever one message does, the next must be heard.
            log.exception("bus_message_failed")


def _fact_of(message: EventMessage | StaffMessage | EndedMessage) -> Fact:
    match message:
        case EventMessage():
            return Event(message.customer_id, message.seq, message.type, message.payload)
        case StaffMessage():
            return StaffEvent(message.type, message.payload)
        case EndedMessage():
            return SessionsEnded(message.owner_id, message.session_ids, message.reason)
