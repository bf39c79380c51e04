"""Floods and malformed frames, stopped before the library parses them."""

import re
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]

# What a client says by hand: typing, subscribing, asking for what it missed.
EVENTS_A_SECOND = 30
# Frames also carry pongs and the upgrade.
FRAMES_A_SECOND = 60
# Engine.IO's close, probe, pong, upgrade, noop; or a Socket.IO connect, disconnect, event, acknowledgement. We take no
# binary: a frame that announces attachments would make the library wait for them.
FRAME = re.compile(r"[1356]$|[23]probe$|4[0-3]")
UPGRADE = "5"
POLICY_VIOLATION = 1008


class Bucket:
    """A token bucket: so many a second, and as many again at once."""

    __slots__ = ("_at", "_left", "_rate")

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._left = rate * 2
        self._at = time.monotonic()

    def take(self) -> bool:
        """Return whether one more is allowed now."""
        now = time.monotonic()
        self._left = min(self._rate * 2, self._left + (now - self._at) * self._rate)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


class FrameGuard:
    """The incoming side of one WebSocket: at the first frame that is wrong or too many, the client seems to hang up.

    `engine_id` is set once the library has named the connection; `is_closed` tells whether the library is done with
    one, because it reads on from a client that ignores being closed. `upgraded` hears of a client that has polled and
    goes on here.
    """

    __slots__ = ("_bucket", "_is_closed", "_receive", "_upgraded", "engine_id")

    def __init__(
        self,
        receive: Receive,
        is_closed: Callable[[str], bool],
        upgraded: Callable[[str], None],
        engine_id: str | None,
    ) -> None:
        self._receive = receive
        self._is_closed = is_closed
        self._upgraded = upgraded
        self._bucket = Bucket(FRAMES_A_SECOND)
        self.engine_id = engine_id

    async def __call__(self) -> Message:
        """The next message of the server, as ASGI has it."""
        message = await self._receive()
        if message["type"] == "websocket.receive" and not self._is_welcome(message.get("text")):
            return {"type": "websocket.disconnect", "code": POLICY_VIOLATION}
        return message

    def _is_welcome(self, text: str | None) -> bool:
        if text is None or not FRAME.match(text) or not self._bucket.take():
            return False
        if self.engine_id is None:
            return True
        if text == UPGRADE:
            self._upgraded(self.engine_id)
        return not self._is_closed(self.engine_id)
