"""The end of the program: nobody who merely waits may hold it up."""

import time

import pytest

from revivatech.httpd import GRACE_SECONDS
from revivatech.settings import Settings
from support.listening import listening
from support.people import People
from support.serving import serve

pytestmark = pytest.mark.anyio


async def test_a_poll_that_waits_is_answered_and_the_program_ends(settings: Settings, people: People) -> None:
    """A client that polls is hung up on at once, as by a lost network: it is not told that its session has ended."""
    portal = serve(settings)
    served = await portal.__aenter__()
    token = (await served.sign_in(people.anna))["Authorization"].removeprefix("Bearer ")
    async with listening(served.url, token, transports=("polling",)) as socket:
        assert socket.client.transport() == "polling"
        began = time.monotonic()
        await portal.__aexit__(None, None, None)
        seconds = time.monotonic() - began
        await socket.until(lambda: socket.is_closed)

    assert seconds < GRACE_SECONDS - 1
    assert socket.named("session:ended") == []
