"""The server: it listens, looks after its connections, and ends when it is told to."""

import asyncio
import contextlib
import signal
import socket
from collections.abc import Awaitable, Callable, Iterator
from types import FrameType
from typing import cast

from typing_extensions import override
from uvicorn import Config
from uvicorn import Server as UvicornServer
from uvicorn._types import ASGI3Application

from revivatech.httpd.connection import Connection
from revivatech.httpd.connections import Connections
from revivatech.httpd.state import State
from revivatech.httpd.websocket import WebSocket
from revivatech.httpd.writing import bound_kernel
from revivatech.settings import Settings

KEEP_ALIVE_SECONDS = 75
# What a request that is under way has left when the program is told to end.
GRACE_SECONDS = 3
# Above the largest thing that a client of ours says over a socket, far below what would hurt.
MOST_SOCKET_BYTES = 64 * 1024


class Server(UvicornServer):
    """A server that ends in peace on SIGINT and SIGTERM, at once on the second one."""

    def __init__(
        self,
        config: Config,
        connections: Connections,
        on_ready: Callable[[], None],
        on_end: Callable[[], None],
        hang_up: Callable[[], Awaitable[None]],
    ) -> None:
        super().__init__(config)
        self.server_state = State(connections)
        self._open = connections
        self._on_ready = on_ready
        self._on_end = on_end
        self._hang_up = hang_up
        self._next_sweep: asyncio.TimerHandle | None = None

    @override
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        for listener in sockets or ():
            bound_kernel(listener, self._open.settings.write_seconds)
        await super().startup(sockets)
        self._sweep()
        if self.started:
            self._on_ready()

    @override
    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._on_end()
        # The first stops listening before it waits, so whoever is hung up on comes back to the next process, not here.
        await asyncio.gather(super().shutdown(sockets), self._hang_up())
        if self._next_sweep is not None:
            self._next_sweep.cancel()
        self._open.drop_all()

    def _sweep(self) -> None:
        loop = asyncio.get_running_loop()
        self._next_sweep = loop.call_later(self._open.tick, self._sweep)
        self._open.sweep(loop.time())

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
    app: object,
    settings: Settings,
    on_ready: Callable[[], None] = lambda: None,
    on_end: Callable[[], None] = lambda: None,
) -> Server:
    """Return a server for this ASGI application; it serves the listening sockets that its `serve` is given.

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
            proxy_headers=False,  # the edge believes only the proxies that the settings name
            ws_per_message_deflate=False,  # 100 KB a socket
            ws_max_size=MOST_SOCKET_BYTES,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=GRACE_SECONDS,
        ),
        Connections(settings),
        on_ready,
        on_end,
        getattr(app, "hang_up", _hold_nothing),
    )


async def _hold_nothing() -> None:
    """An application without requests that wait has nobody to hang up on."""
