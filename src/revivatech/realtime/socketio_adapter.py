"""python-socketio as the portal has it: quiet, and answering no more than it was told to."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import engineio
import socketio
from engineio.async_socket import AsyncSocket

from revivatech.realtime.json_codec import JsonCodec
from revivatech.realtime.packets import PacketQueue

LARGEST_MESSAGE = 100_000
PING_INTERVAL = 25
PING_TIMEOUT = 20


class Manager(socketio.AsyncManager):  # type: ignore[misc]
    """The library's rooms of this process; it calls `connected` once a client has been told that it is."""

    def __init__(self, connected: Callable[[str], Awaitable[None]]) -> None:
        super().__init__()
        self._on_connected = connected

    async def connect(self, sid: str, namespace: str) -> str:
        """Register a connected client."""
        connected: str = await super().connect(sid, namespace)
        await self._on_connected(connected)
        return connected

    def basic_disconnect(self, sid: str, namespace: str, **_: object) -> None:
        """Forget a client. It is in the room of all and in its own, and in no other.

        The library looks for it in everybody's rooms: 5,000 that went at once held the process up for seconds (F26).
        """
        for room in (None, sid):
            self.basic_leave_room(sid, namespace, room)
        self.callbacks.pop(sid, None)
        for pending in (self.pending_connect, self.pending_disconnect):
            waiting = pending.get(namespace, [])
            if sid in waiting:
                waiting.remove(sid)
                if not waiting:
                    del pending[namespace]


class EngineServer(engineio.AsyncServer):  # type: ignore[misc]
    """The library's connections, whose next pings end with them.

    The library lets a task sleep on for 25 s behind each: who connects a thousand times a second leaves 25,000.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - the library's own signature
        super().__init__(*args, **kwargs)
        self._pings: dict[str, asyncio.Task[Any]] = {}

    def start_background_task(self, target: Callable[..., Any], *args: Any, **kwargs: Any) -> asyncio.Task[Any]:  # noqa: ANN401
        """Start a task for the library."""
        task: asyncio.Task[Any] = super().start_background_task(target, *args, **kwargs)
        if getattr(target, "__func__", None) is AsyncSocket._send_ping:  # noqa: SLF001 - told from the other tasks
            self._pings[target.__self__.sid] = task  # type: ignore[attr-defined]
        return task

    def forget(self, engine_id: str) -> None:
        """End what is still to be done for a connection that is closed."""
        task = self._pings.pop(engine_id, None)
        # It is the ping itself that finds a client gone.
        if task is not None and task is not asyncio.current_task():
            task.cancel()


class Server(socketio.AsyncServer):  # type: ignore[misc]
    """The library's server, which takes no event from a client but those that it has a handler for."""

    def _engineio_server_class(self) -> type[EngineServer]:
        return EngineServer

    async def _handle_event(self, eio_sid: str, namespace: str | None, id: int | None, data: object) -> None:  # noqa: A002
        # Unguarded, a client's event named "connect" would reach the connect handler with an environ of its choice.
        name = data[0] if isinstance(data, list) and data else None
        if not isinstance(name, str):
            raise TypeError("an event is a list that begins with its name")
        if name in self.reserved_events or name not in self.handlers.get("/", {}):
            return
        await super()._handle_event(eio_sid, namespace, id, data)


def new_server(
    connected: Callable[[str], Awaitable[None]], is_welcome: Callable[[str | None, dict[str, Any]], bool]
) -> Server:
    """A server without handlers; `connected` hears of each client once it knows, `is_welcome` judges an origin."""
    # The library logs what clients send wrongly; that would let them fill our log.
    quiet = logging.getLogger("revivatech.realtime.socketio")
    quiet.setLevel(logging.CRITICAL)
    server = Server(
        client_manager=Manager(connected),
        async_mode="asgi",
        json=JsonCodec,
        async_handlers=False,
        logger=quiet,
        engineio_logger=quiet,
        ping_interval=PING_INTERVAL,
        ping_timeout=PING_TIMEOUT,
        max_http_buffer_size=LARGEST_MESSAGE,
        http_compression=False,
        cookie=None,
        cors_allowed_origins=is_welcome,
    )
    server.eio.create_queue = PacketQueue
    return server
