"""The runner beside the web: it begins again after a failure, and it ends when the portal does."""

import asyncio

import pytest

from revivatech import worker
from revivatech.cache.store import Cache
from revivatech.db import Database
from revivatech.settings import Settings

pytestmark = pytest.mark.anyio


async def test_a_runner_that_fails_while_it_ends_is_ended_all_the_same(
    settings: Settings, db: Database, cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database goes away in that moment: the failure takes the cancellation's place, and nobody waits for ever."""
    began = 0

    async def work(*_: object) -> None:
        nonlocal began
        began += 1
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            if began == 1:
                raise ConnectionError("the database has gone") from None
            raise

    monkeypatch.setattr(worker, "work", work)
    monkeypatch.setattr(worker, "END_SECONDS", 0.1)
    async with asyncio.timeout(20), worker.running(settings, db, cache):
        await asyncio.sleep(0)

    assert began >= 1
