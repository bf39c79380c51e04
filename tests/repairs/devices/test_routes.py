"""Devices over HTTP: kept, changed, deleted, linked with repairs; nothing of anybody else's by guessing a number."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from revivatech.kit.clock import utcnow
from support.belongings import DEVICE, keep_device
from support.desk import Desk, open_desk
from support.people import People
from support.serving import Served

pytestmark = pytest.mark.anyio

PATH = "/api/customer/devices"


@pytest.fixture
async def desk(served: Served, people: People) -> Desk:
    """The shop's desk."""
    return await open_desk(served, people)


async def listed(served: Served, headers: dict[str, str]) -> list[dict[str, Any]]:
    """The devices as they are listed."""
    answer = await served.client.get(PATH, headers=headers)
    assert answer.status_code == 200
    return list(answer.json()["items"])


async def test_a_device_is_kept(served: Served, people: People) -> None:
    """With its IMEI as 15 digits, its days as days, and what was left out as null."""
    headers = await served.sign_in(people.anna)

    full = await keep_device(served, headers)
    bare = (await served.client.post(PATH, headers=headers, json={"deviceType": "laptop", "brand": "Dell"})).json()

    assert (full["imei"], full["purchaseDate"], full["isActive"]) == ("352099001761481", "2025-11-28", True)
    unknown = ("serialNumber", "imei", "purchaseDate", "warrantyExpires", "notes")
    assert [bare[name] for name in unknown] == [None] * 5
    assert await listed(served, headers) == [bare, full]
    assert (await served.client.get(f"{PATH}/{full['id']}", headers=headers)).json() == full


@pytest.mark.parametrize("imei", ["352099001761481", "35-209900-176148-1", "35 209900 176148 1", " 352099 00 1761481 "])
async def test_an_imei_may_be_written_as_on_the_box(served: Served, people: People, imei: str) -> None:
    """Blanks and dashes do not count."""
    headers = await served.sign_in(people.anna)

    assert (await keep_device(served, headers, imei=imei))["imei"] == "352099001761481"


@pytest.mark.parametrize("text", ["N/A", "0", "não tem", "#N/A", "S/N: null", "000000000000000"])
async def test_c08_a_placeholder_is_no_number(served: Served, people: People, text: str) -> None:
    """In either field: the device is kept, without a number."""
    headers = await served.sign_in(people.anna)

    device = await keep_device(served, headers, serialNumber=text, imei=text)

    assert (device["serialNumber"], device["imei"]) == (None, None)


async def test_c14_an_unchanged_value_never_blocks_an_edit(served: Served, people: People) -> None:
    """An imported device keeps a wrong IMEI, a shortened serial number and no brand; a new wrong value is refused."""
    headers = await served.sign_in(people.anna)
    with psycopg.connect(served.settings.database_url) as connection:
        connection.execute(
            """
            INSERT INTO customer_devices (customer_id, device_type, brand, model, serial_number, imei, purchase_date,
              warranty_expires)
            VALUES (%s, 'Phone', '', '', '3.5E+14', '352099001761482', '1969-01-01', '1968-01-01')
            """,
            [people.anna.id],
        )
    (device,) = await listed(served, headers)
    same = {name: device[name] for name in (*DEVICE, "version")}
    path = f"{PATH}/{device['id']}"

    edited = await served.client.put(path, headers=headers, json=same | {"notes": "Blue cover."})
    page = await served.client.get(f"/customer/account/devices/{device['id']}/edit", headers=headers)
    again = same | {"version": 2, "notes": "Red cover."}
    worse = [
        await served.client.put(path, headers=headers, json=again | change)
        for change in (
            {"imei": "352099001761483"},
            {"serialNumber": "4.5E+14"},
            {"purchaseDate": "1969-01-02"},
            {"brand": " ", "deviceType": " "},
        )
    ]

    assert edited.status_code == 200, edited.text
    assert edited.json().items() >= (same | {"notes": "Blue cover.", "version": 2}).items()
    assert 'name="brand" type="text" value="" required' not in " ".join(page.text.split())
    assert [answer.status_code for answer in worse] == [422] * 4
    assert (await listed(served, headers))[0]["notes"] == "Blue cover."


@pytest.mark.parametrize(
    ("wrong", "fields"),
    [
        ({"imei": "352099001761482"}, {"imei"}),
        ({"imei": "35209900176148"}, {"imei"}),
        ({"imei": "3520990017614812"}, {"imei"}),
        ({"imei": "٣٥٢٠٩٩٠٠١٧٦١٤٨١"}, {"imei"}),
        ({"imei": "no idea"}, {"imei"}),
        ({"imei": "3.56938E+14", "serialNumber": "3.5E+14"}, {"imei", "serialNumber"}),
        ({"imei": "A0000012345678"}, {"imei"}),
        ({"imei": "352099001761481 / 490154203237518"}, {"imei"}),
        ({"brand": " \t"}, {"brand"}),
        ({"purchaseDate": "1969-12-31"}, {"purchaseDate"}),
        ({"purchaseDate": (utcnow() + timedelta(days=3)).date().isoformat()}, {"purchaseDate"}),
        ({"purchaseDate": "0001-01-01", "warrantyExpires": None}, {"purchaseDate"}),
        ({"warrantyExpires": "9999-12-31"}, {"warrantyExpires"}),
        ({"warrantyExpires": "2025-11-27"}, {"warrantyExpires"}),
        ({"imei": "1234", "purchaseDate": "1900-01-01", "brand": "\u0000"}, {"imei", "purchaseDate", "brand"}),
    ],
)
async def test_what_cannot_be_right_is_named(
    served: Served, people: People, wrong: dict[str, str | None], fields: set[str]
) -> None:
    """A 422 names every field, and nothing is kept."""
    headers = await served.sign_in(people.anna)

    answer = await served.client.post(PATH, headers=headers, json=DEVICE | wrong)

    assert answer.status_code == 422, answer.text
    assert {error["field"] for error in answer.json()["errors"]} == fields
    assert await listed(served, headers) == []


@pytest.mark.parametrize(
    "pair",
    [
        '"brand": NaN',
        '"brand": 1e400',
        '"brand": "\\ud800"',
        '"notes": "\\udfff"',
        '"purchaseDate": "0000-01-01"',
        '"purchaseDate": "10000-01-01"',
        '"purchaseDate": "2026-02-30"',
        '"purchaseDate": 20260101',
        '"warrantyExpires": "-0001-01-01"',
        '"warrantyExpires": NaN',
    ],
)
async def test_r48_what_is_no_device_is_refused(served: Served, people: People, pair: str) -> None:
    """Numbers that are none, halves of letters, years that there are not: 400 or 422, nothing kept."""
    headers = await served.sign_in(people.anna)
    brand = "" if "brand" in pair else ', "brand": "Framework"'
    body = f'{{"deviceType": "laptop", "model": "13", {pair}{brand}}}'

    answer = await served.client.post(
        PATH, headers=headers | {"Content-Type": "application/json"}, content=body.encode()
    )

    assert answer.status_code in {400, 422}, answer.text
    assert await listed(served, headers) == []


async def test_r42_what_was_not_offered_cannot_be_set(served: Served, people: People) -> None:
    """An owner, an id, a state in the body is refused, and the device stays as it was."""
    headers = await served.sign_in(people.anna)
    device = await keep_device(served, headers)
    for name, value in (("customerId", str(people.ben.id)), ("id", str(uuid4())), ("isActive", False)):
        for method, path, body in (("POST", PATH, DEVICE), ("PUT", f"{PATH}/{device['id']}", DEVICE | {"version": 1})):
            answer = await served.client.request(method, path, headers=headers, json=body | {name: value})

            assert answer.status_code == 422, (method, name)
    assert await listed(served, headers) == [device]


async def test_r40_anothers_device_is_one_that_never_was(served: Served, people: People) -> None:
    """Reading, changing and deleting answer with the same bytes, and leave Anna's device as it is."""
    anna, ben = await served.sign_in(people.anna), await served.sign_in(people.ben)
    device = await keep_device(served, anna)
    for method in ("GET", "PUT", "DELETE"):
        sent: dict[str, Any] = {"json": DEVICE | {"version": 1}} if method == "PUT" else {}
        theirs = await served.client.request(method, f"{PATH}/{device['id']}", headers=ben, **sent)
        none = await served.client.request(method, f"{PATH}/{uuid4()}", headers=ben, **sent)

        assert theirs.status_code == none.status_code == 404
        assert theirs.json() | {"requestId": ""} == none.json() | {"requestId": ""}
    assert await listed(served, anna) == [device]


async def test_r40_a_guessed_number_tells_nothing(served: Served, people: People) -> None:
    """Ben who types Anna's serial number and IMEI gets the answer of any other number, and only his own device."""
    anna, ben = await served.sign_in(people.anna), await served.sign_in(people.ben)
    annas = await keep_device(served, anna, notes="Anna's secret.")

    same = await served.client.post(PATH, headers=ben, json=DEVICE | {"notes": ""})
    other = await served.client.post(PATH, headers=ben, json=DEVICE | {"notes": "", "serialNumber": "FP5-999999"})

    assert same.status_code == other.status_code == 201
    assert set(same.json()) == set(other.json())
    alike = {name: same.json()[name] for name in same.json() if name not in {"id", "serialNumber"}}
    assert alike.items() >= {("notes", None), ("isActive", True), ("version", 1)}
    assert annas["id"] not in str(await listed(served, ben))
    assert "secret" not in str(await listed(served, ben))
    assert await listed(served, anna) == [annas]


async def test_of_twenty_changes_of_one_version_one_is_made(served: Served, people: People) -> None:
    """All at once: one 200, nineteen 409 that hold the present device."""
    headers = await served.sign_in(people.anna)
    device = await keep_device(served, headers)

    answers = await asyncio.gather(
        *(
            served.client.put(
                f"{PATH}/{device['id']}", headers=headers, json=DEVICE | {"version": 1, "model": f"No. {number}"}
            )
            for number in range(20)
        )
    )

    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 19
    (made,) = [answer.json() for answer in answers if answer.status_code == 200]
    lost = [answer.json() for answer in answers if answer.status_code == 409]
    assert {problem["code"] for problem in lost} == {"version_conflict"}
    assert {problem["current"]["model"] for problem in lost} == {made["model"]}
    assert await listed(served, headers) == [made]


async def test_a_device_that_was_here_is_put_away_and_others_are_gone(
    served: Served, people: People, desk: Desk
) -> None:
    """Both leave the list; the one with a repair stays readable, and can be neither changed nor deleted again."""
    headers = await served.sign_in(people.anna)
    here, never = await keep_device(served, headers), await keep_device(served, headers)
    repair = await desk.take_in(people.anna, deviceId=here["id"])
    assert repair["repair"]["deviceId"] == here["id"]

    for device in (here, never):
        answer = await served.client.delete(f"{PATH}/{device['id']}", headers=headers)
        assert (answer.status_code, answer.content) == (204, b"")

    assert await listed(served, headers) == []
    put_away = await served.client.get(f"{PATH}/{here['id']}", headers=headers)
    assert (put_away.status_code, put_away.json()["isActive"]) == (200, False)
    for device, body in ((here, DEVICE | {"version": 2}), (never, DEVICE | {"version": 1})):
        path = f"{PATH}/{device['id']}"
        assert (await served.client.put(path, headers=headers, json=body)).status_code == 404
        assert (await served.client.delete(path, headers=headers)).status_code == 404
    assert (await served.client.get(f"{PATH}/{never['id']}", headers=headers)).status_code == 404
    own = await served.client.get(f"/api/customer/repairs/{repair['repair']['id']}", headers=headers)
    assert own.json()["deviceId"] == here["id"]


async def test_r40_the_desk_links_no_repair_with_anothers_device(served: Served, people: People, desk: Desk) -> None:
    """Anna's device on Ben's repair answers like a device that never was; so does one that Ben has deleted."""
    anna, ben = await served.sign_in(people.anna), await served.sign_in(people.ben)
    annas = await keep_device(served, anna)
    bens = await keep_device(served, ben)
    await served.client.delete(f"{PATH}/{bens['id']}", headers=ben)
    body = {
        "deviceType": "smartphone",
        "deviceBrand": "Fairphone",
        "deviceModel": "5",
        "issueDescription": "Dark.",
        "customerId": str(people.ben.id),
    }

    answers = [
        await served.client.post("/api/staff/repairs", headers=desk.headers, json=body | {"deviceId": device_id})
        for device_id in (annas["id"], bens["id"], str(uuid4()))
    ]

    assert [answer.status_code for answer in answers] == [422] * 3
    assert len({answer.text.replace(answer.headers["x-request-id"], "") for answer in answers}) == 1
    assert [error["field"] for error in answers[0].json()["errors"]] == ["deviceId"]


async def test_no_more_than_two_hundred_are_kept(served: Served, people: People) -> None:
    """The two hundred and first is a 409 that says so; after one is deleted there is room."""
    headers = await served.sign_in(people.anna)
    with psycopg.connect(served.settings.database_url) as connection:
        connection.execute(
            "INSERT INTO customer_devices (customer_id, device_type, brand, model) "
            "SELECT %s, 'laptop', 'Dell', n::text FROM generate_series(1, 199) n",
            [people.anna.id],
        )

    answers = await asyncio.gather(*(served.client.post(PATH, headers=headers, json=DEVICE) for _ in range(5)))

    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]
    assert {one.json()["code"] for one in answers if one.status_code == 409} == {"too_many_devices"}
    assert len(await listed(served, headers)) == 200


async def test_the_log_says_what_became_of_devices(served: Served, people: People) -> None:
    """Added, changed, deleted, each by the device's name; saving what is there already changes nothing."""
    headers = await served.sign_in(people.anna)
    device = await keep_device(served, headers)
    path = f"{PATH}/{device['id']}"
    same = await served.client.put(path, headers=headers, json=DEVICE | {"version": 1})
    assert same.json() == device
    await served.client.put(path, headers=headers, json=DEVICE | {"version": 1, "model": "6"})
    await served.client.delete(path, headers=headers)

    log = (await served.client.get("/api/customer/activity", headers=headers)).json()["items"]

    assert [(entry["type"], entry["text"]) for entry in log[:3]] == [
        ("device_removed", "A device was deleted: Fairphone 6."),
        ("device_changed", "A device was changed: Fairphone 6."),
        ("device_added", "A device was added: Fairphone 5."),
    ]


async def test_r106_a_retry_under_one_key_makes_no_second_device(served: Served, people: People) -> None:
    """Five at once are one device; another body under the key is refused, and what was deleted is not made again."""
    anna = await served.sign_in(people.anna)
    key = anna | {"Idempotency-Key": "1"}

    answers = await asyncio.gather(*(served.client.post(PATH, headers=key, json=DEVICE) for _ in range(5)))
    other = await served.client.post(PATH, headers=key, json=DEVICE | {"brand": "Other"})
    (device,) = await listed(served, anna)
    await served.client.delete(f"{PATH}/{device['id']}", headers=anna)
    gone = await served.client.post(PATH, headers=key, json=DEVICE)

    assert {(answer.status_code, answer.json()["id"]) for answer in answers} == {(201, device["id"])}
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert gone.status_code == 404
