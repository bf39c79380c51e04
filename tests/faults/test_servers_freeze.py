"""SIGSTOP of the embedded PostgreSQL and Valkey under a portal, which says so in time and goes on (F6, F11)."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil
import pytest

from revivatech.embedded import running
from support.people import PASSWORD, settle
from support.programs import Portal, environment, serving

pytestmark = pytest.mark.anyio

# Seconds in which a request is answered while the database is frozen, and while the cache is.
DATABASE_FROZEN = 10.0
CACHE_FROZEN = 1.0
BACK_WITHIN = 15.0


@contextmanager
def frozen(portal: Portal, name: str) -> Iterator[None]:
    """Stop the server and its children for the length of the block."""
    [server] = [child for child in psutil.Process(portal.process.pid).children() if child.name() == name]
    processes = [server, *server.children(recursive=True)]
    try:
        for process in processes:
            process.suspend()
        yield
    finally:
        for process in processes:
            if process.is_running():
                process.resume()


async def timed(client: httpx.AsyncClient, path: str) -> tuple[int, float]:
    """The status of the path's answer and how long it took."""
    started = time.monotonic()
    answer = await client.get(path)
    return answer.status_code, time.monotonic() - started


async def test_f6_f11_a_portal_whose_servers_freeze(tmp_path: Path) -> None:
    """503 within ten seconds on every connection, answers within one without the cache, and all well after the thaw."""
    data = tmp_path / "data"
    with serving(data, env=environment(mode="development")) as portal:
        people = settle(running(data).database_url)  # type: ignore[union-attr]
        limits = httpx.Limits(max_connections=40)
        async with httpx.AsyncClient(base_url=portal.url, timeout=30, limits=limits) as client:
            sent = {"email": people.anna.email, "password": PASSWORD}
            answer = await client.post("/api/customer/auth/login", json=sent)
            client.headers["Authorization"] = f"Bearer {answer.json()['accessToken']}"
            page = "/api/customer/repairs?limit="
            assert (await timed(client, f"{page}1"))[0] == 200

            with frozen(portal, "postgres"):
                answers = await asyncio.gather(*(timed(client, f"{page}{number}") for number in range(2, 22)))
                alive = await timed(client, "/health/live")
            assert {status for status, _ in answers} == {503}
            assert max(seconds for _, seconds in answers) < DATABASE_FROZEN
            assert alive[0] == 200
            async with asyncio.timeout(BACK_WITHIN):
                while (await timed(client, f"{page}30"))[0] != 200:  # noqa: ASYNC110 - nobody signals the thaw
                    await asyncio.sleep(0.1)

            with frozen(portal, "valkey-server"):
                answers = [await timed(client, f"{page}{number}") for number in range(31, 51)]
                signed_in = await client.post("/api/customer/auth/login", json=sent)
                refused = await client.post("/api/customer/auth/login", json=sent | {"password": "wrong"})
            assert {status for status, _ in answers} == {200}
            assert sorted(seconds for _, seconds in answers)[18] < CACHE_FROZEN
            assert (signed_in.status_code, refused.status_code) == (200, 401)
