"""Waiting for what the program does by itself, without guessing how long it takes."""

import asyncio
from collections.abc import Callable


async def until_true(condition: Callable[[], object], seconds: float = 10.0) -> None:
    """Return as soon as the condition holds; TimeoutError when it never does."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - the condition is anything, and nobody signals its change
            await asyncio.sleep(0.01)
