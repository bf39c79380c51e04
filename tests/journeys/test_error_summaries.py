"""A form that came back is read first: by focus, by title, with and without scripts."""

import re

import pytest
from playwright.async_api import Page, expect

from support.desk import Desk
from support.people import People
from support.visiting import Visit

pytestmark = pytest.mark.anyio

SUMMARY = "[data-summary]"


async def see_summary(page: Page, *entries: str) -> None:
    """The summary has the focus and these entries, and the title says that something is wrong."""
    await expect(page.locator(SUMMARY)).to_be_focused()
    await expect(page.locator(f"{SUMMARY} li")).to_have_text([re.compile(entry) for entry in entries])
    assert (await page.title()).startswith("Error: ")


@pytest.mark.parametrize("scripts", [True, False])
async def test_an_empty_form_names_all_its_fields_at_once(visit: Visit, scripts: bool) -> None:
    """The browser does not stop at the first; each entry leads to its field."""
    visitor = await visit(java_script_enabled=scripts)
    visitor.forgive("status of 422")
    page = visitor.page
    await visitor.open("/customer/register")

    await page.click("form[action='/customer/register'] button")

    await see_summary(
        page,
        "^Enter your first name",
        "email address",
        "^Password: .*15 characters",
        "terms",
    )
    await page.click(f"{SUMMARY} a >> text=first name")
    await expect(page.locator("#first_name")).to_be_focused()


async def test_a_swapped_form_says_so_in_the_title_and_takes_it_back(visit: Visit, people: People, desk: Desk) -> None:
    """The desk's forms are renewed in place: the title follows, and half a date does not get lost."""
    repair = (await desk.take_in(people.anna))["repair"]
    tom = await visit()
    tom.forgive("status of 422")
    await tom.sign_in(people.tom)
    page = tom.page
    await tom.open(f"/staff/repairs/{repair['id']}")
    plain = await page.title()

    await page.click("details > summary >> text=Price")
    await page.fill("#issue_description", " ")
    await page.fill("#repair_cost", "many")
    await page.click("form[action$='/edit'] button")
    await see_summary(page, "49.90", "Describe the problem")

    await page.fill("#issue_description", "The screen is broken.")
    await page.fill("#repair_cost", "49.90")
    await page.click("form[action$='/edit'] button")
    await expect(page.locator(SUMMARY)).to_have_count(0)
    await expect(page).to_have_title(plain)

    await page.focus("#estimate")
    await page.keyboard.type("12")
    await page.click("form[action$='/status'] button")
    await expect(page.locator("#estimate:focus")).to_have_count(1)
    assert await page.evaluate("document.querySelector('#estimate').validity.badInput")
