"""The pages on which a customer chooses what they are told (R137, R139, R140)."""

import pytest
from playwright.async_api import Page, expect

from journeys.test_accessibility import look, visitor_with_axe
from revivatech.notifications.preferences import tokens
from revivatech.notifications.preferences.tokens import Subscription
from support.accessibility import DESK, PHONE, is_installed
from support.people import People
from support.serving import Served
from support.visiting import Visit

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(not is_installed, reason="needs axe-core: `npm ci --prefix assets`"),
]

PAGE = "/customer/account/preferences"


async def test_r137_preferences(visit: Visit, people: People) -> None:
    """As they are at first, saved with everything chosen, and refused for one time of two."""
    anna = await visitor_with_axe(visit)
    await anna.sign_in(people.anna)

    async def save(page: Page) -> None:
        await page.get_by_role("checkbox", name="Yes, by e-mail").check()
        await page.fill("#quiet_from", "22:00")
        await page.fill("#quiet_to", "07:00")
        await page.get_by_role("button", name="Save").click()
        await page.get_by_role("status").filter(has_text="Saved").wait_for()

    async def forget_a_time(page: Page) -> None:
        await page.fill("#quiet_to", "")
        await page.get_by_role("button", name="Save").click()
        await page.get_by_role("alert").wait_for()

    found = [
        *await look(anna, PAGE, walks=[PHONE, DESK]),
        *await look(anna, PAGE, save),
        *await look(anna, PAGE, forget_a_time),
    ]

    assert found == []


async def test_r137_unsubscribing(visit: Visit, served: Served, people: People) -> None:
    """The page behind a mail's link, for somebody who is not signed in: asked, done, undone."""
    nobody = await visitor_with_axe(visit)
    token = tokens.text_of(served.settings, Subscription(people.anna.id, "quotes", "email"))

    async def stop(page: Page) -> None:
        await page.get_by_role("button", name="Stop these mails").click()
        await page.get_by_role("heading", name="You get no more mails").wait_for()

    async def undo(page: Page) -> None:
        await stop(page)
        await page.get_by_role("button", name="Undo").click()
        await page.get_by_role("heading", name="You get these mails again").wait_for()

    found = [
        *await look(nobody, f"/unsubscribe/{token}", walks=[PHONE, DESK]),
        *await look(nobody, f"/unsubscribe/{token}", stop),
        *await look(nobody, f"/unsubscribe/{token}", undo),
    ]

    assert found == []


async def test_a_table_stays_a_table_on_a_phone(visit: Visit, people: People) -> None:
    """Its rows are shown as blocks there; a screen reader still hears rows, and each box says what it is for."""
    anna = await visit(viewport={"width": 390, "height": 900})
    await anna.sign_in(people.anna)
    await anna.open(PAGE)

    await expect(anna.page.get_by_role("row")).to_have_count(6)
    await expect(anna.page.get_by_role("checkbox", name="Quotes: E-mail")).to_be_checked()


async def test_r137_the_mails_of_the_portal(visit: Visit) -> None:
    """The list beside the style guide, and a mail in each language."""
    writer = await visitor_with_axe(visit)

    found = [
        *await look(writer, "/styleguide/mails"),
        *await look(writer, "/styleguide/mails/en/notifications/repair_update", walks=[DESK]),
        *await look(writer, "/styleguide/mails/pt-BR/accounts/new_device"),
    ]

    assert found == []
