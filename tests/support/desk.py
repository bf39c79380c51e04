"""The shop's desk as the tests use it: the staff's JSON calls, which make repairs and move them along."""

from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import psycopg

from revivatech.kit.actor import Role
from revivatech.repairs.contracts import Status
from revivatech.repairs.states import TABLE
from support.people import People, Person
from support.serving import Served

DEVICE = {
    "deviceType": "smartphone",
    "deviceBrand": "Fairphone",
    "deviceModel": "5",
    "issueDescription": "The display stays dark after a fall.",
}


@dataclass(slots=True)
class Desk:
    """A manager at the desk, who may do all that anybody at the desk may."""

    served: Served
    headers: dict[str, str]

    async def take_in(self, customer: Person, **facts: object) -> dict[str, Any]:
        """Return a new repair, as the desk sees it; an estimate in the past is one that was given before it passed."""
        passed = facts.pop("estimatedCompletion") if _has_passed(facts.get("estimatedCompletion")) else None
        body = DEVICE | {"customerId": str(customer.id)} | facts
        answer = await self.served.client.post("/api/staff/repairs", headers=self.headers, json=body)
        assert answer.status_code == 201, answer.text
        taken = dict(answer.json())
        if passed is None:
            return taken
        with psycopg.connect(self.served.settings.database_url, autocommit=True) as connection:
            connection.execute(
                "UPDATE repairs SET estimated_completion = %s WHERE id = %s", [passed, taken["repair"]["id"]]
            )
        return await self.read(taken["repair"]["id"])

    async def read(self, repair_id: str) -> dict[str, Any]:
        """The repair as it stands, as the desk sees it."""
        answer = await self.served.client.get(f"/api/staff/repairs/{repair_id}", headers=self.headers)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def move(self, repair_id: str, status: Status | str, **more: object) -> dict[str, Any]:
        """The repair after one change of its status, stage, note or estimate; a quote has a price."""
        repair = (await self.read(repair_id))["repair"]
        if status == "quoted" and repair["totalCost"] is None:
            more = {"amount": 59.00} | more
        answer = await self.served.client.post(
            f"/api/staff/repairs/{repair_id}/status",
            headers=self.headers,
            json={"status": status, "version": repair["version"], **more},
        )
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def lead(self, repair_id: str, status: Status) -> dict[str, Any]:
        """The repair after the fewest changes that lead it to that status."""
        repair = await self.read(repair_id)
        for step in road(Status(repair["repair"]["status"]), status):
            repair = await self.move(repair_id, step)
        return repair


async def open_desk(served: Served, people: People) -> Desk:
    """The desk, with the manager signed in."""
    return Desk(served, await served.sign_in(people.mia))


def road(start: Status, goal: Status) -> list[Status]:
    """The shortest way through the state table, without the start."""
    ways = deque([[start]])
    seen = {start}
    while ways:
        way = ways.popleft()
        if way[-1] == goal:
            return way[1:]
        for target, rule in TABLE[way[-1]].items():
            if target not in seen and Role.MANAGER in rule.roles:
                seen.add(target)
                ways.append([*way, target])
    raise LookupError(f"no way from {start} to {goal}")


def _has_passed(estimate: object) -> bool:
    return isinstance(estimate, str) and datetime.fromisoformat(estimate) < datetime.now(UTC)
