"""kill -9 of the program, again and again, while technicians work."""

import asyncio
import contextlib
import os
import random
import signal
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest

from revivatech.embedded import running
from support import people
from support.people import PASSWORD, People
from support.programs import Portal, environment, serving

pytestmark = pytest.mark.anyio

# Three shops, side by side where there are workers, so that no test takes long.
SEEDS = (2026, 2027, 2028)
TIMES = 7
REPAIRS = 8
# A technician may go round in this circle for ever: each testing fails.
NEXT = {"received": "diagnosing", "diagnosing": "repairing", "repairing": "testing", "testing": "repairing"}
# Killed within this time after the first change was acknowledged: in the middle of many others.
WINDOW = 0.35


@dataclass
class Technician:
    """Somebody who moves one repair on, as fast as it goes, and remembers what was acknowledged."""

    repair_id: UUID
    headers: dict[str, str]
    acknowledged: list[str] = field(default_factory=list)
    attempts: int = 0

    async def work(self, client: httpx.AsyncClient, first_done: asyncio.Event) -> None:
        """Go on until the program is gone; any other trouble is a failure."""
        with contextlib.suppress(httpx.TransportError):
            path = f"/api/staff/repairs/{self.repair_id}"
            seen = await self._answer(client.get(path, headers=self.headers))
            while True:
                self.attempts += 1
                note = f"change {self.attempts} of {self.repair_id}"
                change = {"status": NEXT[seen["status"]], "version": seen["version"], "notes": note}
                seen = await self._answer(client.post(f"{path}/status", json=change, headers=self.headers))
                self.acknowledged.append(note)
                first_done.set()

    async def _answer(self, request: Any) -> dict[str, Any]:
        answer: httpx.Response = await request
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        repair: dict[str, Any] = body.get("repair", body)
        return repair


@pytest.mark.long
@pytest.mark.parametrize("seed", SEEDS)
async def test_a_killed_program_loses_nothing_that_it_acknowledged(tmp_path: Path, seed: int) -> None:
    """After each kill the next start works; at the end every acknowledged change is history, event and notification."""
    data = tmp_path / "data"
    env = environment(mode="development", api_rate_limit="1000000", log_level="error")
    dice = random.Random(seed)
    with serving(data, env=env) as portal:
        cast = _settle(data)
        technicians = await _technicians(portal.url, data, cast)
        await _work_until_killed(portal, technicians, dice)
    for _ in range(TIMES - 1):
        with serving(data, env=env) as portal:
            await _work_until_killed(portal, technicians, dice)

    with serving(data, env=env) as portal:
        _nothing_is_lost(data, technicians)
        _nothing_is_half(data)
        assert portal.end() == 0
    assert sum(len(technician.acknowledged) for technician in technicians) >= TIMES


def _settle(data: Path) -> People:
    return people.settle(_database(data))


async def _technicians(url: str, data: Path, cast: People) -> list[Technician]:
    async with httpx.AsyncClient(base_url=url, timeout=20) as client:
        answer = await client.post("/api/staff/auth/login", json={"email": cast.tom.email, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
    headers = {"Authorization": f"Bearer {answer.json()['accessToken']}"}
    with psycopg.connect(_database(data), autocommit=True) as connection:
        return [
            Technician(_repair(connection, cast.customers[number % 2].id, number), headers) for number in range(REPAIRS)
        ]


def _repair(connection: psycopg.Connection, customer_id: UUID, number: int) -> UUID:
    row = connection.execute(
        """
        INSERT INTO repairs (customer_id, repair_number, device_type, device_brand, device_model, issue_description,
          currency)
        VALUES (%s, %s, 'Laptop', 'Nordlys', 'Book 14', 'It does not start.', 'EUR') RETURNING id
        """,
        [customer_id, f"R-{number:07d}"],
    ).fetchone()
    assert row is not None
    repair_id: UUID = row[0]
    return repair_id


async def _work_until_killed(portal: Portal, technicians: list[Technician], dice: random.Random) -> None:
    """All work at once; some moment after the first acknowledged change the program is killed."""
    first_done = asyncio.Event()

    async def kill() -> None:
        async with asyncio.timeout(30):
            await first_done.wait()
        await asyncio.sleep(dice.uniform(0, WINDOW))  # the random moment is what is tested
        os.kill(portal.process.pid, signal.SIGKILL)

    async with httpx.AsyncClient(base_url=portal.url, timeout=20) as client:
        await asyncio.gather(kill(), *(technician.work(client, first_done) for technician in technicians))
    assert portal.process.wait(20) == -signal.SIGKILL


def _nothing_is_lost(data: Path, technicians: list[Technician]) -> None:
    """Each acknowledged change is in the history, once."""
    notes = [note for (note,) in _rows(data, "SELECT notes FROM repair_status_history WHERE notes IS NOT NULL")]
    acknowledged = {note for technician in technicians for note in technician.acknowledged}

    assert acknowledged - set(notes) == set()
    assert len(notes) == len(set(notes))


def _nothing_is_half(data: Path) -> None:
    """Every history has its event and its notification, every repair its last history's state, every log no gap."""
    assert (
        _rows(
            data,
            """
        SELECT h.id FROM repair_status_history h
        LEFT JOIN customer_events e ON e.customer_id = h.customer_id AND e.seq = h.event_seq
          AND e.type = 'repair:status_update' AND e.payload->>'repairId' = h.repair_id::text
          AND e.payload->>'status' = h.status
        WHERE h.changed_by_kind = 'staff' AND e.seq IS NULL
        """,
        )
        == []
    ), "a history without its event"
    assert (
        _rows(
            data,
            """
        SELECT h.customer_id, count(*) FROM repair_status_history h WHERE h.changed_by_kind = 'staff'
        GROUP BY h.customer_id
        EXCEPT
        SELECT n.customer_id, count(*) FROM customer_notifications n
        JOIN customer_events e ON e.customer_id = n.customer_id AND e.seq = n.seq AND e.type = 'notification:new'
        GROUP BY n.customer_id
        """,
        )
        == []
    ), "a history without its notification"
    assert (
        _rows(
            data,
            """
        SELECT r.id FROM repairs r
        JOIN LATERAL (
          SELECT count(*) AS changes, (array_agg(status ORDER BY created_at DESC, id DESC))[1] AS status
          FROM repair_status_history WHERE repair_id = r.id AND changed_by_kind = 'staff'
        ) h ON true
        WHERE r.version <> h.changes + 1 OR r.status <> h.status
        """,
        )
        == []
    ), "a repair that differs from its history"
    assert (
        _rows(
            data,
            """
        SELECT h.customer_id FROM customer_event_heads h
        JOIN customer_events e USING (customer_id)
        GROUP BY h.customer_id, h.last_seq HAVING count(*) <> h.last_seq OR max(e.seq) <> h.last_seq
        """,
        )
        == []
    ), "a log with a gap"


def _rows(data: Path, statement: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(_database(data)) as connection:
        return connection.execute(statement.encode()).fetchall()


def _database(data: Path) -> str:
    found = running(data)
    assert found is not None
    return found.database_url
