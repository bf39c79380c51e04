"""The pages to join and to come back (R137, R139, R140), and the way through them in a browser."""

import pytest
from playwright.async_api import Page, expect

from journeys.test_accessibility import look, visitor_with_axe
from support.accessibility import DESK, PHONE, is_installed
from support.mailbox import Mailbox
from support.people import People
from support.serving import Served
from support.visiting import Visit

pytestmark = pytest.mark.anyio
needs_axe = pytest.mark.skipif(not is_installed, reason="needs axe-core: `npm ci --prefix assets`")

PASSWORD = "kelp tram moss gull"
DEAD = "A" * 64


async def type_badly(page: Page) -> None:
    """A form that comes back, and a hint on the password before that."""
    await page.fill("#first_name", "Nora")
    await page.fill("#email", "nora@newcomers.example")
    # The letters one by one: the hint follows the typing.
    await page.locator("#password").press_sequentially("passwordpassword")
    await expect(page.locator("#password-strength")).to_contain_text("easy to guess")
    await page.check("#accept_terms")
    await page.get_by_role("button", name="Create the account").click()
    await page.get_by_role("alert").wait_for()


async def ask_for_nonsense(page: Page) -> None:
    """An address that is none, past the browser's own check."""
    await page.locator("main form").evaluate("form => form.noValidate = true")
    await page.fill("#email", "nobody")
    await page.get_by_role("button", name="Send me the link").click()
    await page.get_by_role("alert").wait_for()


@needs_axe
async def test_r137_pages_of_who_is_not_signed_in(visit: Visit) -> None:
    """Registering, asking for a mail, links that are over, and what is said after each."""
    nobody = await visitor_with_axe(visit)
    nobody.forgive("status of 410")

    found = [
        *await look(nobody, "/customer/register", walks=[PHONE, DESK]),
        *await look(nobody, "/customer/register", type_badly),
        *await look(nobody, "/customer/register?sent=1"),
        *await look(nobody, "/customer/forgot-password", walks=[PHONE]),
        *await look(nobody, "/customer/forgot-password", ask_for_nonsense),
        *await look(nobody, "/customer/forgot-password?sent=1"),
        *await look(nobody, "/customer/resend-verification"),
        *await look(nobody, "/customer/sign-in/link"),
        *await look(nobody, f"/customer/verify-email?token={DEAD}", walks=[PHONE]),
        *await look(nobody, "/customer/verify-email?done=1"),
        *await look(nobody, "/customer/confirm-email?done=1"),
        *await look(nobody, "/customer/reset-password?done=1"),
        *await look(nobody, "/customer/welcome?done=1"),
    ]

    assert found == []


@needs_axe
async def test_r137_pages_of_links_and_of_the_account(visit: Visit, served: Served, people: People) -> None:
    """Each living link's page, and the pages for another password and another address, also when they come back."""
    mailbox, post = Mailbox(served), served.client.post
    await post("/api/customer/auth/forgot-password", json={"email": people.ben.email})
    await post("/api/customer/auth/sign-in-link", json={"email": people.ben.email})
    newcomer = {"email": "nora@newcomers.example", "firstName": "Nora", "lastName": "", "acceptTerms": True}
    await post("/api/customer/auth/register", json=newcomer | {"password": PASSWORD})
    reset = await mailbox.link(people.ben.email, "Choose a new password")
    sign_in = await mailbox.link(people.ben.email, "Your link to sign in")
    verify = await mailbox.link("nora@newcomers.example")
    anna = await visitor_with_axe(visit)
    anna.forgive("status of 403")
    await anna.sign_in(people.anna)

    async def give_wrong_password(page: Page) -> None:
        await page.fill("#current_password", "not the password of anybody")
        await page.fill("#password", PASSWORD)
        await page.get_by_role("button", name="Change the password").click()
        await page.get_by_role("alert").wait_for()

    found = [
        *await look(anna, reset.removeprefix(served.url), walks=[PHONE]),
        *await look(anna, sign_in.removeprefix(served.url)),
        *await look(anna, verify.removeprefix(served.url)),
        *await look(anna, "/customer/account/password", walks=[PHONE, DESK]),
        *await look(anna, "/customer/account/password", give_wrong_password),
        *await look(anna, "/customer/account/password?saved=1"),
        *await look(anna, "/customer/account/email", walks=[PHONE]),
        *await look(anna, "/customer/account/email?sent=1"),
    ]

    assert found == []


async def test_from_nothing_to_an_account_and_back_into_it(visit: Visit, served: Served) -> None:
    """Register, confirm by the mail, sign in, forget the password, set another one, sign in with it."""
    mailbox, nora = Mailbox(served), await visit()
    page = nora.page
    await nora.open("/customer/repairs")
    await page.get_by_role("link", name="Create an account").click()
    await page.fill("#first_name", "Nora")
    await page.fill("#email", "nora@newcomers.example")
    await page.fill("#password", PASSWORD)
    await page.check("#accept_terms")
    await page.get_by_role("button", name="Create the account").click()
    await expect(page.get_by_role("heading", name="Look into your mail")).to_be_visible()

    await page.goto(await mailbox.link("nora@newcomers.example", "Confirm"))
    await page.get_by_role("button", name="Yes, confirm the address").click()
    await expect(page.get_by_role("heading", name="your address is confirmed")).to_be_visible()
    await page.get_by_role("link", name="To my repairs").click()
    await page.get_by_role("link", name="Forgot your password?").click()
    await page.fill("#email", "nora@newcomers.example")
    await page.get_by_role("button", name="Send me the link").click()
    await expect(page.get_by_role("heading", name="Look into your mail")).to_be_visible()

    await page.goto(await mailbox.link("nora@newcomers.example", "Choose a new password"))
    await page.fill("#password", "slate birch oars hum")
    await page.get_by_role("button", name="Save the password").click()
    await page.get_by_role("link", name="To my repairs").click()
    await page.fill("#email", "nora@newcomers.example")
    await page.fill("#password", "slate birch oars hum")
    await page.get_by_role("button", name="Sign in", exact=True).click()

    await expect(page).to_have_url(f"{served.url}/customer/dashboard")


async def test_a_link_in_a_mail_signs_in(visit: Visit, served: Served, people: People) -> None:
    """Without a password: ask from the page that wanted a sign-in, follow the mail, and be there."""
    mailbox, anna = Mailbox(served), await visit()
    page = anna.page
    await anna.open("/customer/repairs")
    await page.get_by_role("link", name="Send me a link instead").click()
    await page.fill("#email", people.anna.email)
    await page.get_by_role("button", name="Send me the link").click()
    await page.goto(await mailbox.link(people.anna.email, "Your link to sign in"))
    await page.get_by_role("button", name="Sign in", exact=True).click()

    await expect(page).to_have_url(f"{served.url}/customer/repairs")
