"""The portal as people reach it: the real program behind a real socket, in the test's own event loop."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx
import msgspec

from revivatech.app import create_app
from revivatech.cli.listening import listen
from revivatech.httpd import new_server
from revivatech.settings import Settings
from support.people import Person

# A client of its own trust would read the world's certificates each time, to speak plain HTTP.
NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
# A page of a browser on our origin.
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}


@dataclass(frozen=True, slots=True)
class Served:
    """A portal that answers at `url`."""

    url: str
    settings: Settings
    client: httpx.AsyncClient

    async def sign_in(self, person: Person) -> dict[str, str]:
        """The headers of an API client that has signed in."""
        answer = await self.client.post(
            f"/api/{person.realm}/auth/login", json={"email": person.email, "password": person.password}
        )
        assert answer.status_code == 200, answer.text
        return {"Authorization": f"Bearer {answer.json()['accessToken']}"}

    async def sign_in_browser(self, person: Person) -> dict[str, str]:
        """The headers of a browser that has signed in by the page's form: its cookies, and where a request comes from.

        Written out as headers, because Python's clients do not send Secure cookies over http, which browsers do to
        their own machine.
        """
        answer = await self.client.post(
            f"/{person.realm}/sign-in",
            data={"email": person.email, "password": person.password},
            headers={**SAME_ORIGIN, "Origin": self.url},
        )
        assert answer.status_code == 303, answer.text
        cookies = [line.partition(";")[0] for line in answer.headers.get_list("set-cookie")]
        self.client.cookies.clear()
        return {**SAME_ORIGIN, "Origin": self.url, "Cookie": "; ".join(cookies)}


@asynccontextmanager
async def serve(settings: Settings, host: str = "127.0.0.1") -> AsyncIterator[Served]:
    """The portal with these settings on a free port, ready to be asked, ended at the end of the block.

    `host` is the name by which it is opened: `localhost` for what needs a name, as passkeys do.
    """
    listener = listen("127.0.0.1", 0)
    port = listener.getsockname()[1]
    url = f"http://{host}:{port}"
    settings = msgspec.structs.replace(settings, host="127.0.0.1", port=port, public_url=url)
    server = new_server(create_app(settings), settings)
    running = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        while not server.started:
            if running.done():
                running.result()
                raise RuntimeError("The server ended before it was ready.")
            await asyncio.sleep(0.005)
        async with httpx.AsyncClient(base_url=url, timeout=15, verify=NO_CERTIFICATES) as client:
            yield Served(url, settings, client)
    finally:
        server.should_exit = True
        await running
