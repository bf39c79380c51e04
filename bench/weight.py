"""What a browser loads."""

import asyncio
import shutil
from collections.abc import Iterator

from playwright.async_api import async_playwright

from bench.budget import Budget
from bench.clients import cookie_of
from bench.program import PORT, Program, running


async def _first_visit(program: Program) -> tuple[int, int, int]:
    """Bytes over the wire and requests of a first visit of the dashboard, and bytes of the next page."""
    async with async_playwright() as playwright:
        chromium = shutil.which("chromium") or "/usr/bin/chromium"
        browser = await playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-background-networking"]
        )
        page = await (await browser.new_context()).new_page()
        await page.goto(program.url + "/customer/sign-in")
        cookie = cookie_of(program, "customer-3@bench.example")
        name, _, value = cookie.partition("=")
        fresh = await browser.new_context()
        await fresh.add_cookies([{"name": name, "value": value, "url": program.url, "secure": True, "httpOnly": True}])
        page = await fresh.new_page()
        protocol = await fresh.new_cdp_session(page)
        await protocol.send("Network.enable")
        sizes: list[int] = []
        protocol.on("Network.loadingFinished", lambda event: sizes.append(int(event["encodedDataLength"])))
        await page.goto(program.url + "/customer/dashboard", wait_until="networkidle")
        first, requests = sum(sizes), len(sizes)
        sizes.clear()
        await page.goto(program.url + "/customer/repairs", wait_until="networkidle")
        later = sum(sizes)
        await browser.close()
    return first, requests, later


def weight() -> Iterator[Budget]:
    """What the browser loads."""
    with running(PORT) as program:
        first, requests, later = asyncio.run(_first_visit(program))
    yield Budget(
        "first visit of the dashboard",
        "<= 100 KB in <= 10 requests",
        f"{first / 1000:.0f} KB in {requests}",
        first <= 100_000 and requests <= 10,
        "218 KB in 10",
    )
    yield Budget("a later page", "<= 15 KB", f"{later / 1000:.1f} KB", later <= 15_000)
