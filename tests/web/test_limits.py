"""Limits that hold for every call: how many rows, and how many requests however they are written (R120, R121)."""

from collections.abc import AsyncIterator

import msgspec
import pytest

from revivatech.kit.paging import LARGEST_LIMIT
from revivatech.realtime.event_log import MOST_EVENTS
from revivatech.settings import Settings
from support.people import People
from support.serving import Served, serve

pytestmark = pytest.mark.anyio

MOST = 10


@pytest.fixture
async def strict(settings: Settings) -> AsyncIterator[Served]:
    """A portal that lets an account ask ten times a minute."""
    async with serve(msgspec.structs.replace(settings, api_rate_limit=MOST)) as served:
        yield served


@pytest.fixture
async def patient(settings: Settings) -> AsyncIterator[Served]:
    """A portal that does not count."""
    async with serve(msgspec.structs.replace(settings, api_rate_limit=1_000_000)) as served:
        yield served


async def test_r121_every_list_has_a_largest_page(patient: Served, people: People) -> None:
    """Whatever the document offers a `limit` for refuses one that is too large, negative or no number."""
    headers = {"customer": await patient.sign_in(people.anna), "staff": await patient.sign_in(people.ada)}
    document = (await patient.client.get("/api/openapi.json")).json()
    lists = [
        path
        for path, item in document["paths"].items()
        if "{" not in path and any(one["name"] == "limit" for one in item.get("get", {}).get("parameters", []))
    ]

    taken = []
    for path in lists:
        realm = "staff" if path.startswith("/api/staff") else "customer"
        most = MOST_EVENTS if path.endswith("/events") else LARGEST_LIMIT
        for limit in ("0", "-1", str(most + 1), "1000000000", "abc", "1e400", "NaN"):
            query = {"limit": limit} | ({"after": "0"} if path.endswith("/events") else {})
            answer = await patient.client.get(path, params=query, headers=headers[realm])
            if answer.status_code != 422:
                taken.append((path, limit, answer.status_code))

    assert {"/api/staff/audit", "/api/staff/customers", "/api/customer/repairs"} <= set(lists)
    assert taken == []


async def test_r120_noise_does_not_fill_the_limit_up_again(strict: Served, people: People) -> None:
    """Once reached, no other query, verb, case, slash or address that somebody claims to have is let in."""
    headers = await strict.sign_in(people.ada)
    for _ in range(MOST):
        assert (await strict.client.get("/api/staff/audit", headers=headers)).status_code == 200
    limited = await strict.client.get("/api/staff/audit", headers=headers)
    assert limited.status_code == 429
    assert 1 <= int(limited.headers["Retry-After"]) <= 60

    claimed = {"X-Forwarded-For": "203.0.113.9", "X-Real-IP": "203.0.113.9", "Forwarded": "for=203.0.113.9"}
    tries = [
        ("GET", "/api/staff/audit?limit=5", {}),
        ("GET", "/api/staff/audit/", {}),
        ("GET", "/api//staff/audit", {}),
        ("GET", "/API/staff/audit", {}),
        ("HEAD", "/api/staff/audit", {}),
        ("GET", "/api/staff/audit", claimed),
        ("GET", "/api/staff/users", {"X-HTTP-Method-Override": "POST"}),
        ("GET", "/api/staff/customers?q=a", {}),
    ]
    for method, path, more in tries:
        answer = await strict.client.request(method, path, headers=headers | more)
        assert answer.status_code in {404, 405, 429}, (method, path)
