"""Tasks of the tests' own, in a runner like the program's."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from revivatech.jobs.metrics import measure
from revivatech.jobs.queue import App, Blueprint, new_app

RunnerOf = Callable[[Blueprint], AbstractAsyncContextManager[App]]


@pytest.fixture
def runner(database_url: str) -> RunnerOf:
    """Runs a blueprint's tasks, as `test:…`, beside a block."""

    @asynccontextmanager
    async def run(blueprint: Blueprint) -> AsyncIterator[App]:
        app = new_app(database_url, {"test": blueprint})
        async with app.open_async():
            working = asyncio.create_task(
                app.run_worker_async(
                    concurrency=2,
                    install_signal_handlers=False,
                    shutdown_graceful_timeout=0.5,
                    delete_jobs="successful",
                    worker_middleware=[measure],
                    fetch_job_polling_interval=0.2,
                )
            )
            try:
                yield app
            finally:
                working.cancel()
                await asyncio.gather(working, return_exceptions=True)

    return run
