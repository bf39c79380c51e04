"""An end to waiting for a body: a client that sends a byte now and then holds nothing here for ever (F23)."""

import asyncio

from revivatech.web.asgi import Message, Receive

BODY_SECONDS = 30.0
# What keeps coming is waited for: a picture of 15 MB over a slow line. A drip gains nothing by it.
SLOWEST_BYTES_A_SECOND = 100_000


def with_deadline(receive: Receive) -> Receive:
    """`receive`, but the body must come within 30 s and a second for each 100 KB; later the client counts as gone."""
    deadline: float | None = None

    async def receive_in_time() -> Message:
        nonlocal deadline
        loop = asyncio.get_running_loop()
        if deadline is None:
            deadline = loop.time() + BODY_SECONDS
        try:
            async with asyncio.timeout_at(deadline):
                message = await receive()
        except TimeoutError:
            return {"type": "http.disconnect"}
        deadline += len(message.get("body", b"")) / SLOWEST_BYTES_A_SECOND
        if message["type"] == "http.request" and not message.get("more_body"):
            # The body is whole; what is waited for from here on is the client going away.
            deadline = float("inf")
        return message

    return receive_in_time
