"""Accounts made, changed and closed: who may, and what it does."""

from uuid import UUID, uuid4

import msgspec
import psycopg
import pytest

from revivatech.accounts.contracts import (
    UNKNOWN_CLIENT,
    Client,
    EmailTaken,
    LastAdmin,
    NewStaff,
    StaffSignIn,
    WrongPassword,
)
from revivatech.accounts.emails.links import service as links
from revivatech.accounts.emails.links.service import LinkOver
from revivatech.accounts.registration import recovery
from revivatech.accounts.secrets.access_tokens import AccessTokens
from revivatech.accounts.secrets.passwords import DEMO_PASSWORD
from revivatech.accounts.sign_in import service as signin
from revivatech.accounts.staff_accounts import administration
from revivatech.accounts.staff_accounts import service as people_service
from revivatech.db import Database
from revivatech.kit.actor import SYSTEM, Actor, CustomerActor, Role, StaffActor
from revivatech.kit.errors import InvalidInput, NotAllowed, NotFound, Refusal
from revivatech.settings import Settings
from support.people import People, Person

pytestmark = pytest.mark.anyio

PASSWORD = "fifteen letters and more"
NOBODY = UUID(int=0)


def acting(person: Person, role: Role) -> StaffActor:
    """The staff member at work."""
    return StaffActor(person.id, uuid4(), role)


async def change_role(db: Database, actor: Actor, user_id: UUID, role: Role) -> None:
    """Give somebody another role."""
    await people_service.change_role(db, actor, user_id, role, Client())


async def disable_staff(db: Database, actor: Actor, user_id: UUID) -> None:
    """Close somebody's account."""
    async with db.transaction() as tx:
        await people_service.close(tx, actor, user_id, Client())


def newcomer(email: str = "Nia@Shop.Example") -> NewStaff:
    """Somebody who starts at the shop."""
    return NewStaff(email, "Nia", "Moss", Role.TECHNICIAN)


async def may_sign_in(db: Database, settings: Settings, person: Person, password: str) -> bool:
    """Whether this password opens the account."""
    args = (db, settings, AccessTokens(settings), person.email, password, Client())
    try:
        if person.realm == "staff":
            await signin.sign_in_staff(*args)
        else:
            await signin.sign_in_customer(*args, lambda *_: no_count())
    except WrongPassword:
        return False
    return True


async def no_count() -> int:
    """No repairs."""
    return 0


async def test_an_admin_creates_staff_who_can_sign_in(db: Database, settings: Settings, people: People) -> None:
    """The account works with its password, however its address is spelt, and exists once."""
    admin = acting(people.ada, Role.ADMIN)
    nia = await administration.create_staff(db, admin, newcomer(), PASSWORD)
    answer = await signin.sign_in_staff(db, settings, AccessTokens(settings), "nia@SHOP.example", PASSWORD, Client())
    assert isinstance(answer, StaffSignIn)
    assert (answer.user.id, answer.user.email, answer.user.role) == (nia, "nia@shop.example", Role.TECHNICIAN)
    with pytest.raises(EmailTaken):
        await administration.create_staff(db, admin, newcomer("NIA@shop.example"), PASSWORD)


@pytest.mark.parametrize("role", [Role.TECHNICIAN, Role.FRONT_DESK, Role.MANAGER])
async def test_r44_nobody_below_admin_changes_staff(db: Database, people: People, role: Role) -> None:
    """Neither others nor themselves: creating, promoting and disabling are the admin's."""
    actor: Actor
    for actor in (acting(people.tom, role), CustomerActor(people.anna.id, uuid4())):
        with pytest.raises(NotAllowed):
            await administration.create_staff(db, actor, newcomer(), PASSWORD)
        with pytest.raises(NotAllowed):
            await change_role(db, actor, people.tom.id, Role.ADMIN)
        with pytest.raises(NotAllowed):
            await disable_staff(db, actor, people.fay.id)


async def test_r44_an_admin_changes_everybody_but_themselves(db: Database, people: People) -> None:
    """Another admin must do it, and one admin always stays."""
    ada = acting(people.ada, Role.ADMIN)
    with pytest.raises(NotAllowed):
        await change_role(db, ada, people.ada.id, Role.TECHNICIAN)
    with pytest.raises(NotAllowed):
        await disable_staff(db, ada, people.ada.id)
    for last in (
        change_role(db, SYSTEM, people.ada.id, Role.MANAGER),
        disable_staff(db, SYSTEM, people.ada.id),
    ):
        with pytest.raises(LastAdmin):
            await last
    await change_role(db, ada, people.mia.id, Role.ADMIN)
    await change_role(db, acting(people.mia, Role.ADMIN), people.ada.id, Role.MANAGER)


async def test_a_manager_closes_a_customers_account(db: Database, settings: Settings, people: People) -> None:
    """Technicians may not; afterwards the password opens nothing, and others are untouched."""
    with pytest.raises(NotAllowed):
        await administration.disable_customer(db, acting(people.tom, Role.TECHNICIAN), people.anna.id)
    with pytest.raises(NotAllowed):
        await administration.disable_customer(db, CustomerActor(people.ben.id, uuid4()), people.anna.id)
    assert await may_sign_in(db, settings, people.anna, people.anna.password)
    await administration.disable_customer(db, acting(people.mia, Role.MANAGER), people.anna.id)
    assert not await may_sign_in(db, settings, people.anna, people.anna.password)
    assert await may_sign_in(db, settings, people.ben, people.ben.password)


async def test_who_is_not_there_is_not_found(db: Database) -> None:
    """Nothing is changed for an id or address without an account."""
    for attempt in (
        administration.disable_customer(db, SYSTEM, NOBODY),
        disable_staff(db, SYSTEM, NOBODY),
        change_role(db, SYSTEM, NOBODY, Role.MANAGER),
        administration.set_password(db, "customer", "nobody@customers.example", PASSWORD),
    ):
        with pytest.raises(NotFound):
            await attempt


async def test_a_new_password_replaces_the_old_one(db: Database, settings: Settings, people: People) -> None:
    """The old one is wrong from then on, links of before end (R8); too short, too long and no address are refused."""
    async with db.transaction() as tx:
        link = await links.make(tx, "customer", people.anna.id, "reset_password", email=people.anna.email, seconds=3600)
    await administration.set_password(db, "customer", people.anna.email.upper(), PASSWORD)
    assert await may_sign_in(db, settings, people.anna, PASSWORD)
    assert not await may_sign_in(db, settings, people.anna, people.anna.password)
    text = links.text_of(settings, "customer", "reset_password", link)
    with pytest.raises(LinkOver):
        await recovery.reset(db, settings, text, PASSWORD, UNKNOWN_CLIENT)
    for email, password in (
        (people.anna.email, "x" * 14),
        (people.anna.email, "x" * 1025),
        ("nobody", PASSWORD),
    ):
        with pytest.raises(InvalidInput):
            await administration.set_password(db, "customer", email, password)


async def test_r149_production_refuses_the_demo_password(
    db: Database, settings: Settings, people: People, database_url: str
) -> None:
    """It opens nothing there, and the accounts that have it are named."""
    assert people.anna.password == DEMO_PASSWORD
    strict = msgspec.structs.replace(settings, mode="production", public_url="https://portal.example")
    assert await may_sign_in(db, settings, people.anna, DEMO_PASSWORD)
    assert not await may_sign_in(db, strict, people.anna, DEMO_PASSWORD)
    async with db.read() as reader:
        assert await administration.demo_accounts_present(reader) == []
        with psycopg.connect(database_url) as connection:
            connection.execute("UPDATE customers SET email = 'customer@demo.example' WHERE id = %s", [people.anna.id])
            connection.execute("UPDATE users SET email = 'front-desk@demo.example' WHERE id = %s", [people.fay.id])
            connection.execute("UPDATE users SET email = 'manager@demo.example' WHERE id = %s", [people.mia.id])
        assert await administration.demo_accounts_present(reader) == [
            "customer@demo.example",
            "front-desk@demo.example",
            "manager@demo.example",
        ]
    await administration.set_password(db, "customer", "customer@demo.example", PASSWORD)
    async with db.read() as reader:
        assert await administration.demo_accounts_present(reader) == ["front-desk@demo.example", "manager@demo.example"]


def test_every_refusal_has_a_code_of_its_own() -> None:
    """Programs can tell them apart."""
    refusals: list[type[Refusal]] = [EmailTaken, LastAdmin, WrongPassword, NotAllowed, NotFound]
    assert len({refusal.code for refusal in refusals}) == len(refusals)
