"""Events to sockets, each customer's in the order of their log and without a gap.

A message that says "event 12 was committed" is only a hint. The event after the last one sent goes out at once; when
a hint skips one, comes while the log is being read, or never comes at all, the log itself is read from where the
customer's sockets are. So it does not matter whether hints are lost, doubled or overtake each other.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

import structlog

from revivatech.db import Database
from revivatech.kit import tasks
from revivatech.kit.errors import Unavailable
from revivatech.realtime import event_log, queries
from revivatech.realtime.contracts import Event, EventPage, StaffEvent
from revivatech.realtime.metrics import REPLAYED
from revivatech.realtime.registry import Account, Connection, Registry

log = structlog.get_logger(__name__)

# Reading for sockets may not take the connections that requests need (F26).
MOST_READS = 3
# A client that missed more reads everything anew, which is cheaper for both.
MOST_REPLAYED = 2000
HEADS_A_STATEMENT = 1000

Write = Callable[[Sequence[Connection], str, object], Awaitable[None]]


class Delivery:
    """The event logs of the customers who have a socket here, followed."""

    def __init__(self, db: Database, registry: Registry, write: Write) -> None:
        self._db = db
        self._registry = registry
        self._write = write
        self._reads = asyncio.Semaphore(MOST_READS)
        self._tasks: set[asyncio.Task[None]] = set()
        # Whether a read has failed, so that the next look at the heads should come soon.
        self.is_due = False

    async def close(self) -> None:
        """Give up what is still being read."""
        await tasks.end(*self._tasks)

    async def prepare(self, connection: Connection) -> None:
        """Settle from which event on the connection will be sent everything. Raises Unavailable.

        Before the client hears that it is connected: what is committed after that, it may count on.
        """
        account = self._registry.account_of(connection)
        if account.realm == "staff" or connection.seen is not None:
            return
        async with account.lock:
            if account.seq is None:
                async with self._reads, self._db.read() as reader:
                    account.seq = await queries.last_seq(reader, account.id)
            connection.seen = account.seq

    async def join(self, connection: Connection) -> None:
        """Send what the connection has missed since the seq that it saw, then let it receive. Raises Unavailable."""
        account = self._registry.account_of(connection)
        if account.realm == "customer":
            async with account.lock:
                if connection.seen is not None and connection.seen != account.seq:
                    await self._replay(account, connection, connection.seen)
                connection.joined = True
        else:
            connection.joined = True

    async def deliver(self, event: Event) -> None:
        """Send a committed event to its customer's sockets, if it is the next one; else have the log read."""
        account = self._registry.customer(event.customer_id)
        if account is None:
            return
        if account.lock.locked():
            self._fall_behind(account)
            return
        async with account.lock:
            if account.seq is None or event.seq <= account.seq:
                return
            if event.seq == account.seq + 1:
                account.seq = event.seq
                await self._write(account.joined(), event.type, event.payload)
                return
        self._fall_behind(account)

    async def tell_staff(self, event: StaffEvent) -> None:
        """Send an event to every open desk."""
        connections = [connection for desk in self._registry.accounts("staff") for connection in desk.joined()]
        await self._write(connections, event.type, event.payload)

    async def since(self, customer_id: UUID, seq: int) -> EventPage:
        """One page of the log for a client that asks. Raises Unavailable."""
        async with self._reads, self._db.read() as reader:
            return await event_log.events_since(reader, customer_id, seq)

    async def look_at_heads(self) -> None:
        """Compare every log's end with what was sent, and send what is lacking. Raises Unavailable."""
        self.is_due = False
        accounts = {account.id: account for account in self._registry.accounts("customer")}
        ids = list(accounts)
        for start in range(0, len(ids), HEADS_A_STATEMENT):
            async with self._reads, self._db.read() as reader:
                heads = await queries.heads(reader, ids[start : start + HEADS_A_STATEMENT])
            for head in heads:
                account = accounts[head.customer_id]
                if account.seq is not None and head.last_seq != account.seq:
                    self._fall_behind(account)

    def _fall_behind(self, account: Account) -> None:
        """Have the log read in a task of its own: whoever brought the hint has others to bring."""
        if account.behind:
            return
        account.behind = True
        task = asyncio.create_task(self._catch_up(account), name="sockets catch up")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _catch_up(self, account: Account) -> None:
        try:
            async with account.lock:
                account.behind = False
                if account.seq is None or not account.connections:
                    return
                page = await self._read(account.id, account.seq)
                account.seq = page.last_seq
                await self._send(account.joined(), page)
        except Unavailable:
            self.is_due = True
        except Exception:
            self.is_due = True
            log.exception("catch_up_failed")
        finally:
            account.behind = False

    async def _replay(self, account: Account, connection: Connection, seen: int) -> None:
        page = await self._read(account.id, seen)
        # What the account's other sockets have not been sent yet is still to come for this one as well.
        account.seq = page.last_seq if account.seq is None else min(account.seq, page.last_seq)
        page.events[:] = [event for event in page.events if event.seq <= account.seq]
        await self._send([connection], page)

    async def _send(self, connections: Sequence[Connection], page: EventPage) -> None:
        if page.resync:
            await self._write(connections, "events:resync", {"lastSeq": page.last_seq})
        for event in page.events:
            await self._write(connections, event.type, event.payload)
        REPLAYED.inc(len(page.events))

    async def _read(self, customer_id: UUID, seq: int) -> EventPage:
        """Everything after `seq`, or `resync` where that is too much; `last_seq` is where the reader then is."""
        events = []
        async with self._reads, self._db.read() as reader:
            while True:
                page = await event_log.events_since(reader, customer_id, seq)
                events += page.events
                if page.resync or len(page.events) < event_log.MOST_EVENTS:
                    break
                if len(events) >= MOST_REPLAYED:
                    return EventPage([], resync=True, last_seq=page.last_seq)
                seq = events[-1].seq
        if page.resync:
            return page
        return EventPage(events, resync=False, last_seq=events[-1].seq if events else page.last_seq)
