"""One connection to Valkey, shared by every request of the process.

Commands are written as they come and answered in order, so requests that run side by side share system calls instead of
borrowing connections: a tenth of the CPU of the library's pooled client for the one call that every request makes
(docs/adr/0005). Everything that is not on that path uses the library.
"""

import asyncio
from collections import deque
from typing import Any, cast
from urllib.parse import parse_qs, unquote, urlsplit

import hiredis
from typing_extensions import override

RECONNECT_SECONDS = 0.2
MOST_PENDING = 20_000


class ConnectionLost(Exception):  # noqa: N818 - a condition that callers expect
    """There is no connection now, or the answer did not come in time."""


class Connection:
    """A connection that opens itself when it is needed, and after a failure at most five times a second."""

    def __init__(self, url: str, timeout: float) -> None:
        self._url = urlsplit(url)
        self._timeout = timeout
        self._wire: Protocol | None = None
        self._opening: asyncio.Task[Protocol] | None = None
        self._failed_at = float("-inf")

    async def call(self, *command: str | bytes | int) -> Any:  # noqa: ANN401 - whatever the command answers
        """The command's answer. Raises ConnectionLost, or hiredis.ReplyError for a refused command."""
        wire = self._wire
        if wire is None or wire.is_cut:
            wire = await self._open()
        result = await wire.send(command)
        if isinstance(result, hiredis.ReplyError):
            raise result
        return result

    async def close(self) -> None:
        """Hang up."""
        if self._opening is not None:
            self._opening.cancel()
        if self._wire is not None:
            self._wire.cut()

    async def _open(self) -> "Protocol":
        """The wire that everybody who asks at this moment shares. Raises ConnectionLost."""
        loop = asyncio.get_running_loop()
        if loop.time() - self._failed_at < RECONNECT_SECONDS:
            raise ConnectionLost("the last attempt has just failed")
        if self._opening is None or self._opening.done():
            self._opening = asyncio.create_task(self._connect())
        try:
            self._wire = await asyncio.shield(self._opening)
        except (OSError, TimeoutError, hiredis.HiredisError) as error:
            self._failed_at = loop.time()
            raise ConnectionLost(str(error)) from error
        return self._wire

    async def _connect(self) -> "Protocol":
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(self._timeout):
            if self._url.scheme == "unix":
                _, wire = await loop.create_unix_connection(lambda: Protocol(self._timeout), unquote(self._url.path))
                database = parse_qs(self._url.query).get("db", ["0"])[0]
            else:
                secure = True if self._url.scheme == "rediss" else None
                host, port = self._url.hostname or "localhost", self._url.port or 6379
                _, wire = await loop.create_connection(lambda: Protocol(self._timeout), host, port, ssl=secure)
                database = self._url.path.strip("/") or "0"
            if self._url.password:
                await _accepted(
                    wire.send(("AUTH", unquote(self._url.username or "default"), unquote(self._url.password)))
                )
            if database != "0":
                await _accepted(wire.send(("SELECT", database)))
        return wire


async def _accepted(answer: asyncio.Future[Any]) -> None:
    if isinstance(result := await answer, hiredis.ReplyError):
        raise result


class Protocol(asyncio.Protocol):
    """One connection's life: what was asked, in order, and who waits for it."""

    def __init__(self, timeout: float) -> None:
        self.is_cut = False
        self._timeout = timeout
        self._reader = hiredis.Reader()
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._pending: deque[tuple[asyncio.Future[Any], float]] = deque()
        self._out: list[bytes] = []
        self._watch: asyncio.TimerHandle | None = None

    def send(self, command: tuple[str | bytes | int, ...]) -> asyncio.Future[Any]:
        """The answer to come; a refusal of the server is a value, a lost connection raises ConnectionLost."""
        answer: asyncio.Future[Any] = self._loop.create_future()
        if self.is_cut or len(self._pending) >= MOST_PENDING:
            answer.set_exception(ConnectionLost("the connection is cut" if self.is_cut else "too many commands wait"))
            return answer
        self._pending.append((answer, self._loop.time()))
        if not self._out:
            self._loop.call_soon(self._flush)
        self._out.append(hiredis.pack_command(cast(Any, command)))
        if self._watch is None:
            self._watch = self._loop.call_later(self._timeout, self._check)
        return answer

    def cut(self) -> None:
        """End the connection and tell everybody who waits."""
        self.is_cut = True
        if self._transport is not None:
            self._transport.abort()
        if self._watch is not None:
            self._watch.cancel()
        while self._pending:
            answer, _ = self._pending.popleft()
            if not answer.done():
                answer.set_exception(ConnectionLost("the connection was lost"))

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are asyncio's in all but their bases.
        self._transport = cast(asyncio.Transport, transport)

    @override
    def data_received(self, data: bytes) -> None:
        self._reader.feed(data)
        try:
            while (reply := self._reader.gets()) is not False:
                answer, _ = self._pending.popleft()
                if not answer.done():
                    answer.set_result(reply)
        except (hiredis.ProtocolError, IndexError):
            self.cut()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self.cut()

    def _flush(self) -> None:
        out, self._out = self._out, []
        if self._transport is not None and not self.is_cut:
            self._transport.write(b"".join(out))

    def _check(self) -> None:
        """Cut when the oldest command has waited too long: answers come in order, so all are stuck behind it."""
        self._watch = None
        if not self._pending:
            return
        left = self._pending[0][1] + self._timeout - self._loop.time()
        if left <= 0:
            self.cut()
        else:
            self._watch = self._loop.call_later(left, self._check)
