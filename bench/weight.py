"""What a browser loads."""

import asyncio
import shutil
from collections.abc import Iterator

from playwright.async_api import async_playwright

from bench.budget import Budget
from bench.program import PORT, Program, running
from revivatech.accounts.secrets.passwords import DEMO_PASSWORD as PASSWORD


async def _first_visit(program: Program) -> tuple[int, int, int]:
    """Bytes over the wire and requests of a first visit of the dashboard, and bytes of the next page."""
    chromium = shutil.which("chromium") or "/usr/bin/chromium"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-background-networking"]
        )
        page = await browser.new_page()
        await page.goto(program.url + "/customer/sign-in")
        await page.fill("[name=email]", "customer-3@bench.example")
        await page.fill("[name=password]", PASSWORD)
        await page.press("[name=password]", "Enter")
        await page.wait_for_url("**/customer/dashboard")
        protocol = await page.context.new_cdp_session(page)
        await protocol.send("Network.enable")
        # Signed in, but with nothing of the portal in the browser's cache: the first visit.
        await protocol.send("Network.clearBrowserCache")
        await page.goto("about:blank")
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
    """Return what the browser loads."""
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
