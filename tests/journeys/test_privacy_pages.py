"""Privacy in the browser: the pages for everybody (R137, R139), and the way of one who takes their data and leaves."""

import json
import zipfile

import psycopg
import pytest
from playwright.async_api import Page, expect

from journeys.test_accessibility import look, visitor_with_axe
from support.accessibility import DESK, PHONE, is_installed
from support.desk import Desk
from support.people import PASSWORD, People
from support.serving import Served
from support.visiting import Visit

pytestmark = pytest.mark.anyio

PRIVACY = "/customer/account/privacy"
needs_axe = pytest.mark.skipif(not is_installed, reason="needs axe-core: `npm ci --prefix assets`")


async def make_copy(page: Page) -> None:
    """Ask for an export and wait until the page offers it, without a reload."""
    await page.fill("#export-password", PASSWORD)
    await page.get_by_role("button", name="Make my copy").click()
    await page.get_by_role("link", name="Download").wait_for()


async def wrong_password(page: Page) -> None:
    """The form as it comes back."""
    await page.fill("#export-password", "not it")
    await page.get_by_role("button", name="Make my copy").click()
    await page.get_by_text("The password is wrong.", exact=True).wait_for()


@needs_axe
async def test_r137_pages_of_privacy(visit: Visit, people: People, desk: Desk, served: Served) -> None:
    """What is kept, with and without a copy; the erasure, open and refused; the days between; the queue."""
    await desk.take_in(people.ben)
    anna, ben, mia = [await visitor_with_axe(visit) for _ in range(3)]
    for visitor, person in ((anna, people.anna), (ben, people.ben), (mia, people.mia)):
        visitor.forgive("status of 403")
        await visitor.sign_in(person)

    found = [
        *await look(anna, PRIVACY, walks=[PHONE, DESK]),
        *await look(anna, PRIVACY, wrong_password),
        *await look(anna, PRIVACY, make_copy),
        *await look(ben, f"{PRIVACY}/erasure"),
        *await look(anna, f"{PRIVACY}/erasure", walks=[PHONE]),
        *await look(mia, "/staff/privacy"),
    ]
    await leave(anna.page)
    found += await look(anna, "/customer/erasure?asked=1")
    await anna.sign_in(people.anna)
    found += await look(anna, "/customer/erasure", walks=[PHONE])
    found += await look(mia, "/staff/privacy", walks=[DESK])

    assert found == []
    with psycopg.connect(served.settings.database_url) as connection:
        assert connection.execute("SELECT count(*) FROM privacy_erasures").fetchone() == (1,)


async def leave(page: Page) -> None:
    """Ask for the erasure on its page."""
    await page.check("#understood")
    await page.fill("#erasure-password", PASSWORD)
    await page.get_by_role("button", name="Erase my account").click()
    await page.get_by_role("heading", name="You are signed out everywhere").wait_for()


async def test_r128_a_customer_takes_a_copy_leaves_and_comes_back(visit: Visit, people: People) -> None:
    """The file opens; after asking nothing but the way back is offered; taken back, the portal is as it was."""
    anna = await visit(accept_downloads=True)
    await anna.sign_in(people.anna)
    await anna.open(PRIVACY)
    await make_copy(anna.page)
    async with anna.page.expect_download() as download:
        await anna.page.get_by_role("link", name="Download").click()
    with zipfile.ZipFile(await (await download.value).path()) as archive:
        assert json.loads(archive.read("data/account/profile.json"))[0]["firstName"] == people.anna.first_name

    await anna.open(f"{PRIVACY}/erasure")
    await leave(anna.page)
    await anna.sign_in(people.anna)
    await expect(anna.page).to_have_url(f"{anna.url}/customer/erasure")
    await anna.open("/customer/repairs")
    await expect(anna.page).to_have_url(f"{anna.url}/customer/erasure")
    await anna.page.get_by_role("button", name="Keep my account").click()

    await anna.page.wait_for_url(f"**{PRIVACY}*")
    await anna.open("/customer/repairs")
    await expect(anna.page).to_have_url(f"{anna.url}/customer/repairs")


async def test_r128_it_works_without_scripts(visit: Visit, people: People) -> None:
    """Asking for a copy and for the erasure are forms; a refused one comes back with what is wrong."""
    anna = await visit(java_script_enabled=False)
    anna.forgive("status of 403", "status of 422")
    await anna.sign_in(people.anna)
    await anna.open(PRIVACY)
    await anna.page.fill("#export-password", PASSWORD)
    await anna.page.get_by_role("button", name="Make my copy").click()
    await anna.page.wait_for_url(f"**{PRIVACY}?asked=1*")

    await anna.open(f"{PRIVACY}/erasure")
    await anna.page.check("#understood")
    await anna.page.fill("#erasure-password", "not it")
    await anna.page.get_by_role("button", name="Erase my account").click()
    await expect(anna.page.get_by_text("The password is wrong.", exact=True)).to_be_visible()
    await leave(anna.page)
