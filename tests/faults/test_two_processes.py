"""Two web processes behind a proxy are one portal: real processes, real Valkey."""

import secrets
import socket
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial

import httpx
import pytest

from revivatech.settings import read_settings
from support.desk import Desk
from support.listening import Listener, listening
from support.people import People, Person, settle
from support.programs import environment, starting
from support.proxy import Proxy, proxied
from support.servers import copy_of
from support.serving import Served

pytestmark = pytest.mark.anyio

CLOSED_WITHIN = 2.0
SECRET = secrets.token_urlsafe(48)


@dataclass(slots=True)
class Pair:
    """The proxy, and what a client sends to be served by the first or the second process."""

    proxy: Proxy
    served: Served
    first: dict[str, str]
    second: dict[str, str]

    async def sign_in(self, person: Person) -> dict[str, str]:
        """The headers of a client that has signed in at whichever process it met."""
        return await self.served.sign_in(person)


@pytest.fixture(scope="module")
async def pair(template_url: str, valkey_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Pair]:
    """Two processes of one shop behind a proxy, for all tests here; the first runs the jobs, too."""
    front, *ports = free_ports(3)
    url = f"http://127.0.0.1:{front}"
    data = tmp_path_factory.mktemp("processes")
    with ExitStack() as stack:
        database_url = stack.enter_context(copy_of(template_url))
        portals = [
            stack.enter_context(
                starting(data / str(port), "--port", str(port), env=shared(database_url, valkey_url, url, jobs))
            )
            for port, jobs in zip(ports, ("true", "false"), strict=True)
        ]
        for portal in portals:
            portal.wait_until_ready()
        # A connection for each request, so that the proxy deals them out.
        limits = httpx.Limits(max_keepalive_connections=0)
        settings = read_settings({}, mode="development", public_url=url, database_url=database_url)
        async with proxied(front, ports) as proxy, httpx.AsyncClient(base_url=url, timeout=15, limits=limits) as client:
            yield Pair(proxy, Served(url, settings, client), {"X-Process": "0"}, {"X-Process": "1"})


@pytest.fixture(scope="module", name="people")
def cast(pair: Pair) -> People:
    """Everybody, once for all tests here."""
    return settle(pair.served.settings.database_url)


def shared(database_url: str, redis_url: str, url: str, jobs: str) -> dict[str, str]:
    """The environment of one of the processes: the same servers, the same secret, the proxy's address."""
    return environment(
        mode="development",
        public_url=url,
        database_url=database_url,
        redis_url=redis_url,
        secret_key=SECRET,
        jobs_in_web=jobs,
        log_level="warning",
    )


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on."""
    with ExitStack() as stack:
        taken = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [one.getsockname()[1] for one in taken]


async def test_r84_a_change_on_one_process_reaches_the_socket_on_the_other(pair: Pair, people: People) -> None:
    """The staff change it through the first, the customer's socket is on the second and gets it; so the other way."""
    anna = await pair.sign_in(people.anna)
    token = anna["Authorization"].removeprefix("Bearer ")
    mia = await pair.sign_in(people.mia)
    repair = (await Desk(pair.served, mia | pair.first).take_in(people.anna))["repair"]

    for here, there in ((pair.first, pair.second), (pair.second, pair.first)):
        async with listening(pair.proxy.url, token, headers=there) as tab:
            assert await tab.call("subscribe:repair", repair["id"]) == {"ok": True}
            status = "diagnosing" if here is pair.first else "repairing"
            started = time.perf_counter()
            await Desk(pair.served, mia | here).move(repair["id"], status)
            await tab.until(partial(has_heard, tab))
            took = time.perf_counter() - started

            assert tab.named("repair:status_update")[-1]["status"] == status
            print(f"\na change through one process, seen on the other: {took * 1000:.0f} ms")  # noqa: T201 - a figure
    assert min(pair.proxy.given) > 0, "both processes were asked"


def has_heard(tab: Listener) -> bool:
    """Whether both packets of a change have come."""
    return bool(tab.named("repair:status_update") and tab.named("notification:new"))


async def test_r114_what_one_process_changed_the_other_does_not_answer_from_memory(pair: Pair, people: People) -> None:
    """A read through the second, kept warm there, shows each change that the first has answered."""
    anna = await pair.sign_in(people.anna)
    desk = Desk(pair.served, await pair.sign_in(people.mia) | pair.first)
    repair = (await desk.take_in(people.anna))["repair"]
    address = f"/api/customer/repairs/{repair['id']}"

    for status in ("diagnosing", "repairing", "testing", "repairing", "testing", "completed", "repairing"):
        assert (await pair.served.client.get(address, headers=anna | pair.second)).status_code == 200
        version = (await desk.move(repair["id"], status))["repair"]["version"]
        read = await pair.served.client.get(address, headers=anna | pair.second)

        assert (read.json()["status"], read.json()["version"]) == (status, version)


async def test_r27_signing_out_on_one_process_ends_the_session_on_both(pair: Pair, people: People) -> None:
    """The socket on the second closes within 2 s, 50 calls over both are refused, the other device stays signed in."""
    phone, laptop = await pair.sign_in(people.anna), await pair.sign_in(people.anna)
    for process in (pair.first, pair.second):
        assert (await pair.served.client.get("/api/customer/profile", headers=phone | process)).status_code == 200
    token, other = (headers["Authorization"].removeprefix("Bearer ") for headers in (phone, laptop))

    async with (
        listening(pair.proxy.url, token, headers=pair.second) as ending,
        listening(pair.proxy.url, other, headers=pair.second) as staying,
    ):
        started = time.perf_counter()
        answer = await pair.served.client.post("/api/customer/auth/logout", headers=phone | pair.first)
        assert answer.status_code == 204
        await ending.until(lambda: ending.is_closed, CLOSED_WITHIN)
        print(f"\nsigned out on one process, closed on the other: {(time.perf_counter() - started) * 1000:.0f} ms")  # noqa: T201

        assert ending.named("session:ended") == [{"reason": "logout"}]
        statuses = {
            (await pair.served.client.get("/api/customer/profile", headers=phone)).status_code for _ in range(50)
        }
        assert statuses == {401}
        assert not staying.is_closed
        for process in (pair.first, pair.second):
            assert (await pair.served.client.get("/api/customer/profile", headers=laptop | process)).status_code == 200
