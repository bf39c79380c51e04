"""The core flows without JavaScript (R143)."""

import pytest
from playwright.async_api import expect

from support.desk import Desk
from support.people import People
from support.visiting import Visit

pytestmark = pytest.mark.anyio


async def test_r143_both_sides_work_without_scripts(visit: Visit, people: People, desk: Desk) -> None:
    """Sign in, find the repair by search, read it; the technician moves it by the form; a reload shows it."""
    repair = (await desk.take_in(people.anna))["repair"]
    anna, tom = await visit(java_script_enabled=False), await visit(java_script_enabled=False)
    await anna.sign_in(people.anna)
    await tom.sign_in(people.tom)

    await anna.open("/customer/repairs")
    await anna.page.locator("main input[name=q]").fill("fairphone")
    await anna.page.keyboard.press("Enter")
    await anna.page.get_by_role("link", name="Fairphone 5").click()
    await expect(anna.page.locator("#repair-now [data-status=received]")).to_be_visible()

    await tom.open("/staff")
    await tom.page.get_by_role("link", name="Fairphone 5").click()
    await tom.page.check("[name=to][value='diagnosing/diagnosing']")
    await tom.page.fill("#notes", "We have opened it.")
    await tom.page.locator("form[action$='/status'] button").click()
    await expect(tom.page.locator("main")).to_contain_text("Saved.")

    await anna.page.reload()
    await expect(anna.page.locator("#repair-now [data-status=diagnosing]")).to_be_visible()
    await expect(anna.page.locator("#repair-history")).to_contain_text("We have opened it.")

    await anna.open("/customer/notifications")
    await anna.page.get_by_role("button", name="Mark all 2 as read").click()
    await expect(anna.page.locator("header [data-bell]")).to_have_attribute("data-bell", "0")
    await anna.page.locator(".topbar .menu > summary").click()
    await anna.page.get_by_role("button", name="Sign out").click()
    await expect(anna.page.locator("main")).to_contain_text("You are signed out.")
    assert repair["repairNumber"] not in await anna.page.content()
