"""The activity log over HTTP: the customer's own, newest first, in the reader's language, page by page."""

import base64
from datetime import datetime
from typing import Any

import psycopg
import pytest

from support.desk import open_desk
from support.people import People
from support.serving import Served

pytestmark = pytest.mark.anyio

PATH = "/api/customer/activity"


async def read(served: Served, headers: dict[str, str], **query: Any) -> Any:
    """The answer's document."""
    answer = await served.client.get(PATH, headers=headers, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_sign_in_is_told_with_device_and_address(served: Served, people: People) -> None:
    """The device in words, the own network address; nothing of it is Ben's to read."""
    headers = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}
    signed_in = await served.client.post(
        "/api/customer/auth/login",
        headers=headers,
        json={"email": people.anna.email, "password": people.anna.password},
    )
    anna = {"Authorization": f"Bearer {signed_in.json()['accessToken']}"}

    (entry,) = (await read(served, anna))["items"]

    assert set(entry) == {"id", "type", "text", "device", "ipAddress", "createdAt"}
    assert (entry["type"], entry["text"]) == ("signed_in", "You signed in.")
    assert (entry["device"], entry["ipAddress"]) == ("Firefox · Linux", "127.0.0.1")
    ben = await served.sign_in(people.ben)
    assert entry["id"] not in str(await read(served, ben))


async def test_entries_are_put_into_words_when_they_are_read(served: Served, people: People) -> None:
    """The same entry is English and Portuguese, whatever was stored as its description."""
    headers = await served.sign_in(people.anna)
    with psycopg.connect(served.settings.database_url) as connection:
        connection.execute("UPDATE customer_activity_log SET description = 'canary'")

    english = await read(served, headers | {"Accept-Language": "en"})
    portuguese = await read(served, headers | {"Accept-Language": "pt-BR"})

    assert english["items"][0]["text"] == "You signed in."
    assert portuguese["items"][0]["text"] not in {"canary", "You signed in."}
    assert "canary" not in str([english, portuguese])


async def test_pages_join_without_a_gap_across_both_tables(served: Served, people: People) -> None:
    """Own acts and the staff's visits in one order, page by page, each entry once, equal times included."""
    desk = await open_desk(served, people)
    repair = (await desk.take_in(people.anna))["repair"]
    headers = await served.sign_in(people.anna)
    for person in (people.tom, people.fay, people.ada):
        await served.client.get(f"/api/staff/repairs/{repair['id']}", headers=await served.sign_in(person))
    with psycopg.connect(served.settings.database_url) as connection:
        connection.execute(
            """
            INSERT INTO customer_activity_log (customer_id, activity_type, description, created_at)
            SELECT %s, 'profile_changed', '', date_trunc('second', now()) - (n / 3) * interval '1 second'
            FROM generate_series(1, 20) n
            """,
            [people.anna.id],
        )
    whole = (await read(served, headers, limit=100))["items"]

    pages: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        page = await read(served, headers, limit=4, **({"cursor": cursor} if cursor else {}))
        assert len(page["items"]) <= 4
        pages += page["items"]
        cursor = page["nextCursor"]
        if cursor is None:
            break

    assert pages == whole
    assert len({entry["id"] for entry in whole}) == len(whole) == 24
    times = [datetime.fromisoformat(entry["createdAt"]) for entry in whole]
    assert times == sorted(times, reverse=True)


async def test_r135_a_visit_names_no_more_than_the_first_name(served: Served, people: People) -> None:
    """No address, no program, no e-mail address, no last name of a colleague."""
    desk = await open_desk(served, people)
    repair = (await desk.take_in(people.anna))["repair"]
    await served.client.get(f"/api/staff/repairs/{repair['id']}", headers=await served.sign_in(people.tom))
    headers = await served.sign_in(people.anna)

    (visit,) = [one for one in (await read(served, headers))["items"] if one["type"] == "staff_opened_repair"]

    assert visit["text"] == f"Tom of the shop opened your repair {repair['repairNumber']}."
    assert (visit["device"], visit["ipAddress"]) == ("", None)


async def test_ended_sign_ins_are_told(served: Served, people: People) -> None:
    """One that was ended, and all others."""
    await served.sign_in(people.anna)
    await served.sign_in(people.anna)
    headers = await served.sign_in(people.anna)
    sessions = (await served.client.get("/api/customer/sessions", headers=headers)).json()["items"]
    other = next(one["id"] for one in sessions if not one["current"])
    assert (await served.client.delete(f"/api/customer/sessions/{other}", headers=headers)).status_code == 204
    assert (await served.client.delete("/api/customer/sessions", headers=headers)).status_code == 204

    log = (await read(served, headers))["items"]

    assert [entry["type"] for entry in log[:2]] == ["other_sessions_ended", "session_ended"]


@pytest.mark.parametrize(
    ("field", "value"),
    [("limit", "0"), ("limit", "101"), ("limit", "NaN"), ("limit", "1e400"), ("cursor", "x"), ("cursor", "\x00")],
)
async def test_r48_r121_unknown_values_are_422(served: Served, people: People, field: str, value: str) -> None:
    """The field is named."""
    headers = await served.sign_in(people.anna)

    answer = await served.client.get(PATH, headers=headers, params={field: value})

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_a_cursor_of_another_list_is_refused(served: Served, people: People) -> None:
    """It names no place in this one."""
    headers = await served.sign_in(people.anna)
    foreign = base64.urlsafe_b64encode(
        b'{"list":"x","at":"2026-01-01T00:00:00Z","id":"00000000-0000-7000-8000-000000000000"}'
    )

    answer = await served.client.get(PATH, headers=headers, params={"cursor": foreign.decode()})

    assert answer.status_code == 422
