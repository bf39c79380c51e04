"""The desk over HTTP: what each role may, what a body must be, what is answered."""

import json
from typing import Any
from uuid import uuid4

import pytest

from revivatech.repairs.contracts import Status
from support.people import People
from support.repairing import Actors, Bench
from support.serving import Served

pytestmark = pytest.mark.anyio

DEVICE = {"deviceType": "phone", "deviceBrand": "Nokia", "deviceModel": "3310", "issueDescription": "Dark."}


async def test_the_desks_list_is_narrowed_by_its_query(
    served: Served, people: People, bench: Bench, actors: Actors
) -> None:
    """By status, technician, text and lateness; unknown values are 422."""
    toms = (await bench.take_in(actors.anna, technician_id=actors.tom.id)).repair
    await bench.move((await bench.take_in(actors.ben)).repair, Status.DIAGNOSING)
    headers = await served.sign_in(people.tom)

    async def get(**query: Any) -> Any:
        return await served.client.get("/api/staff/repairs", headers=headers, params=query)

    cases: tuple[tuple[dict[str, Any], int], ...] = (
        ({}, 2),
        ({"technician": "me"}, 1),
        ({"technician": str(actors.tom.id)}, 1),
        ({"technician": "none"}, 1),
        ({"status": "diagnosing"}, 1),
        ({"q": "ben okoro"}, 1),
        ({"overdue": "true"}, 0),
        ({"sort": "due", "limit": 1}, 1),
    )
    for query, count in cases:
        answer = await get(**query)
        assert answer.status_code == 200, answer.text
        assert len(answer.json()["items"]) == count, query
    assert (await get(technician="me")).json()["items"][0]["repair"]["id"] == str(toms.id)
    for name, value in (("technician", "tom"), ("status", "x"), ("sort", "x"), ("limit", 101), ("cursor", "x")):
        assert (await get(**{name: value})).status_code == 422, name


async def test_taking_in_moving_editing_and_assigning(served: Served, people: People) -> None:
    """A repair's life at the desk; money comes back as a number with its decimals."""
    fay = await served.sign_in(people.fay)
    taken = await served.client.post(
        "/api/staff/repairs",
        headers=fay | {"Idempotency-Key": "k-1"},
        json=DEVICE | {"customerEmail": "new@customers.example", "customerFirstName": "Nora", "repairCost": 49.9},
    )
    again = await served.client.post(
        "/api/staff/repairs",
        headers=fay | {"Idempotency-Key": "k-1"},
        json=DEVICE | {"customerEmail": "new@customers.example", "customerFirstName": "Nora", "repairCost": 49.9},
    )
    assert taken.status_code == 201
    assert '"repairCost":49.90,' in taken.text
    assert taken.json() == again.json()
    repair = taken.json()["repair"]
    path = f"/api/staff/repairs/{repair['id']}"

    assigned = await served.client.post(
        f"{path}/assign", headers=fay, json={"technicianId": str(people.tom.id), "version": 1}
    )
    moved = await served.client.post(
        f"{path}/status",
        headers=fay,
        json={
            "status": "diagnosing",
            "version": 2,
            "internalNotes": "Wet.",
            "estimatedCompletion": "2031-01-01T10:00:00Z",
        },
    )
    edited = await served.client.patch(path, headers=fay, json={"version": 3, "partsCost": "10.10", "priority": "high"})
    timeline = await served.client.get(f"{path}/timeline", headers=fay)

    assert assigned.json()["repair"]["technician"]["firstName"] == "Tom"
    assert moved.json()["repair"]["estimatedCompletion"] == "2031-01-01T10:00:00Z"
    assert '"totalCost":60.00,' in edited.text
    assert [item["internalNotes"] for item in timeline.json()["items"]] == [None, "Wet."]


async def test_r44_a_technician_stays_within_the_role(
    served: Served, people: People, bench: Bench, actors: Actors
) -> None:
    """No intake, no work for others; taking work on is allowed."""
    repair = (await bench.take_in(actors.anna)).repair
    headers = await served.sign_in(people.tom)
    path = f"/api/staff/repairs/{repair.id}/assign"

    taken = await served.client.post("/api/staff/repairs", headers=headers, json=DEVICE)
    given = await served.client.post(path, headers=headers, json={"technicianId": str(people.mia.id), "version": 1})
    dropped = await served.client.post(path, headers=headers, json={"technicianId": None, "version": 1})
    own = await served.client.post(path, headers=headers, json={"technicianId": str(people.tom.id), "version": 1})

    assert [answer.status_code for answer in (taken, given, dropped, own)] == [403, 403, 403, 200]


async def test_customers_have_no_desk(served: Served, people: People, bench: Bench, actors: Actors) -> None:
    """A customer's token opens none of it (R39)."""
    repair = (await bench.take_in(actors.anna)).repair
    headers = await served.sign_in(people.anna)
    for path in ("", f"/{repair.id}", f"/{repair.id}/timeline"):
        assert (await served.client.get(f"/api/staff/repairs{path}", headers=headers)).status_code == 401
    for path in ("stages", "technicians"):
        assert (await served.client.get(f"/api/staff/{path}", headers=headers)).status_code == 401


async def test_what_is_not_there_is_404(served: Served, people: People) -> None:
    """For every call that names a repair."""
    headers = await served.sign_in(people.mia)
    path = f"/api/staff/repairs/{uuid4()}"
    answers = [
        await served.client.get(path, headers=headers),
        await served.client.get(f"{path}/timeline", headers=headers),
        await served.client.patch(path, headers=headers, json={"version": 1}),
        await served.client.post(f"{path}/status", headers=headers, json={"status": "testing", "version": 1}),
        await served.client.post(f"{path}/assign", headers=headers, json={"technicianId": None, "version": 1}),
    ]

    assert {answer.status_code for answer in answers} == {404}


@pytest.mark.parametrize(
    "body",
    [
        {"status": "testing"},
        {"status": "lost", "version": 1},
        {"status": "testing", "version": 0},
        {"status": "testing", "version": 2**40},
        {"status": "diagnosing", "version": 1, "customerId": "x"},
        {"status": "diagnosing", "version": 1, "stage": "'; --"},
        {"status": "diagnosing", "version": 1, "notes": "x" * 10_001},
        {"status": "diagnosing", "version": 1, "estimatedCompletion": "2031-01-01T10:00:00"},
        {"status": "diagnosing", "version": 1, "estimatedCompletion": "2026-01-01T10:00:00Z"},
        {"status": "diagnosing", "version": 1, "estimatedCompletion": "9999-12-31T23:59:59-12:00"},
        {"status": "diagnosing", "version": 1, "estimatedCompletion": "0001-01-01T00:00:00+12:00"},
    ],
)
async def test_r42_r48_bad_bodies_are_422(
    served: Served, people: People, bench: Bench, actors: Actors, body: dict[str, object]
) -> None:
    """Nothing is assigned that was not meant, and nothing of a bad body is stored."""
    repair = (await bench.take_in(actors.anna)).repair
    headers = await served.sign_in(people.mia)

    answer = await served.client.post(f"/api/staff/repairs/{repair.id}/status", headers=headers, json=body)

    assert answer.status_code == 422, answer.text
    assert repair == await bench.read(actors.anna, repair.id)


NO_MONEY = ["-1", "0.001", "1.200", '"1,200"', '"2.350"', "1e3", "1e400", "NaN", '"NaN"', "100000000.00"]


async def test_r48_c01_what_is_no_money_or_unclear_is_refused(
    served: Served, people: People, bench: Bench, actors: Actors
) -> None:
    """Whatever JSON can call a number, by an edit and at the intake; nothing of it is stored."""
    repair = (await bench.take_in(actors.anna)).repair
    headers = await served.sign_in(people.mia) | {"Content-Type": "application/json"}
    device = json.dumps(DEVICE | {"customerId": str(people.anna.id)})[:-1]

    for cost in NO_MONEY:
        edit = f'{{"version": 1, "partsCost": {cost}}}'
        edited = await served.client.patch(f"/api/staff/repairs/{repair.id}", headers=headers, content=edit)
        intake = f'{device}, "repairCost": {cost}}}'
        taken = await served.client.post("/api/staff/repairs", headers=headers, content=intake)

        assert edited.status_code in {400, 422}, edited.text
        assert taken.status_code in {400, 422}, taken.text
    assert repair == await bench.read(actors.anna, repair.id)


async def test_a_quote_without_a_price_is_422(served: Served, people: People, bench: Bench, actors: Actors) -> None:
    """The field is `amount`; with it the answer has the total, the timeline the price that was quoted."""
    repair = await bench.lead((await bench.take_in(actors.anna)).repair, Status.DIAGNOSING)
    headers = await served.sign_in(people.tom)
    path = f"/api/staff/repairs/{repair.id}"
    body = {"status": "quoted", "version": repair.version}

    for amount in (None, -1, 59.999):
        answer = await served.client.post(f"{path}/status", headers=headers, json=body | {"amount": amount})
        assert answer.status_code == 422, amount
        assert [error["field"] for error in answer.json()["errors"]] == ["amount"], amount
    quoted = await served.client.post(f"{path}/status", headers=headers, json=body | {"amount": 59})

    assert quoted.json()["repair"]["totalCost"] == 59.00
    timeline = (await served.client.get(f"{path}/timeline", headers=headers)).json()["items"]
    assert [entry["item"]["quotedCost"] for entry in timeline] == [None, None, 59.00]


async def test_forms_have_their_choices(served: Served, people: People) -> None:
    """Stages in the order of the work with their labels; everybody who can be given work, without addresses."""
    headers = await served.sign_in(people.tom)

    stages = (await served.client.get("/api/staff/stages", headers=headers)).json()["items"]
    staff = (await served.client.get("/api/staff/technicians", headers=headers)).json()["items"]

    assert (stages[0]["key"], stages[-1]["key"]) == ("received", "cancelled")
    assert {"key", "status", "label", "tellsCustomer"} == set(stages[0])
    assert [one["firstName"] for one in staff] == ["Ada", "Fay", "Mia", "Tom"]
    assert {"id", "firstName", "lastName"} == set(staff[0])
