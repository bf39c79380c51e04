"""The library's ways, where ours differ: who goes must not cost more the more others stay."""

from typing import Any

import pytest
import socketio
from typing_extensions import override

from revivatech.realtime.library import Manager


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
