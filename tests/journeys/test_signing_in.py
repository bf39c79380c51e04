"""Coming and going: the way in by keyboard, the wrong password, the way back, a session that ends elsewhere."""

import asyncio
import re

import pytest
from playwright.async_api import Route, WebSocket, expect

from support.desk import Desk
from support.people import People
from support.serving import Served
from support.visiting import Visit, until_live

pytestmark = pytest.mark.anyio

# Everything that a script of the page can read, and so could hand on.
WITHIN_REACH = """
async () => JSON.stringify([
  document.cookie, {...localStorage}, {...sessionStorage}, document.documentElement.outerHTML, location.href,
  await indexedDB.databases(), await caches.keys(), performance.getEntriesByType("resource").map((entry) => entry.name),
])
"""


async def test_r139_a_customer_signs_in_by_keyboard_alone(visit: Visit, people: People) -> None:
    """The cursor stands in the first field; Tab and Enter lead to the dashboard, and from there by the skip link on."""
    anna = await visit()
    await anna.open("/customer/sign-in")
    keyboard = anna.page.keyboard

    await expect(anna.page.locator("#email")).to_be_focused()
    await keyboard.type(people.anna.email)
    await keyboard.press("Tab")
    await expect(anna.page.locator("#password")).to_be_focused()
    await keyboard.type(people.anna.password)
    await keyboard.press("Enter")

    await anna.page.wait_for_url("**/customer/dashboard")
    await expect(anna.page.locator("h1")).to_contain_text("Anna")
    await keyboard.press("Tab")
    await expect(anna.page.locator(":focus")).to_have_attribute("href", "#main")
    await keyboard.press("Enter")
    await expect(anna.page.locator("#main")).to_be_focused()


async def test_a_wrong_password_is_told_and_what_was_typed_stays(visit: Visit, people: People) -> None:
    """The refusal is an alert, the e-mail address is still there, the password is not; the next try succeeds."""
    anna = await visit()
    anna.forgive("status of 401")
    await anna.open("/customer/sign-in")
    await anna.page.fill("#email", people.anna.email)
    await anna.page.fill("#password", "not the password of anybody")
    await anna.page.keyboard.press("Enter")

    await expect(anna.page.get_by_role("alert")).to_contain_text("did not match")
    await expect(anna.page.locator("#email")).to_have_value(people.anna.email)
    await expect(anna.page.locator("#password")).to_have_value("")
    await expect(anna.page.locator("#password")).to_be_focused()
    await anna.page.keyboard.type(people.anna.password)
    await anna.page.keyboard.press("Enter")
    await anna.page.wait_for_url("**/customer/dashboard")


async def test_who_must_sign_in_first_arrives_where_they_wanted(visit: Visit, people: People, desk: Desk) -> None:
    """A link to a repair leads to the sign-in page and, after it, to that repair."""
    repair = (await desk.take_in(people.anna))["repair"]
    anna = await visit()
    await anna.open(f"/customer/repairs/{repair['id']}")

    await expect(anna.page).to_have_url(re.compile(r"/customer/sign-in\?next="))
    await anna.page.fill("#email", people.anna.email)
    await anna.page.fill("#password", people.anna.password)
    await anna.page.keyboard.press("Enter")
    await expect(anna.page).to_have_url(f"{anna.url}/customer/repairs/{repair['id']}")


async def test_a_session_that_ends_elsewhere_ends_on_the_open_page(
    visit: Visit, served: Served, people: People, desk: Desk
) -> None:
    """Ended from another device, the page goes to the sign-in page by itself, and comes back after signing in."""
    repair = (await desk.take_in(people.anna))["repair"]
    anna = await visit()
    await anna.sign_in(people.anna)
    await anna.open(f"/customer/repairs/{repair['id']}")
    await until_live(anna.page)

    phone = await served.sign_in(people.anna)
    sessions = (await served.client.get("/api/customer/sessions", headers=phone)).json()["items"]
    (other,) = [session for session in sessions if not session["current"]]
    assert (await served.client.delete(f"/api/customer/sessions/{other['id']}", headers=phone)).status_code == 204

    await expect(anna.page).to_have_url(re.compile(rf"/customer/sign-in\?next=.*{repair['id']}"))
    await anna.page.fill("#email", people.anna.email)
    await anna.page.fill("#password", people.anna.password)
    await anna.page.keyboard.press("Enter")
    await expect(anna.page).to_have_url(f"{anna.url}/customer/repairs/{repair['id']}")


async def test_r30_nothing_is_left_after_signing_out(visit: Visit, people: People, desk: Desk) -> None:
    """After signing out the browser's Back shows the sign-in page, not the repair."""
    repair = (await desk.take_in(people.anna))["repair"]
    anna = await visit()
    await anna.sign_in(people.anna)
    await anna.open(f"/customer/repairs/{repair['id']}")
    await anna.page.locator(".topbar .menu > summary").click()
    await anna.page.get_by_role("button", name="Sign out").click()
    await expect(anna.page.get_by_role("status").first).to_be_attached()
    await anna.page.wait_for_url("**/customer/sign-in*")

    await anna.page.go_back()

    await expect(anna.page).to_have_url(re.compile("/customer/sign-in"))
    await expect(anna.page.locator("body")).not_to_contain_text(repair["repairNumber"])


async def test_signing_out_is_not_broken_off_by_the_end_of_the_session(visit: Visit, people: People) -> None:
    """The socket hears that the session is over before the form's answer is here: the page waits for that answer."""
    anna = await visit()
    page = anna.page
    over = asyncio.Event()

    def hear(frame: str | bytes) -> None:
        if "session:ended" in str(frame):
            over.set()

    def listen(socket: WebSocket) -> None:
        socket.on("framereceived", hear)

    page.on("websocket", listen)
    await anna.sign_in(people.anna)
    await until_live(page)

    async def hold(route: Route) -> None:
        answer = await route.fetch(max_redirects=0)
        await asyncio.wait_for(over.wait(), 10)
        await route.fulfill(response=answer)

    await page.route("**/customer/sign-out", hold)
    await page.evaluate("document.querySelector('form[action=\"/customer/sign-out\"]').requestSubmit()")

    await expect(page).to_have_url(f"{anna.url}/customer/sign-in?signed-out=1")


async def test_r21_no_token_is_in_reach_of_a_script(visit: Visit, people: People, desk: Desk) -> None:
    """After a whole session neither storage, document, address nor readable cookies hold the session's credential."""
    repair = (await desk.take_in(people.anna))["repair"]
    anna = await visit()
    await anna.sign_in(people.anna)
    for path in ("/customer/repairs", f"/customer/repairs/{repair['id']}", "/customer/notifications"):
        await anna.open(path)
        await until_live(anna.page)
        within_reach = await anna.page.evaluate(WITHIN_REACH)

        cookies = [cookie for cookie in await anna.context.cookies() if cookie.get("httpOnly")]
        assert {cookie.get("name") for cookie in cookies} == {"__Host-customer", "__Host-device"}
        for cookie in cookies:
            assert (cookie.get("secure"), cookie.get("sameSite")) == (True, "Lax")
            assert cookie.get("value", "") not in within_reach
        assert not re.search(r"eyJ[\w-]{10,}\.", within_reach), "a JSON Web Token"
