"""Addresses, names and telephone numbers are the same at every entrance: pages, API, import, command line."""

from pathlib import Path
from typing import Any

import psycopg
import pytest

from revivatech.accounts import service as accounts
from revivatech.accounts.contracts import NewStaff
from revivatech.db import Database
from revivatech.kit.actor import SYSTEM, Role
from revivatech.kit.email import NO_EMAIL, NOT_ASCII
from revivatech.repairs.importing import import_repairs
from support.mailbox import Mailbox
from support.people import PASSWORD, PASSWORD_HASH, People
from support.serving import SAME_ORIGIN, Served

pytestmark = pytest.mark.anyio

DEVICE = {"deviceType": "phone", "deviceBrand": "Nokia", "deviceModel": "3310", "issueDescription": "Dark."}
NEWCOMER = {"password": "blue horses dance at noon", "firstName": "Nora", "lastName": "Nilsen", "acceptTerms": True}
UNMAILABLE = {
    "a b@c.example": NO_EMAIL,
    "a..b@a.example": NO_EMAIL,
    "a;b@a.example": NO_EMAIL,
    "x\x00@a.example": NO_EMAIL,
    "jose\u0301@a.example": NOT_ASCII,
    "weiß@a.example": NOT_ASCII,
}
# As older versions stored them, and as their owners type them.
FORMER = {
    "josé@a.example": "Jose\u0301@a.example",
    "weiss@a.example": "weiß@a.example",
    "u@strasse.example": "u@straße.example",
    "a..b@a.example": " A..b@a.example",
    "ada@localhost": "Ada@localhost",
}
COUNTS = """
    SELECT (SELECT count(*) FROM customers), (SELECT count(*) FROM users), (SELECT count(*) FROM mail_requests),
      (SELECT count(*) FROM staff_reset_requests)
"""


def rows(served: Served, statement: str, *values: object) -> list[tuple[Any, ...]]:
    """What the database answers."""
    with psycopg.connect(served.settings.database_url, autocommit=True) as connection:
        cursor = connection.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def csv_of(folder: Path, **fields: str) -> Path:
    """A file with one repair of that customer."""
    row = {"repair_id": "1", "device_type": "Phone", "issue": "Dark.", "received": "2026-03-31", **fields}
    path = folder / "one.csv"
    path.write_text(",".join(row) + "\n" + ",".join(f'"{value}"' for value in row.values()) + "\n", "utf-8")
    return path


async def test_c09_c28_what_no_mail_reaches_is_refused_everywhere(
    served: Served, people: People, tmp_path: Path
) -> None:
    """Each entrance that stores an address or writes to it answers 422 and names its field; nothing is stored (C09).

    A NUL is no 500.
    """
    before = rows(served, COUNTS)
    desk = await served.sign_in(people.fay)
    admin = await served.sign_in(people.ada)
    anna = await served.sign_in(people.anna)
    for email, problem in UNMAILABLE.items():
        intake: dict[str, object] = {**DEVICE, "customerEmail": email, "customerFirstName": "N"}
        cases: list[tuple[str, dict[str, str], dict[str, object], str]] = [
            ("/api/customer/auth/register", {}, {"email": email, **NEWCOMER}, "email"),
            ("/api/customer/auth/forgot-password", {}, {"email": email}, "email"),
            ("/api/staff/auth/forgot-password", {}, {"email": email}, "email"),
            ("/api/customer/profile/email", anna, {"email": email, "password": PASSWORD}, "email"),
            ("/api/staff/repairs", desk, intake, "customerEmail"),
            ("/api/staff/users", admin, {"email": email, "firstName": "N", "role": "manager"}, "email"),
        ]
        for path, headers, body, field in cases:
            answer = await served.client.post(path, headers=headers, json=body)
            assert answer.status_code == 422, (path, email, answer.text)
            assert answer.json()["errors"] == [{"field": field, "message": problem}], (path, email)
        file = csv_of(tmp_path, customer_first_name="N", customer_email=email)
        summary = await import_repairs(served.settings.database_url, file, report=tmp_path / "report.csv")
        assert (summary.committed, summary.skipped) == (False, 1)

    assert rows(served, COUNTS) == before


async def test_c04_c05_an_address_is_one_account_however_it_is_spelt(
    served: Served, people: People, tmp_path: Path
) -> None:
    """Registered, signed in with, taken in at the desk and imported in four spellings: one account; mail goes there."""
    spellings = ("mailto:Nina@straße.example", "\u00a0NINA@STRAßE.example\n", "ni\u200bna@xn--strae-oqa.example\u202c")
    mailbox = Mailbox(served)
    registered = await served.client.post(
        "/api/customer/auth/register", json={"email": spellings[0], **NEWCOMER, "lastName": "\u202enesliN\u202c"}
    )
    assert registered.status_code == 202, registered.text
    token = await mailbox.token("nina@xn--strae-oqa.example")
    await served.client.post("/api/customer/auth/verify-email", json={"token": token})

    for email in (*spellings, "nina@straße.example"):
        answer = await served.client.post(
            "/api/customer/auth/login", json={"email": email, "password": NEWCOMER["password"]}
        )
        assert answer.status_code == 200, email
    page = await served.client.post(
        "/customer/sign-in",
        data={"email": spellings[1], "password": NEWCOMER["password"]},
        headers={**SAME_ORIGIN, "Origin": served.url},
    )
    desk = await served.sign_in(people.fay)
    taken_in = await served.client.post(
        "/api/staff/repairs", headers=desk, json={**DEVICE, "customerEmail": spellings[2], "customerFirstName": "X"}
    )
    await import_repairs(
        served.settings.database_url, csv_of(tmp_path, customer_first_name="X", customer_email=spellings[0])
    )

    assert page.status_code == 303
    assert (taken_in.status_code, taken_in.json()["customerName"]) == (201, "Nora nesliN")
    mine = rows(served, "SELECT email, last_name FROM customers WHERE email LIKE 'ni%%'")
    assert mine == [("nina@xn--strae-oqa.example", "nesliN")]
    # `strasse.example` is somebody else's.
    assert rows(served, "SELECT count(*) FROM kept_mails WHERE recipient LIKE '%%strasse%%'") == [(0,)]
    for words in ("nina@straße.example", "mailto:nina@xn--strae-oqa.example", "STRASSE.example", "straße.example"):
        found = await served.client.get("/api/staff/customers", headers=desk, params={"q": words})
        assert len(found.json()["items"]) == (0 if words.startswith("STRASSE") else 1), words


async def test_an_account_from_before_still_signs_in(served: Served) -> None:
    """What would be refused or spelt otherwise today is found in its form of then, by its owner's password alone."""
    for stored, typed in FORMER.items():
        rows(
            served,
            "INSERT INTO customers (email, first_name, password_hash) VALUES (%s, 'X', %s)",
            stored,
            PASSWORD_HASH,
        )
        for password, status in ((PASSWORD, 200), ("not this one", 401)):
            answer = await served.client.post("/api/customer/auth/login", json={"email": typed, "password": password})
            assert answer.status_code == status, (typed, answer.text)


async def test_c16_a_number_is_one_however_it_is_written(served: Served, people: People, tmp_path: Path) -> None:
    """From the desk, the API, an import and a registration: kept as E.164, found in both forms, shown with blanks.

    What was stored as typed before is found too. The shop is in Ireland.
    """
    rows(served, "UPDATE shop_settings SET timezone = 'Europe/Dublin'")
    rows(served, "INSERT INTO customers (first_name, phone) VALUES ('Past', '(087) 123 4567')")
    desk = await served.sign_in(people.fay)
    browser = await served.sign_in_browser(people.fay)
    form = {"device_type": "phone", "device_brand": "Nokia", "issue_description": "Dark."}
    typed = "\u202a087\u00a0123 4567\u202c"
    answers = [
        await served.client.post(
            "/api/staff/repairs", headers=desk, json={**DEVICE, "customerFirstName": "Api", "customerPhone": typed}
        ),
        await served.client.post(
            "/staff/repairs/new",
            headers=browser,
            data={**form, "customer_first_name": "Page", "customer_phone": "00353 87 1234567"},
        ),
        await served.client.post(
            "/api/customer/auth/register", json={**NEWCOMER, "email": "new@a.example", "phone": "087-123-4567"}
        ),
        await served.client.post(
            "/api/staff/repairs",
            headers=desk,
            json={**DEVICE, "customerFirstName": "Text", "customerPhone": "ask for Ana, ext. 12"},
        ),
        await served.client.post(
            "/api/staff/repairs", headers=desk, json={**DEVICE, "customerFirstName": "N", "customerPhone": "1" * 33}
        ),
    ]
    await import_repairs(
        served.settings.database_url, csv_of(tmp_path, customer_first_name="File", customer_phone="(087) 123-4567")
    )

    assert [answer.status_code for answer in answers] == [201, 303, 202, 201, 422], [one.text for one in answers]
    assert [error["field"] for error in answers[-1].json()["errors"]] == ["customerPhone"]
    stored = dict(rows(served, "SELECT first_name, phone FROM customers WHERE phone IS NOT NULL"))
    same = dict.fromkeys(("Api", "Page", "Nora", "File"), "+353871234567")
    assert stored == {**same, "Past": "(087) 123 4567", "Text": "ask for Ana, ext. 12"}
    for words in ("+353871234567", "087 123 4567", "00353 87 123 4567", "0871234", "past 087"):
        found = await served.client.get("/api/staff/customers", headers=desk, params={"q": words})
        names = {one["firstName"] for one in found.json()["items"]}
        assert names == ({"Past"} if words.startswith("past") else {"Past", *same}), words
    repairs = await served.client.get("/api/staff/repairs", headers=desk, params={"q": "+353871234567"})
    assert len(repairs.json()["items"]) == 3
    page = await served.client.get("/staff/customers", headers=browser, params={"q": "0871234567"})
    assert "+353 87 123 4567" in page.text


async def test_c21_names_turn_no_text(served: Served, people: People, tmp_path: Path) -> None:
    """Given at the desk, in an import, by an invitation and on the command line: what nobody sees is removed (C21)."""
    name = "\u202eanahoJ\u202c\u00ad"
    desk = await served.sign_in(people.fay)
    admin = await served.sign_in(people.ada)
    person = {"email": "joana@shop.example", "firstName": name, "role": "manager"}
    for path, headers, body in (
        ("/api/staff/repairs", desk, {**DEVICE, "customerFirstName": name, "customerLastName": name}),
        ("/api/staff/users", admin, person),
    ):
        answer = await served.client.post(path, headers=headers, json=body)
        assert answer.status_code == 201, answer.text
    await import_repairs(
        served.settings.database_url, csv_of(tmp_path, customer_first_name=name, customer_last_name="File")
    )
    async with Database(served.settings.database_url, most=1) as db:
        await accounts.create_staff(db, SYSTEM, NewStaff("\u200bCli@Shop.example", name, "", Role.ADMIN), PASSWORD)

    customers = rows(served, "SELECT first_name, last_name FROM customers WHERE first_name LIKE '%%anaho%%' ORDER BY 2")
    colleagues = rows(served, "SELECT email, first_name FROM users WHERE first_name LIKE '%%anaho%%' ORDER BY 1")
    assert customers == [("anahoJ", "File"), ("anahoJ", "anahoJ")]
    assert colleagues == [("cli@shop.example", "anahoJ"), ("joana@shop.example", "anahoJ")]
