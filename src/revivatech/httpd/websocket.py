"""A WebSocket: it forgets how it was opened, and must be admitted and be read."""

import asyncio
import logging
import math
from typing import Any, cast

from typing_extensions import override
from uvicorn import Config
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState
from websockets.exceptions import InvalidState
from websockets.http11 import Response
from websockets.server import ServerProtocol
from websockets.typing import StatusLike

from revivatech.httpd.connections import Connections
from revivatech.httpd.state import State
from revivatech.httpd.writing import Writer
from revivatech.realtime.ports import PLACE
from revivatech.web.edge.response import headers_of_all

# The sockets close a connection within 10 s on which nobody signs in; this is for what they do not see.
ADMISSION_SECONDS = 15.0


class _Handshaker(ServerProtocol):
    """The library's protocol, whose refusals carry the headers of every response (R52)."""

    def __init__(self, connections: Connections, max_size: int, logger: logging.Logger) -> None:
        super().__init__(max_size=max_size, logger=logger)
        self._headers = headers_of_all(connections.settings)

    @override
    def reject(self, status: StatusLike, text: str) -> Response:
        response = super().reject(status, text)
        for name, value in self._headers:
            response.headers[name.decode()] = value.decode()
        return response


class WebSocket(Writer, WebSocketsSansIOProtocol):
    """A WebSocket; thousands are open for hours.

    In its scope it is the extension `revivatech.place` (`realtime/ports.py`): the application says when somebody has
    signed in, and until then the connection may be dropped to make room for another.
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
        self.conn = _Handshaker(self._open, max_size=config.ws_max_size, logger=self.logger)
        self._deadline = math.inf
        self._peer = ""

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._deadline = self.loop.time() + ADMISSION_SECONDS
        self.bound_writing()
        self._peer = self.client[0] if self.client else ""
        self._open.enter(self, self._peer)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._open.leave(self)
        super().connection_lost(exc)

    @override
    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if not self.handshake_initiated and not self.transport.is_closing():
            # The head came whole, and is none of a handshake: it has a body, or more than the library takes.
            self.transport.write(self._open.refusals.malformed)
            self.transport.close()

    @override
    def handle_parser_exception(self) -> None:
        """End what is no WebSocket; where the handshake is none already, there is no WebSocket to close."""
        if self.handshake_initiated:
            super().handle_parser_exception()

    @override
    async def run_asgi(self) -> None:
        self.scope["extensions"] = {**(self.scope["extensions"] or {}), PLACE: {"place": self}}
        await super().run_asgi()

    @override
    def start_keepalive(self) -> None:
        """Return what uvicorn calls when the socket is open; Socket.IO itself asks whether its clients are there."""
        del self.request, self.response

    @override
    def pause_writing(self) -> None:
        super().pause_writing()
        self.note_paused()

    @override
    def resume_writing(self) -> None:
        super().resume_writing()
        self.note_resumed()

    @override
    def handle_ping(self) -> None:
        """Answer a ping frame, unless the client does not read: it would have us keep a pong for each."""
        if self.writable.is_set():
            super().handle_ping()
        else:
            self.conn.data_to_send()

    @override
    def shutdown(self) -> None:
        """Say goodbye, and nothing more to a client who is leaving already: the server's end goes on."""
        try:
            super().shutdown()
        except InvalidState:
            self.transport.close()

    # ------------------------------------------------------------ its place among the connections

    def hold(self) -> None:
        """Keep the connection while somebody is about to sign in on it."""
        self._open.hold(self)

    def admit(self) -> None:
        """Keep the connection, without a deadline: somebody has signed in on it."""
        self._deadline = math.inf
        self._open.admit(self)

    def give_way(self) -> None:
        """Drop the connection soon, and sooner where another one needs its place: nobody is signed in on it."""
        self._deadline = self.loop.time() + ADMISSION_SECONDS
        self._open.leave(self)
        if not self.transport.is_closing():
            self._open.enter(self, self._peer)

    def check(self, now: float) -> str:
        """Drop the connection where it is overdue, and return with what."""
        reason = "write" if self.is_stuck(now) else "socket" if now >= self._deadline else ""
        if reason:
            self.drop()
        return reason

    def drop(self) -> None:
        """Close it at once."""
        self._open.leave(self)
        # Who is about to send hears of it before the transport says so.
        self.disconnected = True
        self.writable.set()
        self.reset()
