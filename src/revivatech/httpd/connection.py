"""An HTTP connection: requests are short or fast enough, arrive whole and in time, and their responses are read."""

import asyncio
import math
from collections import deque
from typing import Any, cast

from typing_extensions import override
from uvicorn import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from revivatech.httpd.state import State
from revivatech.httpd.writing import Writer
from revivatech.realtime.ports import PLACE

# httptools itself takes headers of any size.
MOST_HEADER_BYTES = 32 * 1024
# Twice the largest picture. Each call has a lower limit of its own; this one holds for those that read nothing, too.
MOST_BODY_BYTES = 32 * 1024 * 1024
# Sizes, extensions and trailers of chunks: so much for each byte of the body, and as much as a head besides.
MOST_FRAMING = 16
# Requests that may have come before the first is answered: each weighs 3 KB, and one read holds thousands.
MOST_PIPELINED = 32
# A body that nobody wants is read on for a little, so that the client reads the response and not of a lost connection.
LINGER_SECONDS = 5.0
LONGEST_LINGER_SECONDS = 30.0
# An upload that moves on so far counts as heard from again.
PROGRESS_BYTES = 64 * 1024


class Connection(Writer, HttpToolsProtocol):
    """A connection with one deadline, which depends on what is waited for.

    - The head: `head_seconds` from its first byte, or from the beginning of the connection.
    - The body: `body_seconds` from the head, and a second for each `body_rate` bytes of it. What frames the body gains
      no time.
    - Nothing while the application answers; a response that is not read has a deadline of its own (`Writer`).
    - A response that is complete before the body ends the connection. What still comes is thrown away for a few
      seconds (RFC 9112, 9.6), so that the client can read the response.

    Between requests uvicorn's own timer runs. The deadline is a number that `check` compares now and then: a timer for
    each request would cost more than the rest of this.
    """

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._open = cast(State, server_state).open
        self._extensions = {PLACE: {"place": self}}
        self._deadline = math.inf
        self._in_head = True
        # Of the head so far; of all that came since the read in which it began; of the present read.
        self._head_bytes = self._received = self._read = 0
        # Requests that the application has not answered, in their order: only the first is being answered.
        self._unanswered: deque[RequestResponseCycle] = deque()
        self._awaits_body = False
        self._body_bytes = self._framed_bytes = self._noted_bytes = 0
        self._keep_alive = True
        # Nothing is read as a request any more; and after an early response what comes is thrown away until then.
        self._ignores = self._lingers = False
        self._latest = math.inf

    # ------------------------------------------------------------ what the client sends

    @override
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._deadline = self.loop.time() + self._open.settings.head_seconds
        self.bound_writing()
        self._open.enter(self, self.client[0] if self.client else "")

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._open.leave(self)
        self._disconnect()
        super().connection_lost(exc)

    @override
    def data_received(self, data: bytes) -> None:
        size = len(data)
        if self._ignores:
            # The deadline of who lingers; else there is none.
            self._deadline = min(self._latest, self._deadline + size / self._open.settings.body_rate)
            return
        if self._in_head:
            if not self._head_bytes:
                self._begin_head()
            self._head_bytes += size
        self._received += size
        self._read = size
        super().data_received(data)
        if self._in_head:
            # Still in the head after that much, so it is the head that is large and not a body behind it.
            if self._head_bytes > MOST_HEADER_BYTES:
                self._refuse(self._open.refusals.head_too_large)
        elif self._awaits_body:
            self._framed_bytes += size
            if self._framed_bytes > MOST_HEADER_BYTES + MOST_FRAMING * self._body_bytes:
                self._refuse(self._open.refusals.malformed)
        elif not self.transport.is_closing():
            self._await_body()

    @override
    def on_headers_complete(self) -> None:
        if self._ignores or self.transport.is_closing():
            return
        self._in_head = False
        self._deadline = math.inf
        self._body_bytes = self._noted_bytes = 0
        if self._received > MOST_HEADER_BYTES and self._size_of_head() > MOST_HEADER_BYTES:
            self._refuse(self._open.refusals.head_too_large)
            return
        before = self.cycle
        super().on_headers_complete()
        # A copy: trailers come as headers, too, and are none (RFC 9110, 6.5.1).
        self.scope["headers"] = self.headers.copy()
        self.scope["extensions"] = self._extensions  # type: ignore[typeddict-item]
        if self.cycle is not before:
            self._unanswered.append(self.cycle)
            self._open.hold(self)
            if len(self._unanswered) >= MOST_PIPELINED:
                # The response says that it is the last one; what comes behind its request is for another connection.
                self.cycle.keep_alive = False

    @override
    def on_body(self, body: bytes) -> None:
        if self._ignores or self.transport.is_closing():
            return
        size = len(body)
        self._body_bytes += size
        self._deadline += size / self._open.settings.body_rate
        if self._body_bytes > MOST_BODY_BYTES:
            self._refuse(self._open.refusals.body_too_large)
            return
        if self._awaits_body and self._body_bytes - self._noted_bytes >= PROGRESS_BYTES:
            self._noted_bytes = self._body_bytes
            self._open.wait(self)
        super().on_body(body)

    @override
    def on_message_complete(self) -> None:
        self._in_head = True
        self._head_bytes = 0
        # At least of what came behind this message in the same read.
        self._received = self._read
        if self._ignores or self.transport.is_closing():
            return
        if self._awaits_body:
            self._awaits_body = False
            self._deadline = math.inf
            self._open.hold(self)
            if not self.cycle.response_started:
                self.cycle.keep_alive = self._keep_alive
        super().on_message_complete()
        self._ignores = len(self._unanswered) >= MOST_PIPELINED

    @override
    def handle_websocket_upgrade(self) -> None:
        if not self.transport.is_closing():
            self._open.leave(self)
            super().handle_websocket_upgrade()

    @override
    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP, in our own words and with our own headers."""
        self._refuse(self._open.refusals.malformed)

    def _begin_head(self) -> None:
        self._received = 0
        # While the request before this one is being answered, nobody is late.
        if not self._unanswered:
            self._deadline = self.loop.time() + self._open.settings.head_seconds

    def _size_of_head(self) -> int:
        return sum(len(name) + len(value) + 4 for name, value in self.headers) + len(self.url)

    def _await_body(self) -> None:
        """Bound the wait for the rest of a body: the read has ended, and the message has not."""
        settings = self._open.settings
        self._awaits_body = True
        self._framed_bytes = 0
        self._deadline = self.loop.time() + settings.body_seconds + self._body_bytes / settings.body_rate
        # Until the body is whole the response ends the connection, and says so.
        self._keep_alive, self.cycle.keep_alive = self.cycle.keep_alive, False
        self.cycle.transport = cast(asyncio.Transport, _Unfinished(self.transport, self._end_early))
        self._open.wait(self)

    # ------------------------------------------------------------ what it is sent

    @override
    def on_response_complete(self) -> None:
        self._unanswered.popleft()
        super().on_response_complete()
        if self._lingers or (self._unanswered and not self._awaits_body):
            return
        if self._awaits_body:
            # Of a request behind the one that has been answered: it was not read on meanwhile.
            self._deadline = self.loop.time() + self._open.settings.body_seconds
        elif self._head_bytes:
            self._deadline = self.loop.time() + self._open.settings.head_seconds
        self._open.wait(self)

    @override
    def pause_writing(self) -> None:
        super().pause_writing()
        self.note_paused()
        self._open.wait(self)

    @override
    def resume_writing(self) -> None:
        super().resume_writing()
        self.note_resumed()
        if self._unanswered and not self._awaits_body:
            self._open.hold(self)

    def _end_early(self) -> None:
        """End the connection behind a complete response, though the request is not complete."""
        if not self._awaits_body:
            self.transport.close()
            return
        now = self.loop.time()
        self._lingers = self._ignores = True
        self._deadline, self._latest = now + LINGER_SECONDS, now + LONGEST_LINGER_SECONDS
        self.flow.resume_reading()
        self.transport.write_eof()
        self._open.wait(self)

    def _refuse(self, answer: bytes) -> None:
        if self.transport.is_closing():
            return
        if len(self._unanswered) > 1 or (self._unanswered and self._unanswered[0].response_started):
            # Nothing can be said in the middle of another response.
            self.drop()
            return
        self._disconnect()
        self.transport.write(answer)
        self.transport.close()

    def _disconnect(self) -> None:
        """Tell the application, which may still be answering, that the client has gone.

        uvicorn tells the last request alone, and those before it would write to a closed transport.
        """
        self.pipeline.clear()
        for cycle in self._unanswered:
            cycle.disconnected = True
            cycle.message_event.set()

    # ------------------------------------------------------------ its place among the connections

    @override
    def shutdown(self) -> None:
        self._keep_alive = False
        super().shutdown()

    def hold(self) -> None:
        """Keep the connection while this request is being answered, as any other."""
        self._open.hold(self)

    def admit(self) -> None:
        """The same: a connection of HTTP belongs to whoever asks next."""
        self._open.hold(self)

    def give_way(self) -> None:
        """Let the connection be dropped where another one needs its place: what it waits for is not important."""
        self._open.wait(self)

    def check(self, now: float) -> str:
        """Drop the connection where it is overdue, and return with what."""
        if self.is_stuck(now):
            self.drop()
            return "write"
        if now < self._deadline or self.flow.read_paused or (self.transport.is_closing() and not self._lingers):
            return ""
        if self._lingers:
            self.drop()
            return "body"
        reason = "body" if self._awaits_body else "head"
        # Browsers open connections that they may need: those end without a word.
        self._refuse(self._open.refusals.too_slow if self._awaits_body or self._head_bytes else b"")
        return reason

    def drop(self) -> None:
        """Close it at once; in order, where nothing is under way."""
        self._open.leave(self)
        self._disconnect()
        if self._unanswered or self._head_bytes or self._lingers or self.transport.get_write_buffer_size():
            self.reset()
        else:
            self.transport.close()


class _Unfinished:
    """The transport as a response sees it whose request is not complete: closing it is left to the connection."""

    __slots__ = ("close", "is_closing", "write")

    def __init__(self, transport: asyncio.Transport, end_early: Any) -> None:  # noqa: ANN401
        self.write = transport.write
        self.is_closing = transport.is_closing
        self.close = end_early
