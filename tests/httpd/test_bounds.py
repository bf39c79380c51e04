"""How many connections there may be, and which make room (R154)."""

import asyncio
import resource
import socket
import time
from contextlib import AsyncExitStack
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from revivatech.httpd import GRACE_SECONDS
from revivatech.httpd.descriptors import most_connections
from support.programs import environment, serving
from support.serving import Served
from support.waiting import until_true

from .conftest import Bare, Client, Serve

pytestmark = pytest.mark.anyio

HALF = "POST /read HTTP/1.1\nHost: x\nContent-Length: 9\n\nx"
ASKED = "GET /read HTTP/1.1\nHost: x\n\n"
WAITING = "GET /wait HTTP/1.1\nHost: x\n\n"
# Another address of this machine: another network than 127.0.0.1.
ELSEWHERE = "127.0.0.2"


async def test_r154_a_network_has_so_many_connections(bare: Serve) -> None:
    """The one that has waited longest makes room, whatever it waits with; other networks do not notice."""
    server = await bare(connections_per_network=4)
    async with AsyncExitStack() as stack:
        elsewhere = await _opened(stack, server, "", ELSEWHERE)
        silent, head, half, idle = [
            await _opened(stack, server, text) for text in ("", "GET / HTTP/1.1\n", HALF, ASKED)
        ]
        await idle.response()
        for oldest in (silent, head, half, idle):
            newest = await _opened(stack, server, "")
            await oldest.until_closed()
            newest.send(ASKED)
            assert (await newest.response())[0] == 200
        assert len(server) == 5

        elsewhere.send(ASKED)
        assert (await elsewhere.response())[0] == 200


async def test_r154_what_is_being_answered_is_not_dropped(bare: Serve) -> None:
    """Where nobody waits, the newcomer is refused, until there is room."""
    server = await bare(connections_per_network=2)
    async with AsyncExitStack() as stack:
        waiting = [await _opened(stack, server, WAITING) for _ in range(2)]
        await until_true(lambda: len(server.app.asked) == 2)
        refused = await _opened(stack, server, None)
        assert await refused.until_closed() == b""

        server.app.go_on.set()
        assert [(await client.response())[0] for client in waiting] == [200, 200]
        taken = await _opened(stack, server, ASKED)
        assert (await taken.response())[0] == 200


async def test_r154_an_upload_that_moves_on_is_not_the_oldest(bare: Serve) -> None:
    """It has been heard from since: what only waits goes first."""
    server = await bare(connections_per_network=2)
    async with AsyncExitStack() as stack:
        upload = await _opened(stack, server, "POST /read HTTP/1.1\nHost: x\nContent-Length: 1000000\n\n")
        silent = await _opened(stack, server, "")
        await until_true(lambda: len(server) == 2)
        upload.send(b"x" * 500_000)
        await upload.writer.drain()
        await until_true(lambda: server.app.read >= 500_000)
        await _opened(stack, server, "")
        await silent.until_closed()

        upload.send(b"x" * 500_000)
        assert (await upload.response())[2] == b"1000000"


async def test_r154_all_together_have_a_bound(bare: Serve) -> None:
    """Where it is reached, the network with most of those who wait makes room for another."""
    server = await bare(connections=4)
    async with AsyncExitStack() as stack:
        many = [await _opened(stack, server, "") for _ in range(3)]
        first, second = [await _opened(stack, server, "", host) for host in (ELSEWHERE, "127.0.0.3")]
        await many[0].until_closed()

        for client in (many[1], many[2], first, second):
            client.send(ASKED)
            assert (await client.response())[0] == 200


async def test_r154_a_trusted_proxy_speaks_for_many(bare: Serve) -> None:
    """Its connections are not one client's."""
    server = await bare(connections_per_network=2, trusted_proxies=("127.0.0.1",))
    async with AsyncExitStack() as stack:
        clients = [await _opened(stack, server, "") for _ in range(6)]
        for client in clients:
            client.send(ASKED)
            assert (await client.response())[0] == 200


async def test_the_end_waits_for_nobody_who_only_waits(bare: Serve) -> None:
    """Half a request, a body that nobody wanted, a response that nobody reads: none holds the end up for long."""
    server = await bare()
    async with AsyncExitStack() as stack:
        await _opened(stack, server, "")
        await _opened(stack, server, "POST /early HTTP/1.1\nHost: x\nContent-Length: 9\n\n")
        half = await _opened(stack, server, HALF)
        unread = await stack.enter_async_context(server.connect(buffer=4096))
        unread.writer.transport.pause_reading()  # type: ignore[attr-defined]
        unread.send("GET /large HTTP/1.1\nHost: x\n\n")
        await until_true(lambda: len(server.app.asked) == 3)
        began = time.monotonic()
        server.server.should_exit = True
        await half.until_closed(GRACE_SECONDS + 2)

    assert time.monotonic() - began < GRACE_SECONDS + 2
    await until_true(lambda: len(server) == 0)


def test_the_limit_of_open_files_is_raised_and_kept() -> None:
    """The soft limit goes as far as it must and the hard one allows; fewer connections fit below a low one."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (512, before[1]))
        assert most_connections(1000) == 1000
        raised = resource.getrlimit(resource.RLIMIT_NOFILE)
        assert 1000 < raised[0] < 2000
        assert raised[1] == before[1]
        assert most_connections(10**9) < 10**9
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


NOPE = b"POST /nope HTTP/1.1\r\nHost: %s\r\nContent-Length: 9000\r\n\r\nx"
ATTACKS = {
    "early answers": NOPE.replace(b"/nope", b"/api/nope"),
    "cross-site": NOPE,
    "bodies": NOPE.replace(b"/nope", b"/api/customer/auth/login").replace(
        b"\r\n\r\n", b"\r\nContent-Type: application/json\r\n\r\n"
    ),
    "polls": NOPE.replace(b"/nope", b"/customer/socket.io/?EIO=4&transport=polling&sid=x"),
    "heads": b"GET / HTTP/1.1\r\nHost: %s\r\n",
}


@pytest.mark.long
async def test_r154_2000_slow_connections_leave_the_others_alone(served: Served) -> None:
    """Whatever they are slow with, from the very address that an honest client has: its p95 stays below a second."""
    kinds = list(ATTACKS.values())
    async with AsyncExitStack() as stack:
        for number in range(2000):
            await _attack(stack, served.url, kinds[number % len(kinds)])
        took = await _honest(served.url)

    assert sorted(took)[int(len(took) * 0.95)] < 1


@pytest.mark.long
async def test_r154_1100_connections_at_a_limit_of_1024_files(
    tmp_path: Path, database_url: str, redis_url: str
) -> None:
    """The program itself, which may open no more: it keeps room for others, and says what the limit costs."""
    env = environment(mode="development", database_url=database_url, redis_url=redis_url)
    script = (
        "import resource, runpy; resource.setrlimit(resource.RLIMIT_NOFILE, (1024, 1024)); "
        "runpy.run_module('revivatech', run_name='__main__', alter_sys=True)"
    )
    with serving(tmp_path / "data", env=env, program=("-c", script)) as portal:
        async with AsyncExitStack() as stack:
            for _ in range(1100):
                await _attack(stack, portal.url, ATTACKS["early answers"])
            took = await _honest(portal.url)
        assert "few_open_files" in portal.said()

    assert sorted(took)[int(len(took) * 0.95)] < 1


async def _attack(stack: AsyncExitStack, url: str, request: bytes) -> None:
    address = urlsplit(url)
    # The kernel takes it before the program does.
    sock = stack.enter_context(socket.create_connection((address.hostname, address.port), 10))
    sock.sendall(request.replace(b"%s", address.netloc.encode()))
    await asyncio.sleep(0)


async def _honest(url: str) -> list[float]:
    """Seconds of requests on connections of their own, one after the other."""
    took = []
    for _ in range(40):
        began = time.monotonic()
        async with httpx.AsyncClient(base_url=url, timeout=10, verify=False) as client:  # noqa: S501 - plain http
            assert (await client.get("/health/live")).status_code == 200
        took.append(time.monotonic() - began)
    return took


async def _opened(stack: AsyncExitStack, server: Bare, text: str | None, host: str = "127.0.0.1") -> Client:
    """A connection that the server knows, after another; None: it will not be known."""
    before = set(server.server._open._crowd)  # noqa: SLF001 - what a client cannot see
    client = await stack.enter_async_context(server.connect(host))
    if text is not None:
        await until_true(lambda: set(server.server._open._crowd) - before)  # noqa: SLF001 - likewise
        client.send(text)
    return client
