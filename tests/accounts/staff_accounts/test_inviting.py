"""Calling people in: who may, what the link does, and that it does it once."""

import asyncio
import html
import re
from datetime import timedelta
from uuid import UUID, uuid4

import psycopg
import pytest

from revivatech.accounts.contracts import Client, EmailTaken, NewStaff
from revivatech.accounts.emails.links import service as links
from revivatech.accounts.emails.links.service import LinkOver
from revivatech.accounts.staff_accounts import service
from revivatech.accounts.staff_accounts.contracts import AlreadyJoined, NotJoined, StaffAccount
from revivatech.db import Database
from revivatech.kit.actor import Role, StaffActor
from revivatech.kit.errors import InvalidInput, NotAllowed, NotFound, TooMany
from revivatech.settings import Settings
from support.people import People, Person
from support.serving import SAME_ORIGIN, Served
from support.waiting import until_true

pytestmark = pytest.mark.anyio

PASSWORD = "a harbour of seven lanterns"
HERE = Client("203.0.113.7", "a test")


def acting(person: Person, role: Role) -> StaffActor:
    """The staff member at work."""
    return StaffActor(person.id, uuid4(), role)


def newcomer(email: str = "Nia@Shop.Example") -> NewStaff:
    """Somebody who starts at the shop."""
    return NewStaff(email, " Nia ", "Moss", Role.FRONT_DESK, "pt-BR")


async def invite(db: Database, people: People) -> StaffAccount:
    """Nia, invited by the admin."""
    return await service.invite(db, acting(people.ada, Role.ADMIN), newcomer(), HERE)


def link_of(settings: Settings, user_id: UUID) -> str:
    """The text of the invitation that waits for that person."""
    with psycopg.connect(settings.database_url) as connection:
        row = connection.execute(
            "SELECT id FROM staff_links WHERE user_id = %s AND purpose = 'invitation' AND used_at IS NULL", [user_id]
        ).fetchone()
    assert row
    return links.text_of(settings, "staff", "invitation", row[0])


async def test_an_invited_person_joins_with_a_password_of_their_own(
    db: Database, settings: Settings, people: People
) -> None:
    """Before, nothing opens the account; the link gives it a password, once."""
    nia = await invite(db, people)
    text = link_of(settings, nia.id)

    assert (nia.email, nia.name, nia.role, nia.language) == ("nia@shop.example", "Nia Moss", Role.FRONT_DESK, "pt-BR")
    assert nia.state == "invited"
    assert nia.invited_until is not None
    assert timedelta(days=6.9) < nia.invited_until - nia.created_at <= timedelta(days=7)
    assert (await service.invitation(db, settings, text)).role is Role.FRONT_DESK
    await service.join(db, settings, text, PASSWORD, HERE)
    with pytest.raises(LinkOver):
        await service.join(db, settings, text, "another password altogether", HERE)
    async with db.read() as reader:
        assert (await service.one(reader, nia.id)).state == "active"


async def test_of_two_at_once_one_joins(db: Database, settings: Settings, people: People) -> None:
    """The link is spent by the first; the other is told that it is over."""
    text = link_of(settings, (await invite(db, people)).id)
    outcomes = await asyncio.gather(
        *(service.join(db, settings, text, f"{PASSWORD} {number}", HERE) for number in range(2)), return_exceptions=True
    )

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["LinkOver", "NoneType"]


async def test_a_refused_password_leaves_the_invitation(db: Database, settings: Settings, people: People) -> None:
    """Too short is said, and the same link works with a better one."""
    text = link_of(settings, (await invite(db, people)).id)
    with pytest.raises(InvalidInput):
        await service.join(db, settings, text, "short", HERE)

    await service.join(db, settings, text, PASSWORD, HERE)


@pytest.mark.parametrize("role", [Role.TECHNICIAN, Role.FRONT_DESK, Role.MANAGER])
async def test_r44_nobody_below_admin_invites(db: Database, people: People, role: Role) -> None:
    """Neither inviting, nor again, nor taking back; and nobody was made."""
    nia = await invite(db, people)
    actor = acting(people.mia, role)
    with pytest.raises(NotAllowed):
        await service.invite(db, actor, newcomer("ole@shop.example"), HERE)
    with pytest.raises(NotAllowed):
        await service.invite_again(db, actor, nia.id, HERE)
    with pytest.raises(NotAllowed):
        async with db.transaction() as tx:
            await service.withdraw(tx, actor, nia.id, HERE)
    async with db.read() as reader:
        everybody = await service.everybody(reader)

    assert "ole@shop.example" not in {one.email for one in everybody}
    assert next(one for one in everybody if one.id == nia.id).state == "invited"


async def test_a_newer_invitation_ends_the_older(db: Database, settings: Settings, people: People) -> None:
    """The link of the first mail is over; at most five a day are sent (R122)."""
    nia = await invite(db, people)
    ada = acting(people.ada, Role.ADMIN)
    first = link_of(settings, nia.id)
    for _ in range(4):
        await service.invite_again(db, ada, nia.id, HERE)

    with pytest.raises(LinkOver):
        await service.invitation(db, settings, first)
    assert (await service.invitation(db, settings, link_of(settings, nia.id))).id == nia.id
    with pytest.raises(TooMany) as refusal:
        await service.invite_again(db, ada, nia.id, HERE)
    assert int(refusal.value.headers["Retry-After"]) > 0


async def test_an_invitation_ends_after_seven_days_and_when_withdrawn(
    db: Database, settings: Settings, people: People
) -> None:
    """Neither link opens anything; inviting again opens the door again."""
    nia = await invite(db, people)
    ada = acting(people.ada, Role.ADMIN)
    old = link_of(settings, nia.id)
    with psycopg.connect(settings.database_url) as connection:
        connection.execute(
            "UPDATE staff_links SET created_at = created_at - interval '7 days', "
            "expires_at = expires_at - interval '7 days'"
        )
    with pytest.raises(LinkOver):
        await service.join(db, settings, old, PASSWORD, HERE)
    await service.invite_again(db, ada, nia.id, HERE)
    withdrawn = link_of(settings, nia.id)
    async with db.transaction() as tx:
        await service.withdraw(tx, ada, nia.id, HERE)
    with pytest.raises(LinkOver):
        await service.join(db, settings, withdrawn, PASSWORD, HERE)
    async with db.read() as reader:
        assert (await service.one(reader, nia.id)).state == "disabled"
    assert (await service.invite_again(db, ada, nia.id, HERE)).state == "invited"
    await service.join(db, settings, link_of(settings, nia.id), PASSWORD, HERE)


async def test_who_has_joined_is_not_invited_and_who_has_not_is_not_reopened(db: Database, people: People) -> None:
    """Each has a way in of its own; strangers have none."""
    ada = acting(people.ada, Role.ADMIN)
    nia = await invite(db, people)
    with pytest.raises(AlreadyJoined):
        await service.invite_again(db, ada, people.tom.id, HERE)
    with pytest.raises(AlreadyJoined):
        async with db.transaction() as tx:
            await service.withdraw(tx, ada, people.tom.id, HERE)
    with pytest.raises(NotJoined):
        await service.reopen(db, ada, nia.id, HERE)
    for attempt in (service.invite_again(db, ada, uuid4(), HERE), service.reopen(db, ada, uuid4(), HERE)):
        with pytest.raises(NotFound):
            await attempt


async def test_r7_an_address_has_one_account(db: Database, people: People) -> None:
    """However it is spelt, and in a race; what is wrong is named by its field."""
    ada = acting(people.ada, Role.ADMIN)
    outcomes = await asyncio.gather(
        *(service.invite(db, ada, newcomer(email), HERE) for email in ("nia@shop.example", "NIA@Shop.example") * 3),
        return_exceptions=True,
    )

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["EmailTaken"] * 5 + ["StaffAccount"]
    with pytest.raises(EmailTaken) as taken:
        await service.invite(db, ada, newcomer(people.tom.email.upper()), HERE)
    assert [error.field for error in taken.value.errors] == ["email"]
    with pytest.raises(InvalidInput) as wrong:
        await service.invite(db, ada, NewStaff("nobody", "", "x" * 101, Role.ADMIN), HERE)
    assert {error.field for error in wrong.value.errors} == {"email", "firstName", "lastName"}


async def test_an_invited_admin_is_none_yet(db: Database, people: People) -> None:
    """The last admin who can sign in stays, however many are invited."""
    await service.invite(db, acting(people.ada, Role.ADMIN), NewStaff("bo@shop.example", "Bo", "", Role.ADMIN), HERE)
    from revivatech.accounts.contracts import LastAdmin  # noqa: PLC0415
    from revivatech.kit.actor import SYSTEM  # noqa: PLC0415

    with pytest.raises(LastAdmin):
        await service.change_role(db, SYSTEM, people.ada.id, Role.MANAGER, HERE)


async def test_the_mail_leads_to_the_form_and_the_form_to_the_desk(served: Served, people: People) -> None:
    """Through the pages: invited, mailed in her language, a password chosen, signed in; the link is over then."""
    ada = await served.sign_in(people.ada)
    invited = await served.client.post(
        "/api/staff/users",
        headers=ada,
        json={"email": "nia@shop.example", "firstName": "Nia", "role": "technician", "language": "pt-BR"},
    )
    assert invited.status_code == 201, invited.text
    mails: list[tuple[str, str]] = []

    def arrived() -> bool:
        with psycopg.connect(served.settings.database_url) as connection:
            mails[:] = connection.execute(
                "SELECT text_body, html_body FROM kept_mails WHERE recipient = 'nia@shop.example'"
            ).fetchall()
        return bool(mails)

    await until_true(arrived)
    text, markup = mails[0]
    link = re.search(r"http\S+/staff/welcome\?token=[\w=-]+", text)
    assert link
    assert link[0] in html.unescape(markup)
    assert "Ada Novak" in text
    path = link[0].removeprefix(served.url)
    token = path.partition("token=")[2]

    page = await served.client.get(path)
    assert page.status_code == 200
    assert page.headers["Referrer-Policy"] == "no-referrer"
    # Looking at the page has spent nothing (R59).
    browser = {**SAME_ORIGIN, "Origin": served.url}
    unlike = {"token": token, "password": PASSWORD, "password_again": "something else"}
    assert (await served.client.post("/staff/welcome", headers=browser, data=unlike)).status_code == 422
    alike = unlike | {"password_again": PASSWORD}
    joined = await served.client.post("/staff/welcome", headers=browser, data=alike)
    assert (joined.status_code, joined.headers["location"]) == (303, "/staff/sign-in?joined=1")
    # Known from now on, and not signed in.
    assert re.findall(r"__Host-[\w-]+(?==)", joined.headers["set-cookie"]) == ["__Host-device"]
    assert (await served.client.get(path)).status_code == 410
    assert (await served.client.post("/staff/welcome", headers=browser, data=alike)).status_code == 410
    await served.sign_in_browser(Person(people.tom.id, "nia@shop.example", "staff", "Nia", "", PASSWORD))
