"""Pages ask nobody but the portal itself (R134)."""

from urllib.parse import urlsplit

import pytest

from support.people import People
from support.visiting import Visit

pytestmark = pytest.mark.anyio

PAGES = (
    "/customer/sign-in",
    "/customer/register",
    "/customer/dashboard",
    "/customer/account",
    "/customer/account/security/two-step",
    "/customer/account/privacy",
)


async def test_r134_every_request_of_a_page_goes_to_the_portal(visit: Visit, people: People) -> None:
    """Documents, styles, scripts, fonts, pictures, calls and sockets of each page have our origin."""
    anna = await visit()
    asked: list[str] = []
    anna.page.on("request", lambda request: asked.append(request.url))
    anna.page.on("websocket", lambda socket: asked.append(socket.url))
    await anna.sign_in(people.anna)
    for path in PAGES:
        await anna.open(path)

    hosts = {urlsplit(url).netloc for url in asked if not url.startswith(("data:", "blob:"))}
    assert len(asked) > len(PAGES)
    assert hosts == {urlsplit(anna.url).netloc}
