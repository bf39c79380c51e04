"""Bad lines: the page says how fresh it is, goes on without a WebSocket, and catches up by itself."""

from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest
from playwright.async_api import expect

from support.desk import Desk
from support.people import People
from support.proxy import Proxy, proxied
from support.serving import Served
from support.visiting import Visit, until_live

pytestmark = pytest.mark.anyio


@pytest.fixture
async def line(served: Served) -> AsyncIterator[Proxy]:
    """The line between the browser and the portal, which can be cut."""
    port = urlsplit(served.url).port
    assert port
    async with proxied(0, [port]) as proxy:
        yield proxy


async def test_a_page_catches_up_after_the_line_was_cut(line: Proxy, visit: Visit, people: People, desk: Desk) -> None:
    """Cut, the page says so with the time of the last news; whole again, it shows what happened meanwhile."""
    repair = (await desk.take_in(people.anna))["repair"]
    anna = await visit(line.url)
    anna.forgive("ERR_", "WebSocket connection")
    await anna.sign_in(people.anna)
    await anna.open(f"/customer/repairs/{repair['id']}")
    await until_live(anna.page)

    await line.cut()
    connection = anna.page.locator(".topbar-end [data-connection]")
    await expect(connection).to_have_attribute("data-state", "reconnecting")
    await expect(connection).to_contain_text("last news")
    await desk.move(repair["id"], "diagnosing")
    await expect(anna.page.locator("main [data-status=diagnosing]")).to_have_count(0)

    line.mend()
    await expect(anna.page.locator("#repair-now [data-status=diagnosing]")).to_be_visible()
    await until_live(anna.page)


async def test_a_page_that_was_offline_says_so_and_returns(visit: Visit, people: People, desk: Desk) -> None:
    """Without a network the page says that; with it again it is live, whether or not the socket outlived the pause."""
    repair = (await desk.take_in(people.anna))["repair"]
    anna = await visit()
    anna.forgive("ERR_", "WebSocket connection")
    await anna.sign_in(people.anna)
    await anna.open(f"/customer/repairs/{repair['id']}")
    await until_live(anna.page)

    await anna.context.set_offline(True)
    connection = anna.page.locator(".topbar-end [data-connection]")
    await expect(connection).to_have_attribute("data-state", "offline")

    await anna.context.set_offline(False)
    await until_live(anna.page)
    await desk.move(repair["id"], "diagnosing")
    await expect(anna.page.locator("#repair-now [data-status=diagnosing]")).to_be_visible()


async def test_without_a_websocket_the_news_come_by_polling(
    line: Proxy, visit: Visit, people: People, desk: Desk
) -> None:
    """Where a proxy refuses WebSockets the page is live through plain requests."""
    repair = (await desk.take_in(people.anna))["repair"]
    line.passes_sockets = False
    anna = await visit(line.url)
    anna.forgive("WebSocket connection")
    await anna.sign_in(people.anna)
    await anna.open(f"/customer/repairs/{repair['id']}")
    await until_live(anna.page)

    await desk.move(repair["id"], "diagnosing")

    await expect(anna.page.locator("#repair-now [data-status=diagnosing]")).to_be_visible()
    await expect(anna.page.locator("#toasts .toast")).to_have_count(1)
