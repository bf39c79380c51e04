"""What the journeys share: a portal that does not slow down whoever clicks fast, its desk, its visitors."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import msgspec
import pytest
from playwright.async_api import Browser

from revivatech.settings import Settings
from support.desk import Desk, open_desk
from support.people import People
from support.serving import Served
from support.visiting import Visit, Visitor, visiting


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """As everywhere, without a limit on how much one account may ask."""
    return msgspec.structs.replace(settings, api_rate_limit=1_000_000)


@pytest.fixture
async def desk(served: Served, people: People) -> Desk:
    """The shop's desk."""
    return await open_desk(served, people)


@pytest.fixture
async def visit(browser: Browser, served: Served) -> AsyncIterator[Visit]:
    """Opens a browser context for one more visitor; at the end nobody may have had anything to complain of."""
    async with AsyncExitStack() as stack:

        async def come(url: str = "", **options: Any) -> Visitor:
            return await stack.enter_async_context(visiting(browser, url or served.url, **options))

        yield come
