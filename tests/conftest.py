"""What every test may ask for. The servers are real; each test has a database, a Valkey and a folder of its own."""

import asyncio
import functools
import gc
import inspect
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp  # noqa: F401 - before the program, which keeps it from the library that the tests' sockets are made of
import pytest
import redis
from playwright.async_api import Browser

from revivatech.cache.store import Cache
from revivatech.db import Database
from revivatech.settings import Settings, read_settings
from support import browsing, people, servers, statements

if TYPE_CHECKING:
    from support.serving import Served

HERE = Path(__file__).parent
# What a quick run leaves out, by folder.
FOLDERS = {"journeys": "browser", "faults": "faults", "embedded": "faults", "cli": "faults"}
# Seconds; twice what the slowest takes on a crowded machine, and less than pytest's own fault handler allows.
LONGEST_TEST = 150

# The template database of a run whose tests are spread over several processes.
shared_cluster = pytest.StashKey[ExitStack]()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Give each worker of pytest-xdist the one PostgreSQL of the run, started before the first of them."""
    stack = node.config.stash.setdefault(shared_cluster, ExitStack())
    if not hasattr(node.config, "template_url"):
        node.config.template_url = stack.enter_context(servers.migrated_cluster())
    node.workerinput["template_url"] = node.config.template_url


def pytest_unconfigure(config: pytest.Config) -> None:
    """End what the run started."""
    config.stash.get(shared_cluster, ExitStack()).close()


def pytest_collection_finish() -> None:
    """Leave alone what has been loaded by now, and look for garbage less often: a sixth of a test's time otherwise."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what a quick run leaves out, and begin with the long ones, so that no worker is left with one at the end."""
    for item in items:
        if mark := FOLDERS.get(item.path.relative_to(HERE).parts[0]):
            item.add_marker(mark)
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Iterator[None]:
    """Fail a coroutine test that waits for ever, with the place where it waits."""
    if inspect.iscoroutinefunction(pyfuncitem.obj) and not hasattr(pyfuncitem.obj, "hypothesis"):
        pyfuncitem.obj = _bounded(pyfuncitem.obj)
    return (yield)


def _bounded(test: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    @functools.wraps(test)
    async def bounded(*arguments: Any, **named: Any) -> None:
        async with asyncio.timeout(LONGEST_TEST):
            await test(*arguments, **named)

    return bounded


@pytest.fixture(scope="session")
def anyio_backend() -> tuple[str, dict[str, Any]]:
    """Coroutine tests run on the event loop that the program runs on."""
    return "asyncio", {"use_uvloop": True}


@pytest.fixture(scope="session", autouse=True)
async def _one_loop(anyio_backend: object) -> AsyncIterator[None]:  # noqa: ARG001 - makes it a fixture of the loop
    """Keep one event loop for all tests of a process: uvloop's wait for ever while closing, once in a thousand."""
    yield  # noqa: PT022 - what comes behind it is the end of the loop


@pytest.fixture(scope="session")
def template_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty, migrated database that every test's own is copied from; nobody may be connected to it."""
    worker: dict[str, str] | None = getattr(request.config, "workerinput", None)
    if worker is not None:
        yield worker["template_url"]
        return
    with servers.migrated_cluster() as url:
        yield url


@pytest.fixture(scope="session")
def valkey_url() -> Iterator[str]:
    """The Valkey of this process' tests."""
    with servers.fresh_valkey() as url:
        yield url


@pytest.fixture
def database_url(template_url: str) -> Iterator[str]:
    """A migrated database without people or repairs, of this test alone."""
    with servers.copy_of(template_url) as url:
        yield url


@pytest.fixture
def empty_database_url(template_url: str) -> Iterator[str]:
    """A database that was never migrated, of this test alone."""
    with servers.empty_database(template_url) as url:
        yield url


@pytest.fixture
def redis_url(valkey_url: str) -> str:
    """A Valkey that holds nothing and that nobody else uses while the test runs."""
    with redis.Redis.from_url(valkey_url) as client:
        client.flushdb()
    return valkey_url


@pytest.fixture
def settings(database_url: str, redis_url: str, tmp_path: Path) -> Settings:
    """The settings of a portal in development mode on this test's own services."""
    return read_settings(
        {},
        mode="development",
        data=tmp_path / "data",
        port=0,
        database_url=database_url,
        redis_url=redis_url,
        secret_key=(secrets.token_urlsafe(48),),
        log_level="warning",
    )


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    """The test's database, open."""
    async with Database(database_url, most=4) as database:
        yield database


@pytest.fixture
async def cache(redis_url: str) -> AsyncIterator[Cache]:
    """The test's cache, under a prefix that nobody else has."""
    async with Cache(redis_url, prefix=f"test-{secrets.token_hex(6)}") as store:
        yield store


@pytest.fixture(name="people")
def cast(database_url: str) -> people.People:
    """Anna and Ben, customers; Tom, Fay, Mia and Ada of the shop: all in the test's database."""
    return people.settle(database_url)


@pytest.fixture
async def served(settings: Settings) -> AsyncIterator["Served"]:
    """The portal on a free port, with the test's services."""
    # Imported here, so that the tests of a part do not need the whole to be importable.
    from support.serving import serve  # noqa: PLC0415

    async with serve(settings) as portal:
        yield portal


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Chromium; one for all tests, each of which makes contexts of its own."""
    async with browsing.chromium() as launched:
        yield launched


@pytest.fixture
def count_statements(monkeypatch: pytest.MonkeyPatch) -> statements.Statements:
    """What the program sends to PostgreSQL during the test."""
    return statements.count(monkeypatch)
