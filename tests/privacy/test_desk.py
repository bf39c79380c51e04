"""Requests by letter or at the counter: a manager writes them down, and they go the way of all others."""

import io
import zipfile
from functools import partial
from typing import Any

import psycopg
import pytest

from support.desk import open_desk
from support.mailbox import Mailbox
from support.people import PASSWORD, People
from support.serving import Served
from support.waiting import until_true

pytestmark = pytest.mark.anyio

FIELDS = {"password": PASSWORD, "identity": "signed_letter"}


def rows(served: Served, statement: str) -> list[tuple[Any, ...]]:
    """What the statement answers."""
    with psycopg.connect(served.settings.database_url) as connection:
        return connection.execute(statement.encode()).fetchall()


async def test_r128_an_erasure_is_noted_and_taken_back(served: Served, people: People) -> None:
    """In seven days, with the check of identity and the manager's proof; sessions end, a mail tells, the log knows.

    The customer may take it back by signing in; a manager takes back what the shop noted, never what a customer asked.
    """
    anna = await served.sign_in(people.anna)
    mia, fay = await served.sign_in_browser(people.mia), await served.sign_in_browser(people.fay)
    page = f"/staff/privacy/customers/{people.anna.id}"

    refused = [
        await served.client.post(f"{page}/erasure", headers=fay, data=FIELDS),
        await served.client.post(f"{page}/erasure", headers=mia, data=FIELDS | {"identity": ""}),
        await served.client.post(f"{page}/erasure", headers=mia, data=FIELDS | {"password": "wrong"}),
        await served.client.post(f"{page.replace(str(people.anna.id), str(people.mia.id))}/erasure", headers=mia),
        await served.client.post(f"{page}/erasure/cancel", headers=mia),
    ]
    assert [answer.status_code for answer in refused] == [403, 422, 403, 404, 404]
    assert rows(served, "SELECT count(*) FROM privacy_erasures") == [(0,)]
    assert (await served.client.get("/api/customer/profile", headers=anna)).status_code == 200

    noted = await served.client.post(f"{page}/erasure", headers=mia, data=FIELDS)
    twice = await served.client.post(f"{page}/erasure", headers=mia, data=FIELDS)
    assert (noted.status_code, noted.headers["location"], twice.status_code) == (303, f"{page}?said=erasure", 409)
    assert rows(
        served,
        "SELECT customer_id, noted_by, identity, round(extract(epoch FROM execute_at - created_at) / 86400) "
        "FROM privacy_erasures",
    ) == [(people.anna.id, people.mia.id, "signed_letter", 7)]
    assert (await served.client.get("/api/customer/profile", headers=anna)).status_code == 401
    assert "counter or by letter" in (await Mailbox(served).wait(people.anna.email, "account erased"))["text_body"]
    assert "A signed letter" in (await served.client.get(page, headers=mia)).text
    assert rows(
        served, "SELECT action, actor_id, facts->>'identity' FROM staff_audit_log WHERE action LIKE 'erasure%'"
    ) == [("erasure_asked_for_customer", people.mia.id, "signed_letter")]

    kept = await served.client.post(f"{page}/erasure/cancel", headers=mia)
    assert (kept.status_code, rows(served, "SELECT status FROM privacy_erasures")) == (303, [("cancelled",)])
    again = await served.sign_in(people.anna)
    own = await served.client.post("/api/customer/privacy/erasure", headers=again, json={"password": PASSWORD})
    not_theirs = await served.client.post(f"{page}/erasure/cancel", headers=mia)
    assert (own.status_code, not_theirs.status_code) == (202, 404)


async def test_r127_no_erasure_is_noted_while_a_device_is_here(served: Served, people: People) -> None:
    """The form is not offered, and sent all the same it is refused."""
    await (await open_desk(served, people)).take_in(people.anna)
    mia = await served.sign_in_browser(people.mia)
    page = f"/staff/privacy/customers/{people.anna.id}"

    shown = await served.client.get(page, headers=mia)
    sent = await served.client.post(f"{page}/erasure", headers=mia, data=FIELDS)

    assert "give it back first" in shown.text
    assert f'action="{page}/erasure"' not in shown.text
    assert sent.status_code == 409


async def test_r125_a_copy_is_handed_over_to_who_has_no_address_alone(served: Served, people: People) -> None:
    """The shop fetches the file only where its customer cannot, and that is on record; anybody else's is a 404."""
    made = "INSERT INTO customers (first_name, phone) VALUES ('Uma', '+353 20 915 0199') RETURNING id"
    with psycopg.connect(served.settings.database_url) as connection:
        [uma] = connection.execute(made).fetchone() or []
    mia = await served.sign_in_browser(people.mia)
    files: dict[Any, str] = {}
    for customer_id in (uma, people.anna.id):
        page = f"/staff/privacy/customers/{customer_id}"
        asked = await served.client.post(f"{page}/export", headers=mia, data=FIELDS)
        assert asked.status_code == 303
        ready = f"SELECT id FROM privacy_exports WHERE customer_id = '{customer_id}' AND status = 'ready'"  # noqa: S608
        await until_true(partial(rows, served, ready))
        [(export_id,)] = rows(served, ready)
        files[customer_id] = f"{page}/exports/{export_id}/download"

    handed = await served.client.post(files[uma], headers=mia)
    annas = await served.client.post(files[people.anna.id], headers=mia)
    crossed = await served.client.post(files[uma].replace(str(uma), str(people.anna.id)), headers=mia)

    assert handed.status_code == 200
    assert zipfile.ZipFile(io.BytesIO(handed.content)).testzip() is None
    assert (annas.status_code, crossed.status_code) == (404, 404)
    assert rows(served, "SELECT customer_id FROM staff_audit_log WHERE action = 'export_handed_over'") == [(uma,)]
    assert (await Mailbox(served).wait(people.anna.email, "ready"))["recipient"] == people.anna.email
