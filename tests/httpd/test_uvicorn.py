"""Each member of uvicorn that the server builds upon, which uvicorn promises to nobody.

pyproject.toml keeps uvicorn below its next minor version. Whoever raises the bound reads what changed in
`httptools_impl.py`, `websockets_sansio_impl.py`, `flow_control.py` and `server.py` first, then runs this and the rest
of this folder.
"""

import inspect
import tomllib
from pathlib import Path
from typing import Any

import pytest
from uvicorn import Config
from uvicorn import Server as UvicornServer
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState
from websockets.server import ServerProtocol

PYPROJECT = Path(__file__).parents[2] / "pyproject.toml"
INTERNALS = ("uvicorn", "python-engineio", "python-socketio")
METHODS = [
    (HttpToolsProtocol, "connection_made", ["transport"]),
    (HttpToolsProtocol, "connection_lost", ["exc"]),
    (HttpToolsProtocol, "data_received", ["data"]),
    (HttpToolsProtocol, "on_headers_complete", []),
    (HttpToolsProtocol, "on_body", ["body"]),
    (HttpToolsProtocol, "on_message_complete", []),
    (HttpToolsProtocol, "on_response_complete", []),
    (HttpToolsProtocol, "handle_websocket_upgrade", []),
    (HttpToolsProtocol, "send_400_response", ["msg"]),
    (HttpToolsProtocol, "pause_writing", []),
    (HttpToolsProtocol, "resume_writing", []),
    (HttpToolsProtocol, "shutdown", []),
    (FlowControl, "resume_reading", []),
    (WebSocketsSansIOProtocol, "connection_made", ["transport"]),
    (WebSocketsSansIOProtocol, "connection_lost", ["exc"]),
    (WebSocketsSansIOProtocol, "data_received", ["data"]),
    (WebSocketsSansIOProtocol, "handle_ping", []),
    (WebSocketsSansIOProtocol, "handle_parser_exception", []),
    (WebSocketsSansIOProtocol, "run_asgi", []),
    (WebSocketsSansIOProtocol, "start_keepalive", []),
    (WebSocketsSansIOProtocol, "pause_writing", []),
    (WebSocketsSansIOProtocol, "resume_writing", []),
    (WebSocketsSansIOProtocol, "shutdown", []),
    (UvicornServer, "startup", ["sockets"]),
    (UvicornServer, "shutdown", ["sockets"]),
    (UvicornServer, "capture_signals", []),
    (UvicornServer, "handle_exit", ["sig", "frame"]),
    (ServerProtocol, "reject", ["status", "text"]),
    (ServerProtocol, "data_to_send", []),
]
HTTP_ATTRIBUTES = [
    "client",
    "cycle",
    "flow",
    "headers",
    "loop",
    "parser",
    "pipeline",
    "scope",
    "server_state",
    "transport",
]
WEBSOCKET_ATTRIBUTES = [
    "client",
    "conn",
    "disconnected",
    "handshake_initiated",
    "logger",
    "loop",
    "transport",
    "writable",
]
CYCLE_ATTRIBUTES = ["disconnected", "keep_alive", "message_event", "response_complete", "response_started", "transport"]


@pytest.mark.parametrize(("owner", "name", "parameters"), METHODS)
def test_a_method_that_is_called_or_replaced(owner: type, name: str, parameters: list[str]) -> None:
    """It is there, and takes what it took."""
    assert list(inspect.signature(getattr(owner, name)).parameters)[1:] == parameters


@pytest.mark.parametrize("protocol", [HttpToolsProtocol, WebSocketsSansIOProtocol])
def test_a_protocol_is_made_as_it_was(protocol: Any) -> None:
    """By the configuration, the state that all share, the application's state and a loop."""
    parameters = list(inspect.signature(protocol.__init__).parameters)
    assert parameters == ["self", "config", "server_state", "app_state", "_loop"]


async def _nothing(scope: Any, receive: Any, send: Any) -> None:
    del scope, receive, send


@pytest.mark.anyio
async def test_the_attributes_that_are_read_and_set() -> None:
    """Each is there once a protocol is made; the cycle of a request has those that its early end is built upon."""
    config = Config(_nothing, http=HttpToolsProtocol, ws=WebSocketsSansIOProtocol, log_config=None)
    state = ServerState()
    http = HttpToolsProtocol(config, state, {})
    chat = WebSocketsSansIOProtocol(config, state, {})
    cycle = inspect.signature(RequestResponseCycle.__init__).parameters

    assert [name for name in HTTP_ATTRIBUTES if not hasattr(http, name)] == []
    assert [name for name in WEBSOCKET_ATTRIBUTES if not hasattr(chat, name)] == []
    set_by_cycle = inspect.getsource(RequestResponseCycle.__init__)
    assert [name for name in CYCLE_ATTRIBUTES if f"self.{name}" not in set_by_cycle] == []
    assert {"transport", "keep_alive", "on_response"} <= set(cycle)
    assert state.connections == set()
    assert hasattr(http.parser, "should_upgrade")
    assert FlowControl(None).read_paused is False  # type: ignore[arg-type]


def test_the_attributes_that_appear_later() -> None:
    """The address of a request, and the handshake that an open WebSocket forgets."""
    assert "self.url" in inspect.getsource(HttpToolsProtocol.on_message_begin)
    connect = inspect.getsource(WebSocketsSansIOProtocol.handle_connect)
    assert all(f"self.{name}" in connect for name in ("request", "response", "scope"))


def test_what_is_built_upon_internals_is_bounded() -> None:
    """The next minor version of each is taken on purpose."""
    project = tomllib.loads(PYPROJECT.read_text())["project"]
    needed = [line for line in project["dependencies"] if line.startswith(INTERNALS)]

    assert len(needed) == 3
    assert [line for line in needed if "<" not in line] == []
