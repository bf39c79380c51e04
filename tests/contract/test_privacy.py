"""What a customer may see and set: their own, and nothing of the shop's or of anybody else's."""

import secrets
from collections.abc import AsyncIterator, Mapping
from typing import Any
from uuid import uuid4

import httpx
import msgspec
import psycopg
import pytest
from socketio.exceptions import ConnectionError as Refused

from revivatech.settings import Settings
from support.belongings import ADDRESS, DEVICE, keep_address, keep_device
from support.crawling import crawl, filled
from support.desk import Desk, open_desk
from support.exporting import ask
from support.listening import listening
from support.passkeys import keep_passkey
from support.people import PASSWORD_HASH, People
from support.pictures import keep_avatar
from support.routes import routes_of
from support.serving import Served, serve
from support.state import Digest, digest

pytestmark = pytest.mark.anyio

# Of a session, a read keeps when it was last used, and so until when it lives.
READS_TOUCH = {
    "customer_sessions": ["last_used_at", "expires_at"],
    "staff_sessions": ["last_used_at", "expires_at"],
}
# A GET that marks: the way to the page that a notification is about.
FOLLOWED = "/customer/notifications/"
CUSTOMERS = ("/customer", "/api/customer")
# What such a request must send before it is asked whose the object is.
BODIES: dict[tuple[str, str], dict[str, Any]] = {
    ("PUT", "/api/customer/addresses/{address_id:uuid}"): ADDRESS | {"version": 1},
    ("PUT", "/api/customer/devices/{device_id:uuid}"): DEVICE | {"version": 1},
    ("PATCH", "/api/customer/profile/passkeys/{passkey_id:uuid}"): {"name": "Phone"},
}


@pytest.fixture
async def quiet(settings: Settings) -> AsyncIterator[Served]:
    """A portal whose jobs rest."""
    async with serve(msgspec.structs.replace(settings, jobs_in_web=False)) as portal:
        yield portal


async def ids_of_anna(served: Served, people: People, desk: Desk, anna: Mapping[str, str]) -> dict[str, str]:
    """One of each thing that Anna has, by the name of the path parameter."""
    repair = (await desk.take_in(people.anna))["repair"]
    await desk.move(repair["id"], "diagnosing", notes="We have opened it.")
    notifications = await served.client.get("/api/customer/notifications", headers=anna)
    sessions = await served.client.get("/api/customer/sessions", headers=anna)
    return {
        "repair_id": repair["id"],
        "customer_id": str(people.anna.id),
        "user_id": str(people.tom.id),
        "notification_id": notifications.json()["items"][0]["id"],
        "session_id": sessions.json()["items"][0]["id"],
        "address_id": (await keep_address(served, anna))["id"],
        "device_id": (await keep_device(served, anna))["id"],
        "export_id": (await ask(served, anna)).json()["id"],
        "avatar_id": await keep_avatar(served, anna),
        "passkey_id": keep_passkey(served, people.anna),
    }


def without_ids(answer: httpx.Response, asked: str) -> tuple[int, str, dict[str, str]]:
    """The answer without the request's own id and the id that was asked for, which is whatever the asker wrote."""
    request_id = answer.headers["x-request-id"]
    apart = {"x-request-id", "date", "content-length"}
    headers = {name: value.replace(asked, "ID") for name, value in answer.headers.items() if name not in apart}
    return answer.status_code, answer.text.replace(request_id, "REQUEST").replace(asked, "ID"), headers


async def test_r40_anothers_object_looks_like_a_missing_one(served: Served, people: People, desk: Desk) -> None:
    """On every route of a customer that names an object, Ben gets for Anna's what he gets for one that never was."""
    anna, ben = await served.sign_in(people.anna), await served.sign_in(people.ben)
    ids = await ids_of_anna(served, people, desk, anna)
    browser = await served.sign_in_browser(people.ben)
    asked = 0

    for route in routes_of():
        if "{" not in route.path or not route.path.startswith(CUSTOMERS):
            continue
        headers = ben if route.path.startswith("/api/") else browser
        answers = []
        for values in (ids, {name: str(uuid4()) for name in ids}):
            address = filled(route.path, values)
            (used,) = [value for value in values.values() if value in address]
            body = BODIES.get((route.method, route.path))
            answer = await served.client.request(route.method, address, headers=headers, json=body)
            answers.append(without_ids(answer, used))
        assert answers[0][0] == 404, route
        assert answers[0] == answers[1], route
        asked += 1

    assert asked >= 4
    async with listening(served.url, ben["Authorization"].removeprefix("Bearer ")) as socket:
        for event in ("subscribe:repair",):
            assert await socket.call(event, ids["repair_id"]) == await socket.call(event, str(uuid4()))


@pytest.mark.parametrize("transport", ["polling", "websocket"])
async def test_r61_a_cookie_speaks_for_our_own_pages_alone(served: Served, people: People, transport: str) -> None:
    """With Anna's cookie a page of ours connects; a foreign page, a foreign site and who says nothing are refused."""
    cookie = {"Cookie": (await served.sign_in_browser(people.anna))["Cookie"]}
    own = [{"Origin": served.url}, {"Sec-Fetch-Site": "same-origin"}]
    foreign = [{}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "http://evil.test"}]
    foreign += [{"Origin": "null", "Sec-Fetch-Site": "same-origin"}]

    for headers in own:
        async with listening(served.url, headers=cookie | headers, transports=(transport,)) as socket:
            assert await socket.call("events:since", {"seq": 0}) == {"events": [], "resync": False, "lastSeq": 0}
    for headers in foreign:
        with pytest.raises(Refused):
            async with listening(served.url, headers=cookie | headers, transports=(transport,)):
                pass


async def test_r41_nothing_of_the_shops_own_reaches_a_customer(served: Served, people: People, desk: Desk) -> None:
    """Internal notes, colleagues' addresses, hashes, other customers: in no page, answer or packet of Anna's."""
    canary = f"canary{secrets.token_hex(8)}"
    token = await served.sign_in(people.anna)
    browser = await served.sign_in_browser(people.anna)
    async with listening(served.url, token["Authorization"].removeprefix("Bearer ")) as socket:
        others = await desk.take_in(people.ben, issueDescription=f"{canary} of Ben", internalNotes=canary)
        repair = (await desk.take_in(people.anna, internalNotes=f"{canary} intake", technicianId=str(people.tom.id)))[
            "repair"
        ]
        assert await socket.call("subscribe:repair", repair["id"]) == {"ok": True}
        await desk.move(repair["id"], "diagnosing", internalNotes=f"{canary} history", notes="For the customer.")
        version = (await desk.read(repair["id"]))["repair"]["version"]
        edited = await served.client.patch(
            f"/api/staff/repairs/{repair['id']}",
            headers=desk.headers,
            json={"version": version, "internalNotes": f"{canary} edit", "priority": "high"},
        )
        assert edited.status_code == 200
        await desk.move(repair["id"], "cancelled")
        ids = await ids_of_anna(served, people, desk, token)
        await socket.until(lambda: len(socket.named("repair:status_update")) >= 3)
        log = await socket.call("events:since", {"seq": 0})

        read = await crawl(served, browser, ids, below=["/customer"])
        read |= await crawl(served, token, ids, below=["/api/customer"])
        read |= await crawl(served, token, ids | {"repair_id": repair["id"]}, below=["/api/customer"])
        texts = {address: answer.text + str(answer.headers) for address, answer in read.items()}
        texts["socket"] = msgspec.json.encode([socket.packets, log]).decode()

    assert repair["repairNumber"] in texts["socket"]
    assert sum(repair["repairNumber"] in text for text in texts.values()) > 5, "the crawl has seen the repair"
    secret = [canary, PASSWORD_HASH, others["repair"]["id"], others["repair"]["repairNumber"], people.ben.email]
    secret += [member.email for member in people.staff] + hashes(served)
    found = [(address, word) for address, text in texts.items() for word in secret if word in text]
    assert found == []


def hashes(served: Served) -> list[str]:
    """What the database keeps of every secret, as it would look in a text."""
    with psycopg.connect(served.settings.database_url) as connection:
        rows = connection.execute(
            """
            SELECT encode(secret_hash, 'hex') FROM customer_sessions WHERE secret_hash IS NOT NULL
            UNION SELECT encode(token_hash, 'hex') FROM customer_refresh_tokens
            UNION SELECT password_hash FROM users
            """
        ).fetchall()
    return [text for (text,) in rows]


SMUGGLED: dict[str, Any] = {
    "id": str(uuid4()),
    "role": "admin",
    "permissions": ["admin"],
    "emailVerified": True,
    "email_verified_at": "2020-01-01T00:00:00Z",
    "customerId": str(uuid4()),
    "customer_id": str(uuid4()),
    "repairNumber": "R-0000000",
    "totalCost": 0,
    "total_cost": 0,
    "currency": "XAF",
    "createdAt": "2020-01-01T00:00:00Z",
    "importSource": "desk",
}


async def test_r42_what_was_not_offered_cannot_be_set(quiet: Served, people: People) -> None:
    """Every JSON write refuses each field that it does not name (422), and the database stays as it was."""
    desk = await open_desk(quiet, people)
    anna = await quiet.sign_in(people.anna)
    ids = await ids_of_anna(quiet, people, desk, anna)
    version = (await desk.read(ids["repair_id"]))["repair"]["version"]
    signing_in = {"email": people.anna.email, "password": people.anna.password}
    writes: dict[tuple[str, str], dict[str, Any]] = {
        ("POST", "/api/customer/auth/login"): signing_in,
        ("POST", "/api/customer/auth/refresh"): {"refreshToken": "rt"},
        ("POST", "/api/customer/auth/logout"): {},
        ("PUT", "/api/customer/notifications/read-all"): {"upTo": 1},
        ("POST", "/api/customer/addresses"): ADDRESS,
        ("POST", "/api/customer/devices"): DEVICE,
        **BODIES,
        ("POST", "/api/staff/auth/login"): signing_in,
        ("POST", "/api/staff/auth/refresh"): {"refreshToken": "rt"},
        ("POST", "/api/staff/auth/logout"): {},
        ("POST", "/api/staff/auth/forgot-password"): {"email": people.tom.email},
        ("POST", "/api/staff/auth/reset-password"): {"token": "x", "password": "a harbour of seven lanterns"},
        ("PUT", "/api/staff/profile"): {"firstName": "Mia", "lastName": "", "language": "en", "timezone": "UTC"},
        ("PUT", "/api/staff/profile/password"): {"currentPassword": "x", "password": "a harbour of seven lanterns"},
        ("POST", "/api/staff/users"): {"email": "nia@shop.example", "firstName": "Nia", "role": "technician"},
        ("PATCH", "/api/staff/users/{user_id:uuid}"): {"role": "technician"},
        ("PATCH", "/api/staff/customers/{customer_id:uuid}"): {"disabled": False},
        **{
            ("POST", f"/api/staff/customers/{{customer_id:uuid}}/{asked}"): {
                "password": people.ada.password,
                "identity": "id_document",
            }
            for asked in ("2fa/reset", "privacy/export", "privacy/erasure")
        },
        ("POST", "/api/staff/users/{user_id:uuid}/2fa/reset"): {"password": people.ada.password},
        ("PATCH", "/api/staff/repairs/{repair_id:uuid}"): {"version": version, "priority": "urgent"},
        ("POST", "/api/staff/repairs/{repair_id:uuid}/status"): {"version": version, "status": "cancelled"},
        ("POST", "/api/staff/repairs/{repair_id:uuid}/called"): {"entryId": str(uuid4())},
        ("POST", "/api/staff/auth/sign-in-link"): {"email": people.tom.email},
        ("POST", "/api/staff/auth/sign-in-link/use"): {"token": "x"},
        ("POST", "/api/staff/auth/challenge"): {"email": people.tom.email},
        ("POST", "/api/customer/auth/challenge"): {"email": people.anna.email},
        ("POST", "/api/staff/repairs/{repair_id:uuid}/assign"): {"version": version, "technicianId": None},
        ("POST", "/api/staff/repairs"): {
            "deviceType": "laptop",
            "deviceBrand": "Framework",
            "deviceModel": "13",
            "issueDescription": "No charge.",
            "customerId": str(people.anna.id),
        },
    }
    password = "a harbour of seven lanterns"
    auth = "/api/customer/auth"
    writes |= {
        ("POST", f"{auth}/register"): {
            "email": "nora@newcomers.example",
            "password": password,
            "firstName": "Nora",
            "lastName": "Nilsen",
            "acceptTerms": True,
        },
        **{
            ("POST", f"{auth}/{asked}"): {"email": people.anna.email}
            for asked in ("resend-verification", "forgot-password", "sign-in-link")
        },
        **{
            ("POST", f"{auth}/{link}"): {"token": "x"} for link in ("verify-email", "confirm-email", "sign-in-link/use")
        },
        **{
            ("POST", f"{auth}/{link}"): {"token": "x", "password": password}
            for link in ("reset-password", "accept-invitation")
        },
        ("PUT", "/api/customer/profile"): {"lastName": "Lind"},
        ("PUT", "/api/customer/profile/password"): {"currentPassword": people.anna.password, "password": password},
        ("POST", "/api/customer/profile/email"): {
            "email": "nora@newcomers.example",
            "password": people.anna.password,
        },
        ("POST", "/api/customer/profile/phone/verify"): {"code": "000000"},
        ("PUT", "/api/customer/preferences"): {"chatNotifications": False},
        ("PUT", "/api/customer/notifications/preferences"): {"quietHours": None},
        ("POST", "/api/customer/privacy/export"): {"password": people.anna.password},
        ("POST", "/api/customer/privacy/erasure"): {"password": people.anna.password},
    }
    for base in ("/api/customer", "/api/staff"):
        writes |= {
            ("POST", f"{base}/auth/login/2fa"): {"challengeToken": "x", "code": "000000"},
            ("POST", f"{base}/auth/passkey/options"): {},
            ("POST", f"{base}/auth/passkey/verify"): {"credential": {}},
            ("POST", f"{base}/profile/2fa/enable"): {},
            ("POST", f"{base}/profile/2fa/verify"): {"code": "000000"},
            ("POST", f"{base}/profile/2fa/recovery-codes"): {},
            ("DELETE", f"{base}/profile/2fa"): {},
            ("POST", f"{base}/profile/passkeys/options"): {},
            ("POST", f"{base}/profile/passkeys"): {"credential": {}, "name": "Phone"},
            ("PATCH", f"{base}/profile/passkeys/{{passkey_id:uuid}}"): {"name": "Phone"},
            ("DELETE", f"{base}/profile/passkeys/{{passkey_id:uuid}}"): {},
        }
    without_body = {
        ("DELETE", "/api/customer/sessions"),
        ("DELETE", "/api/staff/sessions"),
        ("DELETE", "/api/staff/sessions/{session_id:uuid}"),
        ("POST", "/api/staff/users/{user_id:uuid}/invite"),
        ("DELETE", "/api/staff/users/{user_id:uuid}/invite"),
        ("POST", "/api/staff/customers/{customer_id:uuid}/invite"),
        ("DELETE", "/api/staff/customers/{customer_id:uuid}/privacy/erasure"),
        ("DELETE", "/api/customer/addresses/{address_id:uuid}"),
        ("DELETE", "/api/customer/devices/{device_id:uuid}"),
        ("DELETE", "/api/customer/sessions/{session_id:uuid}"),
        ("PUT", "/api/customer/notifications/{notification_id:uuid}/read"),
        ("POST", "/api/customer/profile/avatar"),
        ("DELETE", "/api/customer/profile/avatar"),
        ("POST", "/api/customer/profile/phone/verification"),
        ("DELETE", "/api/customer/privacy/erasure"),
    }
    offered = {
        (route.method, route.path)
        for route in routes_of()
        if route.path.startswith("/api/") and route.method not in {"GET", "HEAD"}
    }
    assert offered == set(writes) | without_body, "each JSON write stands here with a body that would be taken"
    # An admin, who may do all of it: permission and object are checked before the body.
    ada, adas = await quiet.sign_in(people.ada), ids | {"passkey_id": keep_passkey(quiet, people.ada)}
    before = digest(quiet.settings.database_url, but=READS_TOUCH)

    taken = []
    for (method, path), body in writes.items():
        headers, named = (ada, adas) if path.startswith("/api/staff") else (anna, ids)
        for name, value in SMUGGLED.items():
            if name in body or (path, name) == ("/api/staff/repairs", "customerId"):
                continue
            answer = await quiet.client.request(method, filled(path, named), headers=headers, json=body | {name: value})
            if answer.status_code != 422:
                taken.append((method, path, name, answer.status_code))

    assert taken == []
    assert digest(quiet.settings.database_url, but=READS_TOUCH) == before


def written(served: Served) -> Digest:
    """What the database holds that a read must not change; reading a repair at the desk is itself recorded (R135)."""
    return {
        table: rows
        for table, rows in digest(served.settings.database_url, but=READS_TOUCH).items()
        if table != "staff_access_log"
    }


async def test_r59_reading_changes_nothing(quiet: Served, people: People) -> None:
    """After every page and every answer that a customer and a colleague can read the database is as it was.

    But for when a session was last used, for the record of which colleague has opened which repair, and for the one
    link that marks what it leads to as read. No jobs run beside, so that whatever changes was changed by a read.
    """
    desk = await open_desk(quiet, people)
    token, browser = await quiet.sign_in(people.anna), await quiet.sign_in_browser(people.anna)
    ids = await ids_of_anna(quiet, people, desk, token)
    # The admin, who may read everything at the desk.
    staff, staff_browser = await quiet.sign_in(people.ada), await quiet.sign_in_browser(people.ada)
    before = written(quiet)

    read: dict[str, httpx.Response] = {}
    for headers, below in (
        (browser, "/customer"),
        (token, "/api/customer"),
        (staff_browser, "/staff"),
        (staff, "/api/staff"),
    ):
        read |= await crawl(quiet, headers, ids, below=[below], but=FOLLOWED)

    assert written(quiet) == before
    assert len(read) > 20
    # The address of a form that is only ever sent answers a reader with 405, a page that a link opens without one 410.
    assert {answer.status_code for answer in read.values()} <= {200, 303, 404, 405, 410}
    # Read though they were, they are unread: only a person's own act marks them.
    unread = await quiet.client.get("/api/customer/notifications?unread=true", headers=token)
    assert unread.json()["items"]
