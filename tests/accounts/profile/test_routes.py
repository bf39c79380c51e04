"""The profile over JSON: what may be changed, by whom, and who learns of it."""

import gc
import shutil
from collections.abc import Callable
from uuid import uuid4

import httpx
import pytest

from support.people import People
from support.serving import Served

pytestmark = pytest.mark.anyio

PROFILE = "/api/customer/profile"
Sql = Callable[..., list[tuple[object, ...]]]


def fields_of(answer: httpx.Response) -> set[str]:
    """The fields that a refusal names."""
    assert answer.status_code == 422, answer.text
    return {error["field"] for error in answer.json()["errors"]}


async def test_what_is_given_is_changed_and_nothing_else(served: Served, people: People) -> None:
    """Each field alone and all at once; the answer is the profile as it is read afterwards, at once and everywhere."""
    headers = await served.sign_in(people.anna)
    before = (await served.client.get(PROFILE, headers=headers)).json()

    answer = await served.client.put(PROFILE, json={"firstName": "  Ana\n Maria "}, headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.json() == {**before, "firstName": "Ana Maria"}

    everything = {
        "lastName": "",
        "phone": "+351 912 345 678",
        "language": "pt-BR",
        "timezone": "America/Sao_Paulo",
    }
    answer = await served.client.put(PROFILE, json=everything, headers=headers)
    after = {**before, "firstName": "Ana Maria", **everything, "phone": "+351912345678", "phoneVerified": False}
    assert answer.json() == after
    assert (await served.client.get(PROFILE, headers=headers)).json() == after

    assert (await served.client.put(PROFILE, json={"phone": None}, headers=headers)).json()["phone"] is None
    assert (await served.client.put(PROFILE, json={}, headers=headers)).status_code == 200


async def test_a_number_without_its_country_is_the_shops(served: Served, people: People, sql: Sql) -> None:
    """The shop's address says which country; without one, and without a `+`, the number is refused."""
    headers = await served.sign_in(people.anna)
    assert fields_of(await served.client.put(PROFILE, json={"phone": "912 345 678"}, headers=headers)) == {"phone"}

    sql("UPDATE shop_settings SET address = 'Rua do Ouro 1, Lisboa, Portugal'")

    answer = await served.client.put(PROFILE, json={"phone": "912 345 678"}, headers=headers)
    assert answer.json()["phone"] == "+351912345678"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"firstName": ""}, "firstName"),
        ({"firstName": " \u202e\n\t "}, "firstName"),
        ({"firstName": "x" * 101}, "firstName"),
        ({"firstName": None}, "firstName"),
        ({"lastName": "x" * 101}, "lastName"),
        ({"lastName": 7}, "lastName"),
        ({"phone": "0123"}, "phone"),
        ({"phone": "+1 900 555 1234"}, "phone"),
        ({"language": "tlh"}, "language"),
        ({"timezone": "Europe/Atlantis"}, "timezone"),
        ({"timezone": "../../etc/passwd"}, "timezone"),
    ],
)
async def test_r48_wrong_input_names_its_field(
    served: Served, people: People, body: dict[str, object], field: str
) -> None:
    """422 with the field, and nothing of the request is stored, what was right in it neither."""
    headers = await served.sign_in(people.anna)
    before = (await served.client.get(PROFILE, headers=headers)).json()

    answer = await served.client.put(PROFILE, json={"language": "pt-BR", **body}, headers=headers)

    assert fields_of(answer) == {field}
    assert (await served.client.get(PROFILE, headers=headers)).json() == before


@pytest.mark.parametrize(
    "field",
    [
        "id",
        "email",
        "emailVerified",
        "phoneVerified",
        "avatarUrl",
        "twoFactorEnabled",
        "role",
        "permissions",
        "createdAt",
        "customerId",
        "repairCount",
        "first_name",
    ],
)
async def test_r42_nothing_is_assigned_that_was_not_meant(served: Served, people: People, field: str) -> None:
    """Unknown fields are refused whole: the known ones beside them are not stored either."""
    headers = await served.sign_in(people.anna)
    before = (await served.client.get(PROFILE, headers=headers)).json()

    answer = await served.client.put(PROFILE, json={"firstName": "Eve", field: True}, headers=headers)

    assert answer.status_code == 422
    assert (await served.client.get(PROFILE, headers=headers)).json() == before


async def test_r40_everybody_changes_their_own(served: Served, people: People, sql: Sql) -> None:
    """What Ben changes is Ben's; nobody is no customer, and neither are staff."""
    ben, tom = await served.sign_in(people.ben), await served.sign_in(people.tom)

    assert (await served.client.put(PROFILE, json={"firstName": "Benedict"}, headers=ben)).status_code == 200
    for headers in ({}, tom):
        assert (await served.client.put(PROFILE, json={"firstName": "Eve"}, headers=headers)).status_code == 401

    assert set(sql("SELECT first_name FROM customers")) == {("Anna",), ("Benedict",)}


async def test_the_log_says_what_was_changed_and_not_to_what(served: Served, people: People, sql: Sql) -> None:
    """The names of the fields are logged once; a change that changes nothing leaves no line."""
    headers = await served.sign_in(people.anna)
    for _ in range(2):
        await served.client.put(PROFILE, json={"lastName": "Canary", "phone": "+351912345678"}, headers=headers)

    logged = sql(
        "SELECT metadata::text, description FROM customer_activity_log WHERE activity_type = 'profile_changed'"
    )
    assert [line[0] for line in logged] == ['{"fields": "last_name, phone"}']
    assert "Canary" not in str(logged)
    assert "912" not in str(logged)


async def test_r49_script_in_a_name_stays_text(served: Served, people: People) -> None:
    """On every page that shows the name it is escaped."""
    headers = await served.sign_in(people.anna)
    evil = '<img src=x onerror=alert(1)>"><script>alert(1)</script>{{7*7}}'
    answer = await served.client.put(PROFILE, json={"firstName": evil, "lastName": "'--"}, headers=headers)
    assert answer.status_code == 200
    assert answer.json()["firstName"] == evil
    browser = await served.sign_in_browser(people.anna)

    for path in ("/customer/dashboard", "/customer/account", "/customer/repairs"):
        answer = await served.client.get(path, headers=browser)
        assert answer.status_code == 200, path
        page = answer.text
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "&lt;img src=x" in page
        assert "49" not in page.split("<title>")[1].split("</title>")[0]


async def test_r54_a_name_never_becomes_a_header(served: Served, people: People) -> None:
    """Line ends and marks that turn the reading direction are gone before the name is kept."""
    headers = await served.sign_in(people.anna)

    answer = await served.client.put(PROFILE, json={"firstName": "A\r\nBcc: x\u202e"}, headers=headers)

    assert answer.json()["firstName"] == "A Bcc: x"


# ------------------------------------------------------------------ the picture


async def send(served: Served, headers: dict[str, str], content: bytes, **fields: str) -> httpx.Response:
    """The answer to a picture."""
    return await served.client.post(
        f"{PROFILE}/avatar", files={"file": ("../../evil.svg", content, "text/html")}, data=fields, headers=headers
    )


async def test_r70_a_picture_is_taken_and_shown(served: Served, people: People, picture: bytes) -> None:
    """Whatever its name and type claim, it is a WebP under a name of ours afterwards."""
    headers = await served.sign_in(people.anna)

    answer = await send(served, headers, picture, x="0.2", zoom="2")
    assert answer.status_code == 200, answer.text
    url = answer.json()["avatarUrl"]
    assert url.startswith("/api/customer/avatar/")
    for size in ("96", "512"):
        for _ in range(2):
            image = await served.client.get(f"{url}?size={size}", headers=headers)
            assert image.status_code == 200
            assert image.headers["content-type"] == "image/webp"
            assert image.headers["x-content-type-options"] == "nosniff"
            assert image.headers["cache-control"] == "no-store"
            assert image.content[8:12] == b"WEBP"
            assert b"canary" not in image.content

    kept = [path.name for path in (served.settings.data / "files" / "avatars").rglob("*.webp")]
    assert len(kept) == 2
    assert not any("evil" in name for name in kept)


async def test_r40_another_ones_picture_looks_like_a_missing_one(
    served: Served, people: People, picture: bytes
) -> None:
    """For Ben, Anna's picture and no picture answer alike; staff have a door of their own."""
    cast = (people.anna, people.ben, people.tom, people.fay)
    anna, ben, tom, fay = [await served.sign_in(one) for one in cast]
    url = (await send(served, anna, picture)).json()["avatarUrl"]

    stolen = await served.client.get(url, headers=ben)
    missing = await served.client.get(f"/api/customer/avatar/{uuid4()}", headers=ben)
    assert stolen.status_code == missing.status_code == 404
    assert {**stolen.json(), "requestId": ""} == {**missing.json(), "requestId": ""}
    assert (await served.client.get(url)).status_code == 401
    assert (await served.client.get(url, headers=tom)).status_code == 401

    for_staff = f"/api/staff/customers/{people.anna.id}/avatar"
    assert (await served.client.get(for_staff, headers=fay)).status_code == 200
    assert (await served.client.get(for_staff, headers=tom)).status_code == 403
    assert (await served.client.get(for_staff, headers=anna)).status_code == 401
    assert (await served.client.get(f"/api/staff/customers/{people.ben.id}/avatar", headers=fay)).status_code == 404


async def test_another_picture_replaces_it_and_none_removes_it(served: Served, people: People, picture: bytes) -> None:
    """The old address is dead at once and its files follow; removing twice is as good as once."""
    headers = await served.sign_in(people.anna)
    first = (await send(served, headers, picture)).json()["avatarUrl"]
    assert (await served.client.get(f"{first}?size=96", headers=headers)).status_code == 200

    second = (await send(served, headers, picture)).json()["avatarUrl"]

    assert first != second
    assert (await served.client.get(f"{first}?size=96", headers=headers)).status_code == 404
    for _ in range(2):
        assert (await served.client.delete(f"{PROFILE}/avatar", headers=headers)).status_code == 204
    assert (await served.client.get(PROFILE, headers=headers)).json()["avatarUrl"] is None
    assert (await served.client.get(second, headers=headers)).status_code == 404


@pytest.mark.parametrize(
    ("content", "fields"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", {}),
        (b"", {}),
        (b"\xff\xd8\xff\xe0nothing", {}),
        (None, {"x": "2"}),
        (None, {"zoom": "0"}),
        (None, {"zoom": "nonsense"}),
        (None, {"customerId": "1"}),
    ],
)
async def test_r63_what_is_no_picture_changes_nothing(
    served: Served, people: People, picture: bytes, content: bytes | None, fields: dict[str, str]
) -> None:
    """422; the account has no picture, the store no file."""
    headers = await served.sign_in(people.anna)

    answer = await send(served, headers, picture if content is None else content, **fields)

    assert answer.status_code == 422, answer.text
    assert (await served.client.get(PROFILE, headers=headers)).json()["avatarUrl"] is None
    assert list((served.settings.data / "files").rglob("*.webp")) == []


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "1e400"])
async def test_r48_no_number_of_a_square_is_a_fault(served: Served, people: People, picture: bytes, value: str) -> None:
    """What is no place in the picture is refused or taken for its edge, and never a 500."""
    headers = await served.sign_in(people.anna)

    for name in ("x", "y", "zoom"):
        assert (await send(served, headers, picture, **{name: value})).status_code in {200, 422}


# What the framework has read of a form when it stops is closed when it is collected, with a warning.
ABANDONED = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@ABANDONED
async def test_r68_more_than_15_mb_are_refused(served: Served, people: People) -> None:
    """By its announced length, and where none is announced by what has come."""
    headers = await served.sign_in(people.anna)

    answer = await send(served, headers, bytes(16_000_000))
    assert answer.status_code == 413

    async def endless() -> object:
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
        for _ in range(40):
            yield bytes(500_000)

    try:
        answer = await served.client.post(
            f"{PROFILE}/avatar",
            content=endless(),  # type: ignore[arg-type]
            headers={**headers, "Content-Type": "multipart/form-data; boundary=b"},
        )
    except httpx.TransportError:
        pass  # The door was shut while we were still talking.
    else:
        assert answer.status_code == 413
    assert list((served.settings.data / "files").rglob("*.webp")) == []
    gc.collect()


async def test_r68_nobody_elses_megabytes_are_taken_in(served: Served, people: People, picture: bytes) -> None:
    """Who is not signed in learns that, whatever they send, a body that is no form too; staff are no customers."""
    tom = await served.sign_in(people.tom)

    for headers in ({}, tom):
        assert (await send(served, headers, picture)).status_code == 401
        assert (await served.client.post(f"{PROFILE}/avatar", content=b"x", headers=headers)).status_code == 401


async def test_f17_without_files_nothing_changes(served: Served, people: People, picture: bytes) -> None:
    """A store that cannot be written is a 503, and the account names no picture that is not there."""
    headers = await served.sign_in(people.anna)
    folder = served.settings.data / "files"
    folder.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(folder)
    folder.write_text("in the way")

    answer = await send(served, headers, picture)

    assert answer.status_code == 503
    assert (await served.client.get(PROFILE, headers=headers)).json()["avatarUrl"] is None
