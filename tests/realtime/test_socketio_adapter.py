"""The library's ways, where ours differ: who goes must not cost more the more others stay."""

from typing import Any

import engineio
import pytest
import socketio
from engineio.async_socket import AsyncSocket
from typing_extensions import override

from revivatech.realtime.socketio_adapter import EngineServer, Manager, Server

MEMBERS = [
    (socketio.AsyncServer, "_engineio_server_class"),
    (socketio.AsyncServer, "_handle_eio_connect"),
    (socketio.AsyncServer, "_handle_eio_message"),
    (socketio.AsyncServer, "_handle_eio_disconnect"),
    (socketio.AsyncServer, "_handle_event"),
    (socketio.AsyncManager, "basic_leave_room"),
    (socketio.AsyncManager, "basic_disconnect"),
    (engineio.AsyncServer, "start_background_task"),
    (engineio.AsyncServer, "create_queue"),
    (AsyncSocket, "_send_ping"),
    (AsyncSocket, "close"),
    (AsyncSocket, "send"),
]


@pytest.mark.parametrize(("owner", "name"), MEMBERS)
def test_a_member_that_nobody_promises_is_there(owner: type, name: str) -> None:
    """pyproject.toml keeps both libraries below their next minor version; whoever raises that runs this first."""
    assert callable(getattr(owner, name))


def test_the_attributes_of_a_connection_that_nobody_promises() -> None:
    """What the engine reads of the library's sockets."""
    server = Server(async_mode="asgi")
    socket = AsyncSocket(server.eio, "sid")

    assert isinstance(server.eio, EngineServer)
    assert [name for name in ("closed", "queue", "upgraded") if not hasattr(socket, name)] == []
    assert (server.eio.sockets, server.environ) == ({}, {})


class Guarded(dict[Any, Any]):
    """Rooms that may be looked up, and not looked through."""

    @override
    def copy(self) -> Any:
        raise AssertionError("everybody's rooms were looked through")

    @override
    def items(self) -> Any:
        raise AssertionError("everybody's rooms were looked through")


@pytest.mark.anyio
async def test_f26_who_goes_looks_through_nobody_elses_rooms() -> None:
    """Thousands of sockets may go at once; afterwards nothing of them is left, and the others are where they were."""

    async def connected(_: str) -> None:
        pass

    manager = Manager(connected)
    socketio.AsyncServer(client_manager=manager)
    sids = [await manager.connect(f"engine-{number}", "/") for number in range(3)]
    manager.rooms["/"] = Guarded(manager.rooms["/"])

    manager.pre_disconnect(sids[0], "/")
    manager.basic_disconnect(sids[0], "/")

    assert not manager.is_connected(sids[0], "/")
    assert set(dict.keys(manager.rooms["/"])) == {None, sids[1], sids[2]}
    assert manager.pending_disconnect == {}
    assert manager.is_connected(sids[1], "/")
    for sid in sids[1:]:
        manager.basic_disconnect(sid, "/")
    manager.basic_disconnect(sids[2], "/")
    assert manager.rooms == {}
