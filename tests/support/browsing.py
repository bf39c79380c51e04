"""A real browser: the distribution's Chromium, driven by Playwright."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, async_playwright

# Nothing leaves the machine, and the sandbox, which root may not have, guards against pages that are not our own.
ARGUMENTS = [
    "--no-sandbox",
    # Nobody looks: drawing in software costs as much as everything else of the browser.
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
]


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """A headless browser; its contexts are as separate as people's machines."""
    executable = shutil.which("chromium")
    assert executable, "There is no Chromium: `make test` installs it."
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield browser
        await browser.close()
