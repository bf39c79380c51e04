"""Addresses over HTTP: kept, changed, deleted; one default whatever happens; nothing of anybody else's."""

import asyncio
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from support.belongings import ADDRESS, keep_address
from support.people import People
from support.serving import Served

pytestmark = pytest.mark.anyio

PATH = "/api/customer/addresses"
GERMAN = {"streetAddress": "Hauptstr. 1", "city": "Bonn", "postalCode": "53111", "country": "DE"}


async def listed(served: Served, headers: dict[str, str]) -> list[dict[str, Any]]:
    """The addresses as they are listed."""
    answer = await served.client.get(PATH, headers=headers)
    assert answer.status_code == 200
    return list(answer.json()["items"])


def defaults(served: Served) -> list[int]:
    """How many defaults each customer with an address has."""
    with psycopg.connect(served.settings.database_url) as connection:
        rows = connection.execute(
            "SELECT count(*) FILTER (WHERE is_default) FROM customer_addresses GROUP BY customer_id"
        ).fetchall()
    return [int(row[0]) for row in rows]


async def test_an_address_is_kept_as_its_country_writes_it(served: Served, people: People) -> None:
    """The first is the default; the state may be named, and the lines are Brazil's."""
    headers = await served.sign_in(people.anna)

    answer = await served.client.post(PATH, headers=headers, json=ADDRESS | {"state": "são paulo"})

    assert answer.status_code == 201
    address = answer.json()
    assert address["isDefault"] is True
    assert (address["state"], address["version"]) == ("SP", 1)
    assert address["lines"] == ["Rua das Flores, 10", "Apto 5", "Centro", "Campinas-SP", "13010-111", "Brazil"]
    assert await listed(served, headers) == [address]
    one = await served.client.get(f"{PATH}/{address['id']}", headers=headers)
    assert one.json() == address


async def test_what_a_country_does_not_use_is_left_out(served: Served, people: People) -> None:
    """A state typed for Germany is not kept; the country's name is in the reader's language."""
    headers = await served.sign_in(people.anna)

    address = await keep_address(
        served, headers | {"Accept-Language": "pt-BR"}, **GERMAN, state="NRW", district="Mitte", apartment=""
    )

    assert (address["state"], address["district"]) == ("", "")
    assert address["lines"] == ["Hauptstr. 1", "53111 Bonn", "Alemanha"]


@pytest.mark.parametrize(
    ("wrong", "fields"),
    [
        ({"postalCode": "1"}, {"postalCode"}),
        ({"postalCode": "", "city": ""}, {"postalCode", "city"}),
        ({"state": "Bavaria"}, {"state"}),
        ({"state": "RJ"}, {"postalCode"}),
        ({"country": "ZZ"}, {"country"}),
        ({"country": "XY", "city": ""}, {"country"}),
        ({"streetAddress": " \t "}, {"streetAddress"}),
        ({"streetAddress": "\u0000"}, {"streetAddress"}),
    ],
)
async def test_what_a_country_needs_is_named(
    served: Served, people: People, wrong: dict[str, str], fields: set[str]
) -> None:
    """A 422 names every field that is missing or cannot be right, and nothing is kept."""
    headers = await served.sign_in(people.anna)

    answer = await served.client.post(PATH, headers=headers, json=ADDRESS | wrong)

    assert answer.status_code == 422, answer.text
    assert {error["field"] for error in answer.json()["errors"]} == fields
    assert await listed(served, headers) == []


@pytest.mark.parametrize(
    "body",
    [
        b'{"streetAddress": NaN, "country": "BR"}',
        b'{"streetAddress": 1e400, "country": "BR"}',
        b'{"streetAddress": "\\ud800", "country": "BR"}',
        b'{"streetAddress": "x", "country": "\\udfff\\ud800"}',
        b'{"streetAddress": "x", "country": "BR", "version": 1e30}',
        b'{"streetAddress": "\xff", "country": "BR"}',
        b"[]",
        b"null",
    ],
)
async def test_r48_what_is_no_address_is_refused(served: Served, people: People, body: bytes) -> None:
    """Numbers that are none, halves of letters, bytes that are no text: 400 or 422, nothing kept."""
    headers = await served.sign_in(people.anna)

    answer = await served.client.post(PATH, headers=headers | {"Content-Type": "application/json"}, content=body)

    assert answer.status_code in {400, 422}, answer.text
    assert await listed(served, headers) == []


async def test_r42_what_was_not_offered_cannot_be_set(served: Served, people: People) -> None:
    """An owner, an id or a time in the body is refused, and the address stays as it was."""
    headers = await served.sign_in(people.anna)
    address = await keep_address(served, headers)
    for name, value in (("customerId", str(people.ben.id)), ("id", str(uuid4())), ("createdAt", "2020-01-01")):
        for method, path, body in (
            ("POST", PATH, ADDRESS),
            ("PUT", f"{PATH}/{address['id']}", ADDRESS | {"version": 1}),
        ):
            answer = await served.client.request(method, path, headers=headers, json=body | {name: value})

            assert answer.status_code == 422, (method, name)
    assert await listed(served, headers) == [address]


async def test_r40_anothers_address_is_one_that_never_was(served: Served, people: People) -> None:
    """Reading, changing and deleting answer with the same bytes, and leave Anna's address as it is."""
    anna, ben = await served.sign_in(people.anna), await served.sign_in(people.ben)
    address = await keep_address(served, anna)
    body = ADDRESS | {"version": 1, "isDefault": True}

    for method in ("GET", "PUT", "DELETE"):
        sent = {"json": body} if method == "PUT" else {}
        theirs = await served.client.request(method, f"{PATH}/{address['id']}", headers=ben, **sent)  # type: ignore[arg-type]
        none = await served.client.request(method, f"{PATH}/{uuid4()}", headers=ben, **sent)  # type: ignore[arg-type]

        assert theirs.status_code == none.status_code == 404
        assert theirs.json() | {"requestId": ""} == none.json() | {"requestId": ""}
    assert await listed(served, ben) == []
    assert await listed(served, anna) == [address]


async def test_a_lost_update_is_told(served: Served, people: People) -> None:
    """The second change of one version is a 409 with the present address; nothing of it is stored."""
    headers = await served.sign_in(people.anna)
    address = await keep_address(served, headers)
    path = f"{PATH}/{address['id']}"

    first = await served.client.put(path, headers=headers, json=ADDRESS | {"version": 1, "label": "First"})
    second = await served.client.put(path, headers=headers, json=ADDRESS | {"version": 1, "label": "Second"})

    assert (first.status_code, second.status_code) == (200, 409)
    assert second.json()["code"] == "version_conflict"
    assert second.json()["current"]["label"] == "First"
    assert (await listed(served, headers))[0]["version"] == 2


async def test_of_twenty_changes_of_one_version_one_is_made(served: Served, people: People) -> None:
    """All at once: one 200, nineteen 409."""
    headers = await served.sign_in(people.anna)
    address = await keep_address(served, headers)

    answers = await asyncio.gather(
        *(
            served.client.put(
                f"{PATH}/{address['id']}", headers=headers, json=ADDRESS | {"version": 1, "label": f"No. {number}"}
            )
            for number in range(20)
        )
    )

    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 19


async def test_r112_twenty_who_set_the_default_at_once_leave_one(served: Served, people: People) -> None:
    """Each of twenty addresses is made the default in parallel; each is answered, one is it."""
    headers = await served.sign_in(people.anna)
    kept = [
        (await served.client.post(PATH, headers=headers, json=ADDRESS | {"label": f"No. {number}"})).json()
        for number in range(20)
    ]

    answers = await asyncio.gather(
        *(
            served.client.put(
                f"{PATH}/{one['id']}",
                headers=headers,
                json=ADDRESS | {"label": one["label"], "version": 1, "isDefault": True},
            )
            for one in kept
        )
    )

    assert {answer.status_code for answer in answers} == {200}
    assert all(answer.json()["isDefault"] for answer in answers)
    assert defaults(served) == [1]
    assert [one["isDefault"] for one in await listed(served, headers)] == [True] + [False] * 19


async def test_r112_the_first_of_many_at_once_is_the_default_alone(served: Served, people: People) -> None:
    """Thirty parallel first addresses: twenty are kept, ten refused, one is the default."""
    headers = await served.sign_in(people.anna)

    answers = await asyncio.gather(
        *(served.client.post(PATH, headers=headers, json=ADDRESS | {"isDefault": True}) for _ in range(30))
    )

    assert sorted(answer.status_code for answer in answers) == [201] * 20 + [409] * 10
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"too_many_addresses"}
    assert defaults(served) == [1]


async def test_r112_without_its_default_the_newest_is_it(served: Served, people: People) -> None:
    """Deleting the default makes the newest the default; deleting another changes nothing; the last leaves none."""
    headers = await served.sign_in(people.anna)
    first, second, third = [await keep_address(served, headers, label=name) for name in ("1", "2", "3")]

    await served.client.delete(f"{PATH}/{second['id']}", headers=headers)
    assert [(one["label"], one["isDefault"]) for one in await listed(served, headers)] == [("1", True), ("3", False)]
    gone = await served.client.delete(f"{PATH}/{first['id']}", headers=headers)
    assert (gone.status_code, gone.content) == (204, b"")
    assert [(one["label"], one["isDefault"]) for one in await listed(served, headers)] == [("3", True)]
    await served.client.delete(f"{PATH}/{third['id']}", headers=headers)
    assert await listed(served, headers) == []


async def test_r112_the_default_cannot_be_unmade(served: Served, people: People) -> None:
    """`isDefault: false` on the default is a 409 that says so; on another it is what it is anyway."""
    headers = await served.sign_in(people.anna)
    default, other = await keep_address(served, headers), await keep_address(served, headers)

    refused = await served.client.put(
        f"{PATH}/{default['id']}", headers=headers, json=ADDRESS | {"version": 1, "isDefault": False}
    )
    same = await served.client.put(
        f"{PATH}/{other['id']}", headers=headers, json=ADDRESS | {"version": 1, "isDefault": False}
    )

    assert (refused.status_code, refused.json()["code"]) == (409, "default_stays")
    assert same.status_code == 200
    assert defaults(served) == [1]


async def test_the_log_says_what_became_of_addresses(served: Served, people: People) -> None:
    """Added, changed, made the default, deleted: each once, in words, without the address itself."""
    headers = await served.sign_in(people.anna)
    first, second = await keep_address(served, headers), await keep_address(served, headers)
    path = f"{PATH}/{second['id']}"
    changed = ADDRESS | {"label": "New", "version": 1, "isDefault": True}
    assert (await served.client.put(path, headers=headers, json=changed)).status_code == 200
    await served.client.delete(f"{PATH}/{first['id']}", headers=headers)

    log = (await served.client.get("/api/customer/activity", headers=headers)).json()["items"]

    assert [entry["type"] for entry in log] == [
        "address_removed",
        "address_made_default",
        "address_changed",
        "address_added",
        "address_added",
        "signed_in",
    ]
    assert all(entry["ipAddress"] == "127.0.0.1" and entry["text"] for entry in log)
    assert "Flores" not in str(log)


async def test_r106_a_retry_under_one_key_makes_no_second_address(served: Served, people: People) -> None:
    """Ten at once and one later are one address; another body or another customer under the key is not it."""
    anna, ben = await served.sign_in(people.anna), await served.sign_in(people.ben)
    key = {"Idempotency-Key": "from-anna's-phone"}

    answers = await asyncio.gather(*(served.client.post(PATH, headers=anna | key, json=ADDRESS) for _ in range(10)))
    later = await served.client.post(PATH, headers=anna | key, json=ADDRESS)
    other = await served.client.post(PATH, headers=anna | key, json=GERMAN)
    of_ben = await served.client.post(PATH, headers=ben | key, json=ADDRESS)
    without = await served.client.post(PATH, headers=anna, json=ADDRESS)

    assert {answer.status_code for answer in (*answers, later)} == {201}
    assert {answer.text for answer in (*answers, later)} == {later.text}
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert of_ben.status_code == without.status_code == 201
    assert of_ben.json()["id"] != later.json()["id"]
    assert len(await listed(served, anna)) == 2
