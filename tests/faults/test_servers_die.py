"""kill -9 of the embedded PostgreSQL and Valkey under a portal that goes on."""

import asyncio
import re
import signal
from pathlib import Path

import httpx
import psutil
import psycopg
import pytest

from revivatech.embedded import running
from revivatech.settings import read_settings
from support.desk import open_desk
from support.listening import listening
from support.people import PASSWORD, settle
from support.programs import Portal, environment, serving
from support.serving import Served
from support.waiting import until_true

pytestmark = pytest.mark.anyio

# As the program, but impatient: what it waits for between two starts is not what is tested here.
PATIENCE = "from revivatech.embedded import supervisor; supervisor.PAUSES = (0.3, 0.05)"
IMPATIENT = ("-c", f"{PATIENCE}; from revivatech.cli.program import main; main()")
BACK_WITHIN = 30.0


async def test_a_portal_outlives_its_servers_and_ends_when_they_are_lost(tmp_path: Path) -> None:
    """Killed, both are started again: no answer but 200 and 503; session, socket and jobs go on by themselves.

    A server that does not stay up ends the program with one sentence and 1.
    """
    data = tmp_path / "data"
    with serving(data, env=environment(mode="development"), program=IMPATIENT) as portal:
        database_url = running(data).database_url  # type: ignore[union-attr]
        people = settle(database_url)
        async with httpx.AsyncClient(base_url=portal.url, timeout=15) as client:
            answer = await client.post(
                "/api/customer/auth/login", json={"email": people.anna.email, "password": PASSWORD}
            )
            token = answer.json()["accessToken"]
            client.headers["Authorization"] = f"Bearer {token}"
            desk = await open_desk(Served(portal.url, read_settings({}, mode="development"), client), people)
            repair = await desk.take_in(people.anna)
            async with listening(portal.url, token) as tab:
                for name in ("postgres", "valkey-server"):
                    _kill(portal, name)
                statuses = await _until_ready(client)
                assert set(statuses) <= {200, 503}

                assert (await client.get("/api/customer/profile")).status_code == 200
                mails = _mails(database_url)
                asked = await client.post("/api/customer/auth/forgot-password", json={"email": people.anna.email})
                assert asked.status_code == 202, asked.text
                await until_true(lambda: _mails(database_url) > mails, BACK_WITHIN)
                await desk.move(repair["repair"]["id"], "diagnosing")
                await tab.until(lambda: tab.named("repair:status_update"))
            figures = (await client.get("/metrics")).text
        for name in ("postgres", "valkey-server"):
            assert re.search(rf'embedded_restarts_total{{server="{name}"}} 1.0', figures)

        (data / "postgres" / "PG_VERSION").write_text("1\n")
        _kill(portal, "postgres")

        assert await asyncio.to_thread(portal.process.wait, 30) == 1
    last = portal.said().splitlines()[-1]
    assert last.startswith("The embedded PostgreSQL ended by itself and did not stay up in 2 starts;")
    assert "Traceback" not in last


def _kill(portal: Portal, name: str) -> None:
    """End the server rudely, not of the processes that it started."""
    [server] = [child for child in psutil.Process(portal.process.pid).children() if child.name() == name]
    server.send_signal(signal.SIGKILL)
    server.wait(5)


async def _until_ready(client: httpx.AsyncClient) -> list[int]:
    """What readiness and a request said until all parts answered again."""
    statuses = []
    async with asyncio.timeout(BACK_WITHIN):
        while True:
            statuses.append((await client.get("/api/customer/repairs")).status_code)
            if (await client.get("/health/ready")).json()["status"] == "ok" and statuses[-1] == 200:
                return statuses
            await asyncio.sleep(0.05)


def _mails(database_url: str) -> int:
    with psycopg.connect(database_url) as connection:
        row = connection.execute("SELECT count(*) FROM kept_mails").fetchone()
    assert row is not None
    return int(row[0])
