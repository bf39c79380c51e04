"""The table of permissions, row by row: for each role a real request that is let through, or refused."""

from collections.abc import Awaitable, Callable
from itertools import pairwise
from typing import Any
from uuid import uuid4

import httpx
import pytest

from revivatech.accounts.service import PERMISSIONS as TABLE
from revivatech.accounts.service import Permission, permissions_of
from revivatech.kit.actor import Role
from revivatech.repairs import states
from revivatech.repairs.contracts import Status
from revivatech.staff.people.labels import permission_table
from support.desk import DEVICE, Desk, open_desk
from support.people import PASSWORD, People, Person
from support.serving import Served

pytestmark = pytest.mark.anyio

Headers = dict[str, str]
# One question to the program, asked by a person with these headers of a repair of Anna's.
Ask = Callable[["Shop", Person, Headers, str], Awaitable[httpx.Response]]


class Shop:
    """What the questions need: the portal, the people, a desk that prepares repairs."""

    def __init__(self, served: Served, people: People, desk: Desk) -> None:
        self.served, self.client, self.people, self.desk = served, served.client, people, desk

    async def version(self, repair_id: str) -> int:
        """The repair's present version."""
        return int((await self.desk.read(repair_id))["repair"]["version"])


def get(path: str) -> Ask:
    """A question that only reads."""

    async def ask(shop: Shop, _person: Person, headers: Headers, _repair_id: str) -> httpx.Response:
        return await shop.client.get(path.format(anna=shop.people.anna.id), headers=headers)

    return ask


def change(method: str, path: str, body: Callable[[Shop, Person], dict[str, Any]]) -> Ask:
    """A question that changes the repair, of the version that it has."""

    async def ask(shop: Shop, person: Person, headers: Headers, repair_id: str) -> httpx.Response:
        sent = body(shop, person) | {"version": await shop.version(repair_id)}
        return await shop.client.request(method, f"/api/staff/repairs/{repair_id}{path}", headers=headers, json=sent)

    return ask


async def take_in(shop: Shop, _person: Person, headers: Headers, _repair_id: str) -> httpx.Response:
    """A new repair."""
    body = DEVICE | {"customerId": str(shop.people.anna.id)}
    return await shop.client.post("/api/staff/repairs", headers=headers, json=body)


async def reopen(shop: Shop, _person: Person, headers: Headers, repair_id: str) -> httpx.Response:
    """A cancelled repair, back to the start."""
    await shop.desk.lead(repair_id, Status.CANCELLED)
    body = {"status": "received", "version": await shop.version(repair_id)}
    return await shop.client.post(f"/api/staff/repairs/{repair_id}/status", headers=headers, json=body)


async def invite_customer(shop: Shop, _person: Person, headers: Headers, _repair_id: str) -> httpx.Response:
    """A customer of the counter, called to the portal."""
    made = await shop.client.post(
        "/api/staff/repairs",
        headers=shop.desk.headers,
        json=DEVICE | {"customerEmail": f"{uuid4()}@customers.example", "customerFirstName": "Uma"},
    )
    customer_id = made.json()["customerId"]
    return await shop.client.post(f"/api/staff/customers/{customer_id}/invite", headers=headers)


async def disable_customer(shop: Shop, _person: Person, headers: Headers, _repair_id: str) -> httpx.Response:
    """Ben's account, closed."""
    path = f"/api/staff/customers/{shop.people.ben.id}"
    return await shop.client.patch(path, headers=headers, json={"disabled": True})


async def read_privacy(shop: Shop, person: Person, _headers: Headers, _repair_id: str) -> httpx.Response:
    """The page of what customers have asked for."""
    return await shop.client.get("/staff/privacy", headers=await shop.served.sign_in_browser(person))


def act_for_anna(path: str) -> Ask:
    """Something in Anna's name, with one's own password; 409 is an answer: there is nothing to take off."""

    async def ask(shop: Shop, _person: Person, headers: Headers, _repair_id: str) -> httpx.Response:
        body = {"password": PASSWORD, "identity": "known_person"}
        answer = await shop.client.post(f"/api/staff/customers/{shop.people.anna.id}{path}", headers=headers, json=body)
        return httpx.Response(200) if answer.status_code == 409 else answer

    return ask


# Each permission's question. A permission without one fails.
QUESTIONS: dict[Permission, Ask] = {
    Permission.READ: get("/api/staff/repairs"),
    Permission.CHANGE_STATUS: change("POST", "/status", lambda *_: {"status": "diagnosing"}),
    Permission.EDIT: change("PATCH", "", lambda *_: {"priority": "high"}),
    Permission.TAKE_ON: change("POST", "/assign", lambda _, person: {"technicianId": str(person.id)}),
    Permission.TAKE_IN: take_in,
    Permission.ASSIGN: change("POST", "/assign", lambda *_: {"technicianId": None}),
    Permission.REOPEN: reopen,
    Permission.READ_CUSTOMERS: get("/api/staff/customers"),
    Permission.INVITE_CUSTOMERS: invite_customer,
    Permission.DISABLE_CUSTOMERS: disable_customer,
    Permission.RESET_FACTORS: act_for_anna("/2fa/reset"),
    Permission.READ_PRIVACY: read_privacy,
    Permission.ASK_FOR_CUSTOMERS: act_for_anna("/privacy/export"),
    Permission.MANAGE_STAFF: get("/api/staff/users"),
    Permission.READ_AUDIT: get("/api/staff/audit"),
}


@pytest.mark.parametrize("role", list(Role))
async def test_r44_each_role_may_what_its_column_says_and_no_more(served: Served, people: People, role: Role) -> None:
    """Asked for real: allowed is answered, anything else is 403, and what the API calls `permissions` is the same."""
    assert set(QUESTIONS) == set(Permission), "each permission has its question"
    shop = Shop(served, people, await open_desk(served, people))
    person = dict(zip(Role, people.staff, strict=True))[role]
    headers = await served.sign_in(person)
    repair_ids = [(await shop.desk.take_in(people.anna))["repair"]["id"] for _ in Permission]

    answers = {
        permission: await QUESTIONS[permission](shop, person, headers, repair_id)
        for permission, repair_id in zip(Permission, repair_ids, strict=True)
    }

    let_in = {permission for permission, answer in answers.items() if answer.is_success}
    refused = {permission for permission, answer in answers.items() if answer.status_code == 403}
    assert let_in == TABLE[role], {name: answer.text for name, answer in answers.items() if not answer.is_success}
    assert refused == set(Permission) - TABLE[role]
    profile = (await served.client.get("/api/staff/profile", headers=headers)).json()
    assert profile["permissions"] == [str(one) for one in permissions_of(role)]


def test_every_role_has_its_column() -> None:
    """No role is forgotten, each may at least read, and each may what the one before it may."""
    assert set(TABLE) == set(Role)
    columns = [TABLE[role] for role in Role]
    assert Permission.READ in columns[0]
    assert all(less < more for less, more in pairwise(columns))


def test_the_page_shows_the_table_that_the_program_goes_by() -> None:
    """Every permission has its row in words, once, with the marks of its roles."""
    rows = [row for _, group in permission_table("en") for row in group]

    assert len(rows) == len({row.text for row in rows}) == len(Permission)
    assert sorted(tuple(row.allowed) for row in rows) == sorted(
        tuple(one in TABLE[role] for role in Role) for one in Permission
    )


def test_the_state_table_goes_by_it_too() -> None:
    """Who may open ended work again is decided in one place."""
    ended = [states.TABLE[Status.COMPLETED][Status.REPAIRING], states.TABLE[Status.CANCELLED][Status.RECEIVED]]

    assert all(rule.roles == {role for role in Role if Permission.REOPEN in TABLE[role]} for rule in ended)
