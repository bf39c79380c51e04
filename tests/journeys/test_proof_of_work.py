"""Signing in while strangers use up the shared limit: the browser does a short calculation by itself (R11, R141)."""

import pytest
from playwright.async_api import expect

from revivatech.accounts.secrets import proof_of_work
from revivatech.accounts.sessions import throttle
from support.accessibility import AXE, STILL, sideways, small_targets, violations
from support.people import People
from support.visiting import Visit

pytestmark = pytest.mark.anyio

PHONE = {"width": 390, "height": 844}


@pytest.fixture(autouse=True)
def challenged(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every stranger's sign-in needs a proof, which is found at once."""
    monkeypatch.setattr(throttle, "MOST_OF_ALL", {"customer": 0, "staff": 0})
    monkeypatch.setattr(proof_of_work, "BASE_BITS", 12)


@pytest.mark.parametrize("realm", ["customer", "staff"])
async def test_r11_a_browser_proves_work_and_signs_in(visit: Visit, people: People, realm: str) -> None:
    """On a phone, without a puzzle: fill in, press the button, be signed in. The check is announced and accessible."""
    person = people.anna if realm == "customer" else people.tom
    visitor = await visit(viewport=PHONE, timezone_id="UTC")
    await visitor.context.add_init_script(path=AXE)
    await visitor.context.add_init_script(STILL)
    page = visitor.page
    await visitor.open(f"/{realm}/sign-in")
    status = page.locator("[data-proof-text]")
    await expect(status).to_have_attribute("role", "status")
    await expect(status).to_contain_text("short security check")
    found = await violations(page) + await sideways(page) + await small_targets(page)
    assert found == []

    await page.fill("#email", person.email)
    await page.fill("#password", person.password)
    await page.keyboard.press("Enter")

    await page.wait_for_url(lambda url: "/sign-in" not in url)


async def test_a_check_that_fails_says_so_and_can_be_tried_again(visit: Visit, people: People) -> None:
    """The challenge cannot be had: the page says it, keeps what was typed, and the next press works."""
    visitor = await visit()
    visitor.forgive("status of 503")
    page = visitor.page
    await visitor.open("/customer/sign-in")
    await page.route("**/auth/challenge", lambda route: route.fulfill(status=503), times=1)
    await page.fill("#email", people.anna.email)
    await page.fill("#password", people.anna.password)

    await page.keyboard.press("Enter")
    await expect(page.locator("[data-proof-text]")).to_contain_text("didn't work")
    await expect(page.locator("#password")).to_have_value(people.anna.password)
    await page.keyboard.press("Enter")

    await page.wait_for_url("**/customer/dashboard")


async def test_r143_without_scripts_a_mailed_link_is_the_way(visit: Visit, people: People) -> None:
    """The form comes back with what to do, and a link to the page that sends one."""
    visitor = await visit(java_script_enabled=False)
    visitor.forgive("status of 429")
    page = visitor.page
    await visitor.open("/customer/sign-in")
    await page.fill("#email", people.anna.email)
    await page.fill("#password", people.anna.password)
    await page.locator("form[action$='/sign-in'] button").first.click()

    await expect(page.get_by_role("alert")).to_contain_text("email you a sign-in link")
    await page.locator("a[href='/customer/sign-in/link']").click()
    await page.fill("#email", people.anna.email)
    await page.locator("form[action='/customer/sign-in/link'] button").click()
    await expect(page.locator("main")).to_contain_text("a link to sign in is on its way")
