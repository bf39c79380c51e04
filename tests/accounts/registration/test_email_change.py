"""Another e-mail address: with proof, confirmed at the new one, told to the old one."""

import asyncio
from typing import Any

import psycopg
import pytest

from support.mailbox import Mailbox
from support.people import People
from support.serving import Served

pytestmark = pytest.mark.anyio

NEW = "anna@elsewhere.example"
SUBJECT = "Confirm your new e-mail address"


async def ask(served: Served, headers: dict[str, str], email: str = NEW, password: str = "Nordic-Light-2026") -> Any:  # noqa: S107
    """The answer to a wish for another address."""
    return await served.client.post(
        "/api/customer/profile/email", headers=headers, json={"email": email, "password": password}
    )


async def confirm(served: Served, token: str) -> Any:
    """The answer to the link."""
    return await served.client.post("/api/customer/auth/confirm-email", json={"token": token})


async def email_of(served: Served, headers: dict[str, str]) -> str:
    """The address of the account."""
    answer = await served.client.get("/api/customer/profile", headers=headers)
    return str(answer.json()["email"])


async def test_r14_nothing_changes_until_the_new_address_is_confirmed(
    served: Served, people: People, mailbox: Mailbox
) -> None:
    """Without the password: refused. With it both are told, the old one stays until the link was used, links end."""
    headers = await served.sign_in(people.anna)
    refused = await ask(served, headers, password="not the password of anybody")
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (403, "password")
    await mailbox.quiet()
    assert mailbox.mails() == []
    await served.client.post("/api/customer/auth/forgot-password", json={"email": people.anna.email})
    reset = await mailbox.token(people.anna.email, "Choose a new password")

    asked = await ask(served, headers, email="Anna@Elsewhere.example")
    token = await mailbox.token(NEW, SUBJECT)
    await mailbox.wait(people.anna.email, "Another e-mail address was asked for")

    assert asked.status_code == 202
    assert await email_of(served, headers) == people.anna.email
    assert (await confirm(served, token)).status_code == 204
    assert await email_of(served, headers) == NEW
    assert (await confirm(served, token)).status_code == 410
    await mailbox.wait(people.anna.email, "Your account has a new e-mail address")
    dead = await served.client.post(
        "/api/customer/auth/reset-password", json={"token": reset, "password": "a lamp hums over the bench"}
    )
    assert dead.status_code == 410
    for email, status in ((people.anna.email, 401), (NEW, 200)):
        login = await served.client.post(
            "/api/customer/auth/login", json={"email": email, "password": people.anna.password}
        )
        assert login.status_code == status


async def test_r6_a_taken_address_is_answered_as_a_free_one(served: Served, people: People, mailbox: Mailbox) -> None:
    """The same answer; the owner of the address reads that there is an account, and nothing changes for anybody."""
    headers = await served.sign_in(people.anna)

    free, taken = await ask(served, headers), await ask(served, headers, email=people.ben.email.upper())

    assert (free.status_code, free.content) == (taken.status_code, taken.content) == (202, free.content)
    assert sorted(free.headers) == sorted(taken.headers)
    await mailbox.wait(people.ben.email, "You have an account already")
    await mailbox.quiet()
    assert len(mailbox.mails(people.ben.email)) == 1
    assert await email_of(served, headers) == people.anna.email


async def test_two_who_want_one_address_do_not_both_get_it(served: Served, people: People, mailbox: Mailbox) -> None:
    """Both were free to ask; of two confirmations at once, one has the address and the other keeps the old one."""
    anna, ben = await served.sign_in(people.anna), await served.sign_in(people.ben)
    await ask(served, anna)
    first = await mailbox.token(NEW, SUBJECT)
    await ask(served, ben)
    second = await mailbox.token(NEW, SUBJECT, count=2)

    answers = await asyncio.gather(confirm(served, first), confirm(served, second))

    assert sorted(answer.status_code for answer in answers) == [204, 409]
    emails = {await email_of(served, anna), await email_of(served, ben)}
    assert NEW in emails
    assert len(emails) == 2


async def test_a_change_of_password_stops_it(served: Served, people: People, mailbox: Mailbox) -> None:
    """Whoever reads at the old address that somebody else asked, changes the password, and the link is dead."""
    headers = await served.sign_in(people.anna)
    await ask(served, headers)
    token = await mailbox.token(NEW, SUBJECT)
    await served.client.put(
        "/api/customer/profile/password",
        headers=headers,
        json={"currentPassword": people.anna.password, "password": "a lamp hums over the bench"},
    )

    assert (await confirm(served, token)).status_code == 410


async def test_r122_a_change_may_be_asked_five_times_a_day(served: Served, people: People) -> None:
    """The sixth wish is refused, whatever address it names."""
    headers = await served.sign_in(people.anna)

    answers = [await ask(served, headers, email=f"anna{number}@elsewhere.example") for number in range(6)]

    assert [answer.status_code for answer in answers] == [202] * 5 + [429]


async def test_the_own_address_and_nonsense_are_refused(served: Served, people: People) -> None:
    """What is no change, or no address, is named."""
    headers = await served.sign_in(people.anna)

    for email in (people.anna.email.upper(), "nobody"):
        answer = await ask(served, headers, email=email)
        assert answer.status_code == 422, email


async def test_forms_without_scripts_change_the_address(served: Served, people: People, mailbox: Mailbox) -> None:
    """The form keeps the new address but not the password; the link's page asks before it acts."""
    headers = await served.sign_in_browser(people.anna)
    page = "/customer/account/email"
    wrong = await served.client.post(page, headers=headers, data={"email": NEW, "password": "wrong one"})
    right = await served.client.post(page, headers=headers, data={"email": NEW, "password": people.anna.password})

    assert (wrong.status_code, right.status_code) == (403, 303)
    assert f'value="{NEW}"' in wrong.text
    assert "wrong one" not in wrong.text
    assert "Look into the mail" in (await served.client.get(right.headers["location"], headers=headers)).text
    link = await mailbox.link(NEW, SUBJECT)
    assert "Yes, use this address" in (await served.client.get(link, headers=headers)).text
    with psycopg.connect(served.settings.database_url) as connection:
        assert connection.execute("SELECT count(*) FROM customers WHERE email = %s", [NEW]).fetchone() == (0,)
        connection.execute("INSERT INTO mail_troubles VALUES (%s, now(), NULL)", [people.anna.id])
    done = await served.client.post(
        "/customer/confirm-email", headers=headers, data={"token": link.partition("token=")[2]}
    )
    assert done.headers["location"] == "/customer/confirm-email?done=1"
    shown = await served.client.get(page, headers=headers)
    assert NEW in shown.text
    # What was said against the old address is nothing against this one.
    with psycopg.connect(served.settings.database_url) as connection:
        assert connection.execute("SELECT count(*) FROM mail_troubles").fetchone() == (0,)
