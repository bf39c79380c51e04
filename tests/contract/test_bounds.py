"""Numbers, times and cursors from outside are bounded before the database sees them (R48)."""

import asyncio
import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest

from revivatech.cli.openapi import document
from support.desk import Desk
from support.people import People
from support.serving import Served

pytestmark = pytest.mark.anyio

LISTS = {
    "/api/customer/repairs": "anna",
    "/api/customer/notifications": "anna",
    "/api/customer/activity": "anna",
    "/api/customer/dashboard/activity": "anna",
    "/api/staff/repairs": "ada",
    "/api/staff/customers": "ada",
    "/api/staff/audit": "ada",
}
EXTREMES = [
    2**63,
    -(2**63) - 1,
    10**30,
    1.5,
    "",
    "\0",
    None,
    [],
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59.999999-12:00",
    "2026-01-01T00:00:00",
    "00000000-0000-0000-0000-000000000000",
    "ffffffff-ffff-ffff-ffff-ffffffffffff",
]


async def test_r48_no_forged_cursor_is_a_fault(served: Served, people: People, desk: Desk) -> None:
    """Each list's cursor with a number, time or id at its limits and beyond: the page or a 422 that names it."""
    for _ in range(2):
        repair = (await desk.take_in(people.anna))["repair"]
        await desk.move(repair["id"], "diagnosing")
    headers = {"anna": await served.sign_in(people.anna), "ada": await served.sign_in(people.ada)}
    for email in ("nia@shop.example", "ned@shop.example"):
        new = {"email": email, "firstName": "New", "role": "technician"}
        await served.client.post("/api/staff/users", headers=headers["ada"], json=new)
    wrong = []
    for path, who in LISTS.items():
        page = await served.client.get(f"{path}?limit=1", headers=headers[who])
        cursor = page.json()["nextCursor"]
        position = json.loads(base64.urlsafe_b64decode(cursor + "=="))
        for field in position:
            for value in EXTREMES:
                forged = base64.urlsafe_b64encode(json.dumps(position | {field: value}).encode()).rstrip(b"=").decode()
                answer = await served.client.get(path, params={"cursor": forged}, headers=headers[who])
                if answer.status_code != 200 and (
                    answer.status_code != 422 or [one["field"] for one in answer.json()["errors"]] != ["cursor"]
                ):
                    wrong.append((path, field, value, answer.status_code))

    assert wrong == []


async def test_a_cursor_belongs_to_its_filter(served: Served, people: People, desk: Desk) -> None:
    """The cursor of one filter is refused by another: it would skip what was never shown."""
    for _ in range(2):
        repair = (await desk.take_in(people.anna))["repair"]
        await desk.move(repair["id"], "diagnosing")
    anna = await served.sign_in(people.anna)
    every = await served.client.get("/api/customer/notifications?limit=1", headers=anna)
    cursor = every.json()["nextCursor"]

    mixed = await served.client.get(f"/api/customer/notifications?unread=true&cursor={cursor}", headers=anna)
    again = await served.client.get(f"/api/customer/notifications?limit=1&cursor={cursor}", headers=anna)

    assert (mixed.status_code, again.status_code) == (422, 200)


def test_r48_every_number_of_a_request_is_bounded() -> None:
    """In the document, as a client reads it: each whole number of a parameter or body has a least and a largest."""
    api: dict[str, Any] = json.loads(asyncio.run(document()))
    schemas = api["components"]["schemas"]
    without = []
    for path, item in api["paths"].items():
        for method, operation in item.items():
            parts = [parameter["schema"] for parameter in operation.get("parameters", ())]
            parts += [part["schema"] for part in operation.get("requestBody", {}).get("content", {}).values()]
            for kind in parts:
                without += [
                    f"{method} {path}: {one}"
                    for one in _numbers(kind, schemas)
                    if "minimum" not in one or "maximum" not in one
                ]

    assert without == []


def _numbers(kind: Any, schemas: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The schemas of whole numbers in a schema."""
    if isinstance(kind, list):
        for one in kind:
            yield from _numbers(one, schemas)
    elif isinstance(kind, dict):
        if "$ref" in kind:
            yield from _numbers(schemas[kind["$ref"].rpartition("/")[2]], schemas)
        if kind.get("type") == "integer":
            yield kind
        for name, value in kind.items():
            if name not in {"examples", "enum", "const", "default"}:
                yield from _numbers(value, schemas)
