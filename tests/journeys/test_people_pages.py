"""The pages about people, customers and the own account of staff, looked at with axe (R137)."""

import psycopg
import pytest
from playwright.async_api import Page

from journeys.test_accessibility import look, visitor_with_axe
from revivatech.accounts.emails.links import service as links
from revivatech.settings import Settings
from support.accessibility import DESK, PHONE, is_installed
from support.desk import Desk
from support.people import People
from support.visiting import Visit

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(not is_installed, reason="needs axe-core: `npm ci --prefix assets`"),
]


async def send(page: Page) -> None:
    """The page's last form, sent as it is without the browser's own checks, and refused."""
    await page.evaluate("for (const form of document.querySelectorAll('main form')) form.noValidate = true")
    await page.locator("main form[method=post] button[type=submit]").last.click()
    await page.get_by_role("alert").first.wait_for()


async def test_r137_pages_about_people(visit: Visit, people: People, desk: Desk, settings: Settings) -> None:
    """Everybody, one of each state, the invitation and its refusal, permissions, the log empty and full."""
    await desk.take_in(people.anna, technicianId=str(people.tom.id))
    ada = await visitor_with_axe(visit)
    ada.forgive("status of 403", "status of 410")
    await ada.sign_in(people.ada)
    found = await look(ada, "/staff/audit")

    await ada.open("/staff/people/invite")
    await ada.page.fill("#email", "nia@shop.example")
    await ada.page.fill("#first_name", "Nia")
    await ada.page.locator("input[name=role]").first.check()
    await ada.page.get_by_role("button", name="Send the invitation").click()
    await ada.page.wait_for_url("**said=invited")
    nia = ada.page.url.removeprefix(ada.url).partition("?")[0]
    with psycopg.connect(settings.database_url) as connection:
        connection.execute("UPDATE users SET disabled_at = now() WHERE id = %s", [people.fay.id])

    found += [
        *await look(ada, "/staff/people", walks=[PHONE, DESK]),
        *await look(ada, "/staff/people/invite", walks=[DESK]),
        *await look(ada, "/staff/people/invite", send),
        *await look(ada, f"{nia}?said=invited"),
        *await look(ada, f"/staff/people/{people.tom.id}", walks=[PHONE]),
        *await look(ada, f"/staff/people/{people.tom.id}", send),
        *await look(ada, f"/staff/people/{people.fay.id}"),
        *await look(ada, f"/staff/people/{people.ada.id}"),
        *await look(ada, "/staff/permissions", walks=[DESK]),
        *await look(ada, "/staff/audit", walks=[DESK]),
        *await look(ada, "/staff/customers", walks=[PHONE, DESK]),
        *await look(ada, "/staff/customers?q=nobody+of+that+name"),
        *await look(ada, f"/staff/customers/{people.anna.id}", walks=[DESK]),
        *await look(ada, f"/staff/privacy/customers/{people.anna.id}", walks=[PHONE]),
        *await look(ada, f"/staff/privacy/customers/{people.anna.id}", send),
        *await look(ada, "/staff/repairs/new?q=ann"),
        *await look(ada, f"/staff/repairs/new?customer={people.anna.id}", walks=[PHONE]),
    ]

    assert found == []


async def test_r137_pages_of_a_colleagues_own_account(visit: Visit, people: People, settings: Settings) -> None:
    """The own account and password with their refusals; joining, forgetting and resetting without being signed in."""
    tom = await visitor_with_axe(visit)
    tom.forgive("status of 403", "status of 410")
    await tom.sign_in(people.tom)

    async def send_wrong(page: Page) -> None:
        await page.fill("#current_password", "not it")
        await send(page)

    found = [
        *await look(tom, "/staff/account", walks=[PHONE, DESK]),
        *await look(tom, "/staff/account/password", walks=[DESK]),
        *await look(tom, "/staff/account/password", send_wrong),
        *await look(tom, "/staff/people"),
        *await look(tom, "/staff/permissions"),
    ]

    nobody = await visitor_with_axe(visit)
    nobody.forgive("status of 410")
    with psycopg.connect(settings.database_url) as connection:
        ids = {
            purpose: connection.execute(
                "INSERT INTO staff_links (user_id, purpose, email, expires_at) "
                "VALUES (%s, %s, 'x@y.example', now() + interval '1 hour') RETURNING id",
                [people.fay.id, purpose],
            ).fetchone()[0]  # type: ignore[index]
            for purpose in ("invitation", "reset_password")
        }
        connection.execute("UPDATE users SET password_hash = NULL WHERE id = %s", [people.fay.id])
    welcome = f"/staff/welcome?token={links.text_of(settings, 'staff', 'invitation', ids['invitation'])}"
    reset = f"/staff/reset-password?token={links.text_of(settings, 'staff', 'reset_password', ids['reset_password'])}"
    found += [
        *await look(nobody, welcome, walks=[PHONE]),
        *await look(nobody, welcome, send),
        *await look(nobody, "/staff/welcome?token=over"),
        *await look(nobody, reset, walks=[PHONE]),
        *await look(nobody, "/staff/reset-password?token=over"),
        *await look(nobody, "/staff/forgot-password", walks=[PHONE]),
        *await look(nobody, "/staff/forgot-password?asked=1"),
    ]

    assert found == []
