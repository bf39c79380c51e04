"""The response to a WebSocket handshake: it carries the headers of every response, and a refusal is plain HTTP."""

from collections.abc import Sequence

from revivatech.web.asgi import Message, Scope, Send
from revivatech.web.edge.response import Answer

FORBIDDEN = 403


class Handshake:
    """The `send` of one WebSocket: adds the common headers to the handshake's response, then passes messages on.

    ASGI lets a server answer a handshake with any HTTP response by its extension `websocket.http.response`; without
    one, what ends the handshake is a bare 403.
    """

    def __init__(self, scope: Scope, send: Send, request_id: str, common: Sequence[tuple[bytes, bytes]]) -> None:
        self._send = send
        self._common = common
        self._is_answered = False
        self._refusal = Answer({**scope, "method": "GET"}, self._send_http, request_id, common)

    async def __call__(self, message: Message) -> None:
        """Send a message of the application on."""
        if self._is_answered:
            await self._send(message)
        elif message["type"] == "websocket.accept":
            self._is_answered = True
            await self._send({**message, "headers": [*message.get("headers", ()), *self._common]})
        elif message["type"] == "websocket.close":
            await self.refuse(FORBIDDEN, "forbidden", "This connection is not allowed.")
        else:
            await self._refusal({**message, "type": message["type"].removeprefix("websocket.")})

    async def refuse(self, status: int, code: str, detail: str) -> None:
        """End the handshake with a problem document."""
        self._is_answered = True
        await self._refusal.problem(status, code, detail)

    async def _send_http(self, message: Message) -> None:
        await self._send({**message, "type": f"websocket.{message['type']}"})
