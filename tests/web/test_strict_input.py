"""What the API says of an input that is not what the document asks for: which field, and what is wrong with it."""

from typing import Any

import pytest

from support.belongings import ADDRESS, keep_address
from support.people import People
from support.serving import Served

pytestmark = pytest.mark.anyio

REPAIRS = "/api/customer/repairs"
PROFILE = "/api/customer/profile"
LOGIN = "/api/customer/auth/login"
MATRIX = "/api/customer/notifications/preferences"
DESK = "/api/staff/repairs?technician=tom"
JSON = {"Content-Type": "application/json"}


async def test_a_query_says_nothing_unknown(served: Served, people: People) -> None:
    """A filter that is misspelt or comes twice is refused by name: it would list what nobody asked for."""
    headers = await served.sign_in(people.anna)
    cases = {
        f"{REPAIRS}?state=received": "state",
        f"{REPAIRS}?Limit=3": "Limit",
        f"{REPAIRS}?limit=5&limit=6": "limit",
        f"{PROFILE}?x=1": "x",
        "/api/customer/events?limit=1": "after",
    }
    for path, field in cases.items():
        answer = await served.client.get(path, headers=headers)
        assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (422, [field]), path
        # The kept answer of the same query is no other.
        assert (await served.client.get(path, headers=headers)).status_code == 422

    words = (await served.client.get(f"{REPAIRS}?state=received", headers=headers)).json()["errors"][0]["message"]
    assert words == "There is no such parameter. There are: cursor, limit, q, sort, status."
    assert (await served.client.get("/customer/sign-in?utm_source=mail")).status_code == 200


async def test_a_complaint_names_the_field_in_words(served: Served, people: People) -> None:
    """Of an unknown, a missing, a nested and a wrong one; never in the words of the library."""
    headers = await served.sign_in(people.anna)
    address = f"/api/customer/addresses/{(await keep_address(served, headers))['id']}"
    cases: list[tuple[str, str, Any, str, str]] = [
        ("POST", LOGIN, {"email": "a@b.example", "password": "x", "role": "admin"}, "role", "There is no such field."),
        ("POST", LOGIN, {"email": "a@b.example"}, "password", "This is needed."),
        ("POST", LOGIN, [], "body", "This must be an object."),
        ("PUT", PROFILE, {"firstName": 3}, "firstName", "This must be text."),
        ("PUT", PROFILE, {"firstName": "x" * 101}, "firstName", "This must have at most 100 characters."),
        ("PUT", MATRIX, {"matrix": {"quotes": {"fax": True}}}, "matrix.quotes.fax", "There is no such field."),
        ("PUT", MATRIX, {"matrix": {"quotes": {"email": 7}}}, "matrix.quotes.email", "This must be true or false."),
        (
            "PUT",
            MATRIX,
            {"quietHours": {"from": "24:00", "to": "07:00"}},
            "quietHours.from",
            "This is not in the right form. A time of day from 00:00 to 23:59, such as 22:00.",
        ),
        # Text that looks like it is not it.
        (
            "PUT",
            MATRIX,
            {"matrix": {"quotes": {"email": "true"}}},
            "matrix.quotes.email",
            "This must be true or false.",
        ),
        ("PUT", address, ADDRESS | {"version": "1"}, "version", "This must be a whole number."),
        ("PUT", address, ADDRESS | {"version": 1.5}, "version", "This must be a whole number."),
        ("GET", f"{REPAIRS}?limit=0", None, "limit", "This must be at least 1."),
        ("GET", f"{REPAIRS}?limit=ten", None, "limit", "This must be a whole number."),
        (
            "GET",
            f"{REPAIRS}?status=lost",
            None,
            "status",
            "This must be one of: approved, cancelled, completed, diagnosing, quoted, received, repairing, testing.",
        ),
    ]
    for method, path, body, field, words in cases:
        answer = await served.client.request(method, path, headers=headers, json=body)
        assert answer.status_code == 422, (path, body)
        assert answer.json()["errors"] == [{"field": field, "message": words}], (path, body)

    desk = await served.client.get(DESK, headers=await served.sign_in(people.fay))
    words = "This is not in the right form. A colleague's id, `me`, or `none` for nobody's work."
    assert desk.json()["errors"] == [{"field": "technician", "message": words}]
    empty = await served.client.put(PROFILE, headers=headers)
    assert empty.json()["errors"] == [{"field": "body", "message": "A body is needed."}]


async def test_a_body_in_another_format_is_415(served: Served, people: People) -> None:
    """A form, text, XML or a compressed body: the answer says what is read instead, and nothing is changed."""
    headers = await served.sign_in(people.anna)
    body = b'{"firstName": "Changed"}'
    kinds = [
        "application/x-www-form-urlencoded",
        "text/plain",
        "application/xml",
        "multipart/form-data; boundary=x",
        "",
    ]
    for kind in kinds:
        answer = await served.client.put(PROFILE, headers=headers | {"Content-Type": kind}, content=body)
        assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type"), kind
        assert answer.headers["accept"] == "application/json"
    packed = await served.client.put(PROFILE, headers=headers | JSON | {"Content-Encoding": "gzip"}, content=body)
    assert (packed.status_code, packed.headers["accept-encoding"]) == (415, "identity")
    picture = await served.client.post(f"{PROFILE}/avatar", headers=headers | JSON, content=body)
    assert (picture.status_code, picture.headers["accept"]) == (415, "multipart/form-data")

    assert (await served.client.get(PROFILE, headers=headers)).json()["firstName"] == "Anna"
    for kind in ("application/json; charset=utf-8", "APPLICATION/JSON", "application/merge-patch+json"):
        taken = await served.client.put(PROFILE, headers=headers | {"Content-Type": kind}, content=b"{}")
        assert taken.status_code == 200, kind


async def test_a_401_says_whether_a_token_came(served: Served) -> None:
    """RFC 6750, 3.1: without one the client is asked for one; with one it learns that it is no good."""
    without = await served.client.get(PROFILE)
    bad = await served.client.get(PROFILE, headers={"Authorization": "Bearer x"})

    assert (without.status_code, without.headers["www-authenticate"]) == (401, "Bearer")
    assert (bad.status_code, bad.headers["www-authenticate"]) == (401, 'Bearer error="invalid_token"')
