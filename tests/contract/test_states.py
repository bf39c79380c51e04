"""The state table of the contract, asked of the program for every pair of statuses (R43)."""

from typing import Any

import psycopg
import pytest

from revivatech.repairs.contracts import Status
from support.desk import Desk
from support.people import People
from support.serving import Served

pytestmark = pytest.mark.anyio

# Written out once more on purpose: the table of the contract, not the program's own.
ALLOWED = {
    "received": {"diagnosing", "cancelled"},
    "diagnosing": {"quoted", "repairing", "cancelled"},
    "quoted": {"approved", "diagnosing", "cancelled"},
    "approved": {"repairing", "cancelled"},
    "repairing": {"testing", "quoted", "cancelled"},
    "testing": {"completed", "repairing"},
    "completed": {"repairing"},
    "cancelled": {"received"},
}
OF_MANAGERS = {("completed", "repairing"), ("cancelled", "received")}

TRACES = """
SELECT (SELECT count(*) FROM repair_status_history WHERE repair_id = %(id)s::uuid),
       (SELECT count(*) FROM customer_events
        WHERE type = 'repair:status_update' AND payload ->> 'repairId' = %(id)s::text),
       (SELECT count(*) FROM customer_events
        WHERE type = 'notification:new' AND payload #>> '{data,repairId}' = %(id)s::text),
       (SELECT count(*) FROM customer_notifications WHERE data ->> 'repairId' = %(id)s::text)
"""


def traces(served: Served, repair_id: str) -> list[int]:
    """How many history rows, status events, notification events and notifications the repair has."""
    with psycopg.connect(served.settings.database_url) as connection:
        row = connection.execute(TRACES, {"id": repair_id}).fetchone()
    assert row
    return list(row)


async def ask(served: Served, headers: dict[str, str], repair: dict[str, Any], status: str) -> Any:
    """The answer to asking for that status, with the version that was seen and the price that a quote needs."""
    price = {"amount": 59.00} if status == "quoted" and repair["totalCost"] is None else {}
    return await served.client.post(
        f"/api/staff/repairs/{repair['id']}/status",
        headers=headers,
        json={"status": status, "version": repair["version"], **price},
    )


async def test_r43_only_the_tables_changes_are_made(served: Served, people: People, desk: Desk) -> None:
    """Each other change is a 409 that says what is allowed and where the repair stands, and leaves nothing behind."""
    for start in Status:
        repair = (await desk.lead((await desk.take_in(people.anna))["repair"]["id"], start))["repair"]
        before = traces(served, repair["id"])

        for target in set(Status) - {start} - {Status(name) for name in ALLOWED[start]}:
            answer = await ask(served, desk.headers, repair, target)

            assert answer.status_code == 409, (start, target)
            problem = answer.json()
            assert problem["code"] == "change_refused"
            assert set(problem["allowed"]) == ALLOWED[start]
            assert (problem["current"]["status"], problem["current"]["version"]) == (start, repair["version"])
        assert (await desk.read(repair["id"]))["repair"] == repair
        assert traces(served, repair["id"]) == before


async def test_r43_each_change_leaves_one_row_of_each_trace(served: Served, people: People, desk: Desk) -> None:
    """A legal change is one history row, one event, one notification and its event; the status is the new one."""
    for start, target in [(Status(name), target) for name, targets in ALLOWED.items() for target in targets]:
        repair = (await desk.lead((await desk.take_in(people.anna))["repair"]["id"], start))["repair"]
        before = traces(served, repair["id"])

        answer = await ask(served, desk.headers, repair, target)

        assert answer.status_code == 200, (start, target, answer.text)
        assert answer.json()["repair"]["status"] == target
        assert traces(served, repair["id"]) == [count + 1 for count in before], (start, target)


async def test_r43_ended_work_is_opened_again_by_managers_alone(served: Served, people: People, desk: Desk) -> None:
    """A technician who would reopen is told that it takes a manager."""
    technician = await served.sign_in(people.tom)
    for start, target in sorted(OF_MANAGERS):
        repair = (await desk.lead((await desk.take_in(people.anna))["repair"]["id"], Status(start)))["repair"]

        assert (await ask(served, technician, repair, target)).status_code == 403
        assert (await ask(served, desk.headers, repair, target)).status_code == 200


async def test_of_two_who_saw_the_same_version_one_is_told_of_the_other(
    served: Served, people: People, desk: Desk
) -> None:
    """The second change on one version is a 409 with the present state; nothing of it is stored."""
    repair = (await desk.take_in(people.anna))["repair"]
    assert (await ask(served, desk.headers, repair, "diagnosing")).status_code == 200
    before = traces(served, repair["id"])

    answer = await ask(served, await served.sign_in(people.tom), repair, "cancelled")

    assert answer.status_code == 409
    assert answer.json()["code"] == "version_conflict"
    assert answer.json()["current"]["status"] == "diagnosing"
    assert traces(served, repair["id"]) == before
