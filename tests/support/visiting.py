"""Somebody at a browser: a context of their own, a page, and a record of everything that should not happen there."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from support.people import Person

PATIENCE = 15_000
expect.set_options(timeout=PATIENCE)

# A violation of the policy is an event of the page before it is a line of its console.
WATCH_POLICY = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy: ${event.violatedDirective} blocked ${event.blockedURI || event.sample}`));
"""


LIVE = "[data-connection][data-state=live]"


async def until_live(page: Page) -> None:
    """Wait until the page says that it hears the server."""
    await page.wait_for_selector(LIVE, state="attached")


@dataclass
class Visitor:
    """A browser context with its first page. `complaints` is what its pages did that they should not."""

    url: str
    context: BrowserContext
    page: Page
    complaints: list[str] = field(default_factory=list)
    forgiven: tuple[str, ...] = ()

    def forgive(self, *words: str) -> None:
        """Do not complain of console lines with these words: what the test itself has brought about."""
        self.forgiven += words

    async def open(self, path: str) -> None:
        """Load a page."""
        await self.page.goto(self.url + path)

    async def sign_in(self, person: Person) -> None:
        """Sign in by the form, and arrive."""
        await self.open(f"/{person.realm}/sign-in")
        await self.page.fill("#email", person.email)
        await self.page.fill("#password", person.password)
        await self.page.click("form[action$='/sign-in'] button")
        await self.page.wait_for_url(lambda url: "/sign-in" not in url)

    async def new_page(self, path: str = "") -> Page:
        """One more tab, at that path if there is one."""
        page = await self.context.new_page()
        self.watch(page)
        if path:
            await page.goto(self.url + path)
        return page

    def watch(self, page: Page) -> None:
        """Record errors of the page, and requests that leave our origin."""
        page.set_default_timeout(PATIENCE)
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self._on_error(str(error)))
        page.on("request", lambda request: self._on_request(request.url))
        page.on("websocket", lambda socket: self._on_request(socket.url))

    def _on_error(self, error: str) -> None:
        # Chromium's own words when somebody leaves before a page has faded in.
        if not error.startswith(("Transition was ", "AbortError: Transition was ")):
            self.complaints.append(f"error: {error}")

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not any(word in message.text for word in self.forgiven):
            self.complaints.append(f"{message.location.get('url', '')}: {message.text}")

    def _on_request(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"data", "blob"} and parts.netloc != urlsplit(self.url).netloc:
            self.complaints.append(f"a request left: {url}")


# The fixture `visit`: a browser context for one more visitor, with Playwright's own options.
Visit = Callable[..., Awaitable[Visitor]]


@asynccontextmanager
async def visiting(browser: Browser, url: str, **options: Any) -> AsyncIterator[Visitor]:
    """Somebody who visits that portal in a browser with these options; fails if there was anything to complain of."""
    context = await browser.new_context(locale="en-GB", **options)
    try:
        await context.add_init_script(WATCH_POLICY)
        visitor = Visitor(url, context, await context.new_page())
        visitor.watch(visitor.page)
        yield visitor
        assert not visitor.complaints, "\n".join(visitor.complaints)
    finally:
        await context.close()
