"""Security in a browser with a virtual authenticator: passkeys, codes, recovery, sessions; and every page looked at."""

from collections.abc import AsyncIterator

import pytest
from msgspec import structs
from playwright.async_api import Browser, Page, expect

from revivatech.settings import Settings
from support.accessibility import AXE, PHONE, STILL, is_installed, lost_focus, sideways, small_targets, violations
from support.factors import App, turn_on
from support.people import People, Person
from support.serving import Served, serve
from support.visiting import Visitor, visiting

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(not is_installed, reason="needs axe-core: `npm ci --prefix assets`"),
]

SECURITY = "/customer/account/security"


@pytest.fixture
async def named(settings: Settings) -> AsyncIterator[Served]:
    """The portal under a host name: browsers make no passkeys for a bare address."""
    async with serve(settings, host="localhost") as served:
        yield served


async def with_axe(visitor: Visitor) -> None:
    """Let the visitor's pages be looked at."""
    await visitor.context.add_init_script(path=AXE)
    await visitor.context.add_init_script(STILL)
    visitor.forgive("status of 401", "status of 403", "status of 409", "status of 422")


async def authenticator(page: Page) -> None:
    """Give the page a device that makes passkeys and knows its user."""
    session = await page.context.new_cdp_session(page)
    await session.send("WebAuthn.enable")
    await session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "ctap2Version": "ctap2_1",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


async def looked_at(page: Page) -> list[str]:
    """What is wrong with the page as it stands, at both widths and by keyboard."""
    found = await violations(page) + await sideways(page) + await small_targets(page)
    return found + await lost_focus(page, (PHONE,))


async def sign_out(visitor: Visitor, realm: str = "customer") -> None:
    """Sign out by the account menu's form."""
    await visitor.page.evaluate(f"document.querySelector('form[action=\"/{realm}/sign-out\"]').requestSubmit()")
    await visitor.page.wait_for_url("**/sign-in?**")


async def give_password(visitor: Visitor, person: Person, path: str = "") -> None:
    """The first step."""
    await visitor.open(path or f"/{person.realm}/sign-in")
    await visitor.page.fill("#email", person.email)
    await visitor.page.fill("#password", person.password)
    await visitor.page.click("form[action$='/sign-in'] button")


async def add_passkey(visitor: Visitor, person: Person, name: str, code: str = "") -> None:
    """Add a passkey on the page for it."""
    page = visitor.page
    await visitor.open(f"{SECURITY}/passkeys")
    await page.fill("#name", name)
    await page.fill("#password", person.password)
    if code:
        await page.fill("#code", code)
    await page.get_by_role("button", name="Go on").click()
    await page.get_by_role("button", name="Make the passkey").click()
    await expect(page.get_by_role("status").filter(has_text="The passkey was added")).to_be_visible()


async def test_a_passkey_signs_in_by_itself_and_as_the_second_step(
    browser: Browser, named: Served, people: People
) -> None:
    """Made, used in place of password and code, used after the password, removed with proof."""
    async with visiting(browser, named.url) as visitor:
        page = visitor.page
        await with_axe(visitor)
        await authenticator(page)
        await visitor.sign_in(people.anna)
        await add_passkey(visitor, people.anna, "My phone")
        assert await looked_at(page) == []

        await sign_out(visitor)
        await visitor.open("/customer/sign-in?next=/customer/repairs")
        await page.get_by_role("button", name="Sign in with a passkey").click()
        await page.wait_for_url("**/customer/repairs")

        # Two-step sign-in ends this browser's session; then the passkey is the second step.
        await turn_on(named, people.anna)
        await give_password(visitor, people.anna, "/customer/sign-in?next=/customer/repairs")
        await page.wait_for_url("**/second-step?next=/customer/repairs")
        assert await looked_at(page) == []
        await page.get_by_role("button", name="Use a passkey").click()
        await page.wait_for_url("**/customer/repairs")


async def test_r32_r37_r141_app_and_recovery_codes_from_set_up_to_a_lost_phone(
    browser: Browser, served: Served, people: People
) -> None:
    """Set up by the page, signed in with a pasted code with blanks, and with a recovery code when the phone is gone."""
    async with visiting(browser, served.url) as visitor:
        page = visitor.page
        await with_axe(visitor)
        await visitor.sign_in(people.anna)
        await visitor.open(SECURITY)
        assert await looked_at(page) == []
        await page.get_by_role("link", name="Two-step sign-in").click()
        assert await looked_at(page) == []
        await page.fill("#start-password", "something else entirely")
        await page.get_by_role("button", name="Set up an app").click()
        await expect(page.locator("#start-password-error")).to_have_text("The password is wrong.")
        await page.fill("#start-password", people.anna.password)
        await page.get_by_role("button", name="Set up an app").click()
        secret = (await page.locator("code").first.inner_text()).replace(" ", "")
        assert await looked_at(page) == []
        app = App(served, people.anna, secret)
        await page.fill("#verify-code", app.shown())
        await page.get_by_role("button", name="Turn it on").click()
        codes = await page.locator("#recovery-codes code").all_inner_texts()
        assert len(set(codes)) == 10
        await expect(page.get_by_role("button", name="Print")).to_be_visible()
        assert await looked_at(page) == []
        await page.get_by_role("link", name="I have kept them").click()
        await expect(page.get_by_role("status").filter(has_text="Two-step sign-in is on.")).to_be_visible()
        await visitor.open(f"{SECURITY}/two-step")
        assert secret not in await page.content()
        assert await looked_at(page) == []

        await sign_out(visitor)
        await give_password(visitor, people.anna)
        field = page.locator("#code")
        assert await field.get_attribute("autocomplete") == "one-time-code"
        code = app.code()
        await field.evaluate("(field, text) => { field.value = text }", f"{code[:3]} {code[3:]}")
        await page.get_by_role("button", name="Sign in").click()
        await page.wait_for_url("**/customer/dashboard")

        await sign_out(visitor)
        await give_password(visitor, people.anna)
        await page.fill("#code", "000 000")
        await page.get_by_role("button", name="Sign in").click()
        await expect(page.get_by_role("alert")).to_contain_text("The code is wrong")
        assert await looked_at(page) == []
        await page.get_by_role("link", name="Use a recovery code").click()
        assert await looked_at(page) == []
        await page.fill("#recovery_code", codes[0].lower())
        await page.get_by_role("button", name="Sign in").click()
        await page.wait_for_url("**/customer/dashboard")


async def test_r29_sessions_are_ended_from_the_page(browser: Browser, served: Served, people: People) -> None:
    """One by its button, then all others; this one stays."""
    others = [await served.sign_in(people.anna) for _ in range(3)]
    async with visiting(browser, served.url) as visitor:
        page = visitor.page
        await visitor.sign_in(people.anna)
        await visitor.open(SECURITY)
        await expect(page.get_by_text("This device")).to_have_count(1)
        await page.get_by_role("button", name="Sign out", exact=True).last.click()
        await expect(page.get_by_role("status").filter(has_text="That device is signed out.")).to_be_visible()
        await page.get_by_role("button", name="Sign out everywhere else").click()
        await expect(page.get_by_role("status").filter(has_text="All other devices are signed out.")).to_be_visible()
        await expect(page.get_by_text("This device")).to_have_count(1)
    statuses = {(await served.client.get("/api/customer/profile", headers=other)).status_code for other in others}
    assert statuses == {401}


async def test_a_managers_first_page_is_the_set_up(browser: Browser, settings: Settings, people: People) -> None:
    """Where the shop asks it; then the desk opens."""
    async with (
        serve(structs.replace(settings, require_staff_second_factor=True)) as served,
        visiting(browser, served.url) as visitor,
    ):
        page = visitor.page
        await with_axe(visitor)
        await visitor.sign_in(people.mia)
        await page.wait_for_url("**/staff/account/security/two-step")
        await expect(page.get_by_role("status").filter(has_text="Your role needs it")).to_be_visible()
        assert await looked_at(page) == []
        await page.fill("#start-password", people.mia.password)
        await page.get_by_role("button", name="Set up an app").click()
        secret = (await page.locator("code").first.inner_text()).replace(" ", "")
        await page.fill("#verify-code", App(served, people.mia, secret).shown())
        await page.get_by_role("button", name="Turn it on").click()
        await page.get_by_role("link", name="I have kept them").click()
        assert await looked_at(page) == []
        await visitor.open("/staff/repairs")
        await expect(page).to_have_url(served.url + "/staff/repairs")
