"""A customer's repairs over HTTP: what is answered, what is refused, what never leaves."""

from typing import Any
from uuid import uuid4

import pytest

from revivatech.db import Database
from revivatech.repairs.contracts import Status
from support.people import People
from support.repairing import Actors, Bench
from support.serving import Served

pytestmark = pytest.mark.anyio

CANARY = "canary-4f1c"
FIELDS = {
    "id",
    "repairNumber",
    "deviceType",
    "deviceBrand",
    "deviceModel",
    "issueDescription",
    "repairType",
    "priority",
    "status",
    "stage",
    "technician",
    "estimatedCompletion",
    "actualCompletion",
    "repairCost",
    "partsCost",
    "laborCost",
    "totalCost",
    "currency",
    "warrantyMonths",
    "notes",
    "pendingQuote",
    "unreadMessages",
    "createdAt",
    "updatedAt",
    "version",
    "deviceId",
}


async def get(served: Served, headers: dict[str, str], path: str, **query: Any) -> Any:
    """The answer to a GET below /api/customer."""
    return await served.client.get(f"/api/customer{path}", headers=headers, params=query)


async def test_a_repair_is_the_contracts(served: Served, people: People, bench: Bench, actors: Actors) -> None:
    """The fields of api.md in camelCase, money as numbers with two decimals, times in UTC."""
    repair = (await bench.take_in(actors.anna)).repair
    headers = await served.sign_in(people.anna)

    answer = await get(served, headers, f"/repairs/{repair.id}")

    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    body = answer.json()
    assert set(body) == FIELDS
    assert body["stage"] == {"key": "received", "label": "Received"}
    assert body["createdAt"].endswith("Z")


async def test_the_reader_chooses_the_language(served: Served, people: People, bench: Bench, actors: Actors) -> None:
    """Labels come as the request asks, and a kept answer in one language is not another reader's."""
    repair = (await bench.take_in(actors.anna)).repair
    headers = await served.sign_in(people.anna)
    labels = []
    for language in ("en", "pt-BR", "en"):
        answer = await get(served, headers | {"Accept-Language": language}, f"/repairs/{repair.id}")
        labels.append(answer.json()["stage"]["label"])

    assert labels == ["Received", "Recebido", "Received"]


async def test_r40_anothers_repair_answers_like_a_missing_one(
    served: Served, people: People, bench: Bench, actors: Actors
) -> None:
    """The same bytes but for the request's own id."""
    repair = (await bench.take_in(actors.anna)).repair
    headers = await served.sign_in(people.ben)
    for path in ("/repairs/{}", "/repairs/{}/timeline"):
        theirs = await get(served, headers, path.format(repair.id))
        none = await get(served, headers, path.format(uuid4()))

        assert theirs.status_code == none.status_code == 404
        assert [body | {"requestId": ""} for body in (theirs.json(),)] == [none.json() | {"requestId": ""}]
    assert (await get(served, headers, "/repairs")).json() == {"items": [], "nextCursor": None}


async def test_r41_what_the_shop_keeps_to_itself_never_leaves(
    served: Served, people: People, bench: Bench, actors: Actors
) -> None:
    """A canary in every internal note, and the technician's address, are in no answer and on no page."""
    repair = (await bench.take_in(actors.anna, internal_notes=f"{CANARY}-intake", technician_id=actors.tom.id)).repair
    repair = await bench.move(repair, Status.DIAGNOSING, notes="For you.", internal_notes=f"{CANARY}-change")
    await bench.move(repair, Status.DIAGNOSING, internal_notes=f"{CANARY}-note")
    headers = await served.sign_in(people.anna)
    browser = await served.sign_in_browser(people.anna)

    bodies = [
        (await served.client.get(path, headers=who)).text
        for who, path in [
            (headers, "/api/customer/repairs"),
            (headers, f"/api/customer/repairs/{repair.id}"),
            (headers, f"/api/customer/repairs/{repair.id}/timeline"),
            (headers, "/api/customer/dashboard/activity"),
            (headers, "/api/customer/notifications"),
            (headers, "/api/customer/events?after=0"),
            (browser, "/customer/dashboard"),
            (browser, "/customer/repairs"),
            (browser, f"/customer/repairs/{repair.id}"),
            (browser, "/customer/notifications"),
        ]
    ]

    assert all(len(body) > 100 for body in bodies)
    assert [body for body in bodies if CANARY in body or people.tom.email in body] == []


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("status", ["done", "", "RECEIVED"]),
        ("sort", ["priority", "created_at; --"]),
        ("limit", ["0", "-1", "101", "1000000000", "abc", "1.5", "1e400", "NaN"]),
        ("cursor", ["x", "e30", "\x00", "%"]),
        ("q", ["x" * 301]),
    ],
)
async def test_r48_r121_unknown_values_are_422(served: Served, people: People, field: str, values: list[str]) -> None:
    """The field is named; nothing is guessed, nothing is a fault."""
    headers = await served.sign_in(people.anna)
    for value in values:
        answer = await get(served, headers, "/repairs", **{field: value})

        assert answer.status_code == 422, (field, value)
        assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_r53_wildcards_are_letters_over_http(
    served: Served, people: People, bench: Bench, actors: Actors
) -> None:
    """A percent sign finds a percent sign."""
    await bench.take_in(actors.anna, issue_description="Stops at 80%")
    await bench.take_in(actors.anna)
    headers = await served.sign_in(people.anna)

    for q, count in (("%", 1), ("_", 0), ("80%", 1), ("' OR 1=1 --", 0), ("\x00", 2)):
        assert len((await get(served, headers, "/repairs", q=q)).json()["items"]) == count, q


async def test_r114_a_change_is_seen_at_the_next_read(served: Served, people: People, actors: Actors) -> None:
    """Kept answers are forgotten with the commit: list, repair, timeline and figures are new at once."""
    headers, desk = await served.sign_in(people.anna), await served.sign_in(people.mia)
    body = {"deviceType": "phone", "deviceBrand": "A", "deviceModel": "B", "issueDescription": "C"}
    taken = await served.client.post(
        "/api/staff/repairs", headers=desk, json=body | {"customerId": str(people.anna.id)}
    )
    repair_id = taken.json()["repair"]["id"]
    version = 1
    for turn in range(20):
        assert (await get(served, headers, f"/repairs/{repair_id}")).json()["version"] == version
        note = await served.client.post(
            f"/api/staff/repairs/{repair_id}/status",
            headers=desk,
            json={"status": "received", "version": version, "notes": f"note {turn}"},
        )
        version = note.json()["repair"]["version"]

        assert (await get(served, headers, "/repairs")).json()["items"][0]["version"] == version
        timeline = (await get(served, headers, f"/repairs/{repair_id}/timeline")).json()
        assert timeline["items"][-1]["notes"] == f"note {turn}"
    assert actors.anna.id == people.anna.id


async def test_pages_of_the_list_over_http(
    served: Served, people: People, bench: Bench, actors: Actors, db: Database
) -> None:
    """The cursor leads through all repairs, and the last page has none."""
    for _ in range(5):
        await bench.take_in(actors.anna)
    headers = await served.sign_in(people.anna)

    first = (await get(served, headers, "/repairs", limit=3)).json()
    second = (await get(served, headers, "/repairs", limit=3, cursor=first["nextCursor"])).json()

    assert len({item["id"] for item in first["items"] + second["items"]}) == 5
    assert second["nextCursor"] is None
    assert db is bench.db
