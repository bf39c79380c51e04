"""The pool, and the two ways to use a connection: reading, and one transaction that is opened once."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from contextlib import asynccontextmanager
from functools import cached_property
from typing import Any, Self, TypeVar

import psycopg
import structlog
from psycopg.rows import TupleRow
from psycopg_pool import AsyncConnectionPool, PoolTimeout
from typing_extensions import override

from revivatech.kit.errors import Unavailable

Fact = TypeVar("Fact")
T = TypeVar("T")

log = structlog.get_logger(__name__)

# A statement that takes longer is a fault; a lock that is held longer is somebody's long transaction (F6, F7).
SESSION_SETTINGS = (
    "-c timezone=UTC -c statement_timeout=8s -c lock_timeout=4s -c idle_in_transaction_session_timeout=30s"
)
POOL_TIMEOUT = 4.0
# A server that has stopped cannot keep its own limit: a little longer than it, a statement's connection is given up.
PATIENCE = 9.0
# How often psycopg looks whether the program is to end while it waits.
LOOK_SECONDS = 0.1
# A host that has gone, or a cable that was cut, is noticed as soon.
TCP = {
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 2,
    "tcp_user_timeout": int(PATIENCE * 1000),
}


class BinaryCursor(psycopg.AsyncCursor[TupleRow]):
    """A cursor that asks for binary results by default: numbers, UUIDs and times come without a detour through text."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - psycopg's own signature
        super().__init__(*args, **kwargs)
        self.format = psycopg.pq.Format.BINARY


class Connection(psycopg.AsyncConnection[TupleRow]):
    """A connection of the pool."""

    # Seconds for each statement, None without an end.
    patience: float | None = PATIENCE

    @override
    async def wait(
        self, gen: Generator[Any, Any, T], interval: float = LOOK_SECONDS, timeout: float | None = None
    ) -> T:
        """Wait for the server at most `patience` seconds.

        A connection that is given up is closed: what became of its statement nobody knows, so it is not used again, and
        nothing is acknowledged.
        """
        try:
            return await super().wait(gen, interval, self.patience if timeout is None else timeout)
        except psycopg.OperationalError:
            if self.pgconn.transaction_status == psycopg.pq.TransactionStatus.ACTIVE:
                # The event loop lets go of the socket first.
                await asyncio.sleep(0)
                self.pgconn.finish()
            raise

    @cached_property
    def cursor_of_all(self) -> BinaryCursor:
        """The cursor of one statement after the other, whose rows are fetched at once: making one for each costs."""
        return BinaryCursor(self)


class Reader:
    """A connection for reading. A verb that only reads asks for this, so it cannot be handed a chance to write."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection


class Transaction(Reader):
    """An open transaction. What is noted here leaves only when it has committed."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self.facts: list[object] = []

    def note(self, fact: object) -> None:
        """Keep a fact for the observers of its type; they learn of it after the commit, in this order."""
        self.facts.append(fact)


@asynccontextmanager
async def without_limit(reader: Reader) -> AsyncIterator[None]:
    """Let the statements of the block take as long as they need: an import's, or the upkeep of big tables."""
    connection = reader.connection
    connection.patience = None
    await connection.execute("SET statement_timeout = 0")
    try:
        yield
    finally:
        del connection.patience
        if not connection.closed and connection.info.transaction_status != psycopg.pq.TransactionStatus.INERROR:
            await connection.execute("RESET statement_timeout")


class Database:
    """The pool of one process and those who want to know what was committed."""

    def __init__(self, url: str, *, most: int = 10) -> None:
        self.url = url
        self.pool: AsyncConnectionPool[Connection] = AsyncConnectionPool(
            url,
            connection_class=Connection,
            min_size=min(2, most),
            max_size=most,
            open=False,
            timeout=POOL_TIMEOUT,
            max_waiting=most * 20,
            reconnect_timeout=60,
            kwargs={
                "autocommit": True,
                "options": SESSION_SETTINGS,
                "prepare_threshold": 2,
                "connect_timeout": 4,
                **TCP,
            },
            check=None,
            configure=_configure,
        )
        self._observers: dict[type, list[Callable[[Any], Awaitable[None]]]] = {}

    async def __aenter__(self) -> Self:
        await self.pool.open(wait=True, timeout=10)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.pool.close(timeout=3)

    def on_commit(self, kind: type[Fact], observer: Callable[[Fact], Awaitable[None]]) -> None:
        """Call `observer` with each fact of that type after its transaction has committed."""
        self._observers.setdefault(kind, []).append(observer)

    def read(self) -> "PooledConnection":
        """A connection for statements that only read; each is its own transaction. Raises Unavailable."""
        return PooledConnection(self.pool)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """One transaction: committed at the end of the block, rolled back by any exception. Raises Unavailable.

        The facts noted in it reach their observers after the commit and before this returns, so that a caller who
        answers now has told everybody. An observer that fails is logged: what must not be lost is a row.
        """
        async with PooledConnection(self.pool) as reader, reader.connection.transaction():
            tx = Transaction(reader.connection)
            yield tx
        for fact in tx.facts:
            for observer in self._observers.get(type(fact), ()):
                try:
                    await observer(fact)
                except Exception:
                    log.exception("observer_failed", fact=type(fact).__name__)


# What a restart of the server, a held lock or a slow disk does to us: come again. Everything else is a fault.
UNAVAILABLE = (
    psycopg.errors.AdminShutdown,
    psycopg.errors.CrashShutdown,
    psycopg.errors.CannotConnectNow,
    psycopg.errors.LockNotAvailable,
    psycopg.errors.QueryCanceled,
    psycopg.errors.DiskFull,
    psycopg.errors.TooManyConnections,
    psycopg.errors.SerializationFailure,
    psycopg.errors.DeadlockDetected,
    psycopg.errors.ConnectionException,
)


class PooledConnection:
    """A connection of the pool for the length of a block, which raises Unavailable for a database that is away.

    The pool's own block commits at its end; a connection in autocommit has nothing to commit, and each read would pay
    half of a statement for it. What an exception leaves open is rolled back as the pool takes the connection back.
    """

    __slots__ = ("_connection", "_pool")

    def __init__(self, pool: AsyncConnectionPool[Connection]) -> None:
        self._pool = pool

    async def __aenter__(self) -> Reader:
        try:
            self._connection = await self._pool.getconn()
        except (PoolTimeout, psycopg.OperationalError) as error:
            raise Unavailable from error
        return Reader(self._connection)

    async def __aexit__(self, _: object, error: BaseException | None, __: object) -> None:
        await self._pool.putconn(self._connection)
        # Without a state nothing came from the server: the line was cut.
        if isinstance(error, psycopg.OperationalError) and (error.sqlstate is None or isinstance(error, UNAVAILABLE)):
            raise Unavailable from error


async def _configure(connection: Connection) -> None:
    """Answers in binary everywhere, those of a cursor of one's own too."""
    connection.cursor_factory = BinaryCursor
