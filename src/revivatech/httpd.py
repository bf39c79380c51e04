"""uvicorn as this program runs it: header caps and deadlines of our own, and an end that is no failure."""

import asyncio
import contextlib
import signal
import socket
from collections.abc import Awaitable, Callable, Iterator
from types import FrameType
from typing import Any, cast

from typing_extensions import override
from uvicorn import Config
from uvicorn import Server as UvicornServer
from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.exceptions import InvalidState

# httptools itself takes headers of any size, for as long as it takes.
MOST_HEADER_BYTES = 32 * 1024
HEADER_SECONDS = 10.0
KEEP_ALIVE_SECONDS = 75
# What a request that is under way has left when the program is told to end.
GRACE_SECONDS = 3
# Above the largest thing that a client of ours says over a socket, far below what would hurt.
MOST_SOCKET_BYTES = 64 * 1024
# Nothing of the request was read, its language neither; mostly it is a browser whose cookies have grown.
TOO_LARGE_WORDS = (
    "The cookies of this site have grown too large: delete them in your browser's settings, then sign in again.\n\n"
    "Os cookies deste site cresceram demais: apague-os nas configurações do navegador e entre de novo.\n"
).encode()
TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\n"
    b"content-type: text/plain; charset=utf-8\r\nx-content-type-options: nosniff\r\n"
    b"content-length: %d\r\n\r\n%s" % (len(TOO_LARGE_WORDS), TOO_LARGE_WORDS)
)
TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class Connection(HttpToolsProtocol):
    """A connection whose request heads are short and arrive in time."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - uvicorn's own signature
        super().__init__(*args, **kwargs)
        self._head_bytes = 0
        self._in_head = True
        self._deadline: asyncio.TimerHandle | None = None

    @override
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._deadline = self.loop.call_later(HEADER_SECONDS, self._too_slow)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._forget_deadline()
        super().connection_lost(exc)

    @override
    def data_received(self, data: bytes) -> None:
        if self._in_head:
            self._head_bytes += len(data)
            if self._deadline is None:
                self._deadline = self.loop.call_later(HEADER_SECONDS, self._too_slow)
        super().data_received(data)
        # Still in the head after that much, so it is the head that is large and not a body behind it.
        if self._in_head and self._head_bytes > MOST_HEADER_BYTES:
            self._refuse(TOO_LARGE)

    @override
    def on_headers_complete(self) -> None:
        self._in_head = False
        self._forget_deadline()
        if sum(len(name) + len(value) + 4 for name, value in self.headers) + len(self.url) > MOST_HEADER_BYTES:
            self._refuse(TOO_LARGE)
            return
        super().on_headers_complete()

    @override
    def on_body(self, body: bytes) -> None:
        if not self.transport.is_closing():
            super().on_body(body)

    @override
    def on_message_complete(self) -> None:
        self._in_head = True
        self._head_bytes = 0
        if not self.transport.is_closing():
            super().on_message_complete()

    @override
    def handle_websocket_upgrade(self) -> None:
        if not self.transport.is_closing():
            super().handle_websocket_upgrade()

    def _too_slow(self) -> None:
        self._deadline = None
        # While an answer to the request before this one is still being written, nobody is late.
        if self._in_head and not self.transport.is_closing():
            # Browsers open connections that they may need: those end without a word.
            self._refuse(TOO_SLOW if self._head_bytes else b"")

    def _refuse(self, answer: bytes) -> None:
        self._forget_deadline()
        if not self.transport.is_closing():
            self.transport.write(answer)
            self.transport.close()

    def _forget_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


class WebSocket(WebSocketsSansIOProtocol):
    """A WebSocket that forgets how it was opened, once it is: thousands are open for hours."""

    @override
    def start_keepalive(self) -> None:
        """What uvicorn calls when the socket is open; Socket.IO itself asks whether its clients are there."""
        del self.request, self.response

    @override
    def shutdown(self) -> None:
        """Say goodbye, and nothing more to a client who is leaving already: the server's end goes on."""
        try:
            super().shutdown()
        except InvalidState:
            self.transport.close()


class Server(UvicornServer):
    """A server that ends in peace on SIGINT and SIGTERM, at once on the second one."""

    def __init__(
        self,
        config: Config,
        on_ready: Callable[[], None],
        on_end: Callable[[], None],
        hang_up: Callable[[], Awaitable[None]],
    ) -> None:
        super().__init__(config)
        self._on_ready = on_ready
        self._on_end = on_end
        self._hang_up = hang_up

    @override
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._on_ready()

    @override
    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._on_end()
        # The first stops listening before it waits, so whoever is hung up on comes back to the next process, not here.
        await asyncio.gather(super().shutdown(sockets), self._hang_up())

    @override
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Hear the signals while serving; unlike uvicorn's own, do not die of them afterwards."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            # Only the main thread hears signals; a test serves from wherever it runs.
            with contextlib.suppress(RuntimeError, ValueError):
                loop.add_signal_handler(number, self.handle_exit, number, None)
        try:
            yield
        finally:
            for number in (signal.SIGINT, signal.SIGTERM):
                with contextlib.suppress(RuntimeError, ValueError):
                    loop.remove_signal_handler(number)

    @override
    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self.force_exit = self.should_exit
        self.should_exit = True


def new_server(
    app: object, on_ready: Callable[[], None] = lambda: None, on_end: Callable[[], None] = lambda: None
) -> Server:
    """A server for this ASGI application; it serves the listening sockets that its `serve` is given.

    `on_ready` is called when requests are answered, `on_end` when they soon will not be. An application that holds
    requests open, as polls are, has a coroutine `hang_up()` that answers them: else the end waits for its grace.
    """
    return Server(
        Config(
            cast("ASGI3Application", app),
            loop="none",
            http=Connection,
            ws=WebSocket,
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,  # the gate believes only the proxies that the settings name
            ws_per_message_deflate=False,  # 100 KB a socket
            ws_max_size=MOST_SOCKET_BYTES,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=GRACE_SECONDS,
        ),
        on_ready,
        on_end,
        getattr(app, "hang_up", _hold_nothing),
    )


async def _hold_nothing() -> None:
    """An application without requests that wait has nobody to hang up on."""
