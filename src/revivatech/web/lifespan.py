"""ASGI's lifespan: what the program opens before the first request, hands to each, and closes after the last."""

import traceback
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager

from revivatech.web.asgi import Receive, Scope, Send

Opened = Callable[[], AbstractAsyncContextManager[Mapping[str, object]]]


class Lifespan:
    """ASGI, for the scope `lifespan` alone: the opened things are in each request's `scope["state"]` by their names.

    https://asgi.readthedocs.io/en/latest/specs/lifespan.html
    """

    def __init__(self, opened: Opened) -> None:
        self._opened = opened

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Open, wait for the end, close; the server is told of whatever fails, and it is raised here too."""
        phase = "startup"
        await receive()
        try:
            async with self._opened() as state:
                scope["state"].update(state)
                await send({"type": "lifespan.startup.complete"})
                await receive()
                phase = "shutdown"
        except BaseException:
            await send({"type": f"lifespan.{phase}.failed", "message": traceback.format_exc()})
            raise
        await send({"type": "lifespan.shutdown.complete"})
