"""Every page in every state: axe, 320 px, thumbs, the keyboard (R137, R139, R140)."""

from collections.abc import Awaitable, Callable, Sequence
from uuid import uuid4

import msgspec
import pytest
from playwright.async_api import Browser, Page

from revivatech.repairs.contracts import Status
from revivatech.settings import Settings
from support.accessibility import AXE, DESK, PHONE, STILL, is_installed, lost_focus, sideways, small_targets, violations
from support.desk import Desk, open_desk
from support.people import People
from support.routes import routes_of
from support.serving import serve
from support.visiting import Visit, Visitor, visiting

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(not is_installed, reason="needs axe-core: `npm ci --prefix assets`"),
]

Act = Callable[[Page], Awaitable[object]]

# The pages that are looked at here; a new page has to be added, and so looked at.
LOOKED_AT = {
    "/customer/sign-in",
    "/customer/sign-in/link",
    "/customer/register",
    "/customer/verify-email",
    "/customer/resend-verification",
    "/customer/forgot-password",
    "/customer/terms",
    "/customer/reset-password",
    "/customer/welcome",
    "/customer/confirm-email",
    "/customer/account/password",
    "/customer/account/email",
    "/customer/dashboard",
    "/customer/repairs",
    "/customer/repairs/{repair_id:uuid}",
    "/customer/notifications",
    "/customer/account",
    "/customer/account/preferences",
    "/customer/account/activity",
    "/customer/account/addresses",
    "/customer/account/addresses/new",
    "/customer/account/addresses/{address_id:uuid}",
    "/customer/account/addresses/{address_id:uuid}/delete",
    "/customer/account/devices",
    "/customer/account/devices/new",
    "/customer/account/devices/{device_id:uuid}",
    "/customer/account/devices/{device_id:uuid}/edit",
    "/customer/account/devices/{device_id:uuid}/delete",
    "/unsubscribe/{token:str}",
    "/customer/sign-in/second-step",
    "/customer/account/security",
    "/customer/account/security/two-step",
    "/customer/account/security/passkeys",
    "/customer/account/security/passkeys/{passkey_id:uuid}/remove",
    "/staff/sign-in/second-step",
    "/staff/account/security",
    "/staff/account/security/two-step",
    "/staff/account/security/passkeys",
    "/staff/account/security/passkeys/{passkey_id:uuid}/remove",
    "/customer/account/privacy",
    "/customer/account/privacy/erasure",
    "/customer/erasure",
    "/staff/privacy",
    "/staff/privacy/customers/{customer_id:uuid}",
    "/staff/sign-in",
    "/staff/sign-in/link",
    "/staff",
    "/staff/welcome",
    "/staff/forgot-password",
    "/staff/reset-password",
    "/staff/account",
    "/staff/account/password",
    "/staff/customers",
    "/staff/customers/{customer_id:uuid}",
    "/staff/people",
    "/staff/people/invite",
    "/staff/people/{user_id:uuid}",
    "/staff/permissions",
    "/staff/audit",
    "/staff/repairs",
    "/staff/repairs/new",
    "/staff/repairs/{repair_id:uuid}",
    "/styleguide",
    "/styleguide/mails",
    "/styleguide/mails/{language:str}/{owner:str}/{kind:str}",
    "/demo/mail",
    "/demo/mail/{mail_id:uuid}",
}
# Those lead to another page, or are what another page shows in a frame, or text for programs.
NO_PAGES = {
    "/.well-known/change-password",
    "/.well-known/security.txt",
    "/robots.txt",
    "/customer/account/privacy/exports/{export_id:uuid}/download",
    "/",
    "/customer",
    "/customer/notifications/{notification_id:uuid}",
    "/demo/mail/{mail_id:uuid}/html",
    "/styleguide/mails/{language:str}/{owner:str}/{kind:str}/html",
}


def test_r137_every_page_is_looked_at() -> None:
    """Who adds a page adds it here."""
    pages = {
        route.path
        for route in routes_of()
        if route.method == "GET" and not route.path.startswith(("/api/", "/health/", "/metrics"))
    }

    assert pages == LOOKED_AT | NO_PAGES


async def look(visitor: Visitor, path: str, act: Act | None = None, walks: Sequence[int] = ()) -> list[str]:
    """What is wrong with the page at that path, after that act on it, and on walks by Tab at those widths."""
    await visitor.open(path)
    if act is not None:
        await act(visitor.page)
    page = visitor.page
    found = await violations(page) + await sideways(page) + await small_targets(page)
    found += await lost_focus(page, walks)
    return [f"{path}: {problem}" for problem in found]


async def visitor_with_axe(visit: Visit, **options: object) -> Visitor:
    """Somebody whose pages carry axe."""
    visitor = await visit(**options)
    await visitor.context.add_init_script(path=AXE)
    await visitor.context.add_init_script(STILL)
    # Error pages and refused forms are looked at on purpose.
    visitor.forgive("status of 401", "status of 404", "status of 409", "status of 422")
    return visitor


async def open_menu(page: Page) -> None:
    """The account menu, open."""
    await page.locator(".topbar .menu > summary").click()


async def send_wrong_password(page: Page) -> None:
    """The form as it comes back after a wrong password."""
    await page.fill("#email", "anna@customers.example")
    await page.fill("#password", "not the password of anybody")
    await page.keyboard.press("Enter")
    await page.get_by_role("alert").wait_for()


@pytest.mark.usefixtures("people")
async def test_r137_pages_of_anybody(visit: Visit) -> None:
    """Signing in, refused and signed out; an address where nothing is; the style guide."""
    nobody = await visitor_with_axe(visit)

    found = [
        *await look(nobody, "/customer/sign-in", walks=[PHONE, DESK]),
        *await look(nobody, "/customer/sign-in", send_wrong_password),
        *await look(nobody, "/customer/sign-in", open_menu),
        *await look(nobody, "/customer/sign-in?signed-out=1"),
        *await look(nobody, "/customer/terms", walks=[PHONE]),
        *await look(nobody, "/staff/sign-in"),
        *await look(nobody, "/staff/sign-in/link", walks=[PHONE]),
        *await look(nobody, "/nowhere", walks=[PHONE]),
        *await look(nobody, "/styleguide"),
    ]

    assert found == []


async def test_r137_pages_of_a_customer_with_nothing(visit: Visit, people: People) -> None:
    """Empty: dashboard, repairs, notifications; somebody else's repair."""
    ben = await visitor_with_axe(visit)
    await ben.sign_in(people.ben)

    found = [
        *await look(ben, "/customer/dashboard"),
        *await look(ben, "/customer/repairs"),
        *await look(ben, "/customer/notifications"),
        *await look(ben, f"/customer/repairs/{uuid4()}"),
    ]

    assert found == []


async def test_r137_pages_of_a_customer(visit: Visit, people: People, desk: Desk) -> None:
    """Full: dashboard with menu, list found and not found, repairs at several statuses, notifications, a toast."""
    estimate = {"estimatedCompletion": "2030-01-31T15:00:00Z", "repairCost": 129.9, "notes": "Bring the charger."}
    repairs = {}
    for status in (Status.RECEIVED, Status.QUOTED, Status.COMPLETED, Status.CANCELLED):
        repair = await desk.take_in(people.anna, technicianId=str(people.tom.id), priority="urgent", **estimate)
        repairs[status] = (await desk.lead(repair["repair"]["id"], status))["repair"]["id"]
    anna = await visitor_with_axe(visit)
    await anna.sign_in(people.anna)

    async def be_told(page: Page) -> None:
        await page.wait_for_selector("[data-connection][data-state=live]", state="attached")
        await desk.move(repairs[Status.RECEIVED], "diagnosing", notes="It is on the bench.")
        await page.locator("#toasts .toast").wait_for()
        await page.locator("#toasts .toast").hover()

    found = [
        *await look(anna, "/customer/dashboard", walks=[PHONE, DESK]),
        *await look(anna, "/customer/dashboard", open_menu),
        *await look(anna, "/customer/repairs", walks=[PHONE, DESK]),
        *await look(anna, "/customer/repairs?q=nothing+of+that+name"),
        *await look(anna, "/customer/repairs?status=completed"),
        *await look(anna, f"/customer/repairs/{repairs[Status.QUOTED]}", walks=[PHONE, DESK]),
        *await look(anna, f"/customer/repairs/{repairs[Status.COMPLETED]}"),
        *await look(anna, f"/customer/repairs/{repairs[Status.CANCELLED]}"),
        *await look(anna, "/customer/notifications", walks=[PHONE]),
        *await look(anna, "/customer/notifications?unread=true"),
        *await look(anna, f"/customer/repairs/{repairs[Status.RECEIVED]}", be_told),
    ]

    assert found == []


async def test_r137_pages_of_the_desk(visit: Visit, people: People, desk: Desk) -> None:
    """The desk with late work and without, the intake and its refusal, a repair, its edit form, a lost race."""
    late = (await desk.take_in(people.anna, estimatedCompletion="2020-01-31T15:00:00Z", priority="high"))["repair"]
    await desk.move(late["id"], "diagnosing", notes="For Anna.", internalNotes="For us.")
    mia = await visitor_with_axe(visit)
    await mia.sign_in(people.mia)

    async def send_nothing(page: Page) -> None:
        await page.evaluate("document.querySelector('main form[method=post]').noValidate = true")
        await page.locator("main form[method=post] button[type=submit], main form[method=post] button").last.click()
        await page.get_by_role("alert").wait_for()

    async def be_too_slow(page: Page) -> None:
        # As if the news of a colleague's change had not come yet.
        await page.evaluate("document.querySelector('#status-steps [name=version]').value = '1'")
        await page.locator("form[action$='/status'] button").click()
        await page.get_by_role("alert").wait_for()

    async def unfold(page: Page) -> None:
        await page.locator("main details > summary").click()

    found = [
        *await look(mia, "/staff", walks=[PHONE, DESK]),
        *await look(mia, "/staff", open_menu),
        *await look(mia, "/staff?view=completed"),
        *await look(mia, "/staff/repairs?q=nothing+of+that+name"),
        *await look(mia, "/staff/repairs/new", walks=[DESK]),
        *await look(mia, "/staff/repairs/new", send_nothing),
        *await look(mia, f"/staff/repairs/{late['id']}", walks=[DESK]),
        *await look(mia, f"/staff/repairs/{late['id']}", unfold),
        *await look(mia, f"/staff/repairs/{late['id']}", be_too_slow),
        *await look(mia, f"/staff/repairs/{uuid4()}"),
    ]

    assert found == []


async def test_r137_the_mailbox_of_the_demo(browser: Browser, settings: Settings, people: People) -> None:
    """The demo's mailbox, and a mail in it."""
    async with (
        serve(msgspec.structs.replace(settings, mode="demo")) as demo,
        visiting(browser, demo.url) as visitor,
    ):
        await visitor.context.add_init_script(path=AXE)
        await visitor.context.add_init_script(STILL)
        desk = await open_desk(demo, people)
        await desk.take_in(people.anna)

        found = await look(visitor, "/demo/mail")
        await visitor.open("/demo/mail")
        await visitor.page.locator("main a[href^='/demo/mail/']").first.click()
        await visitor.page.wait_for_url("**/demo/mail/*")
        found += await look(visitor, visitor.page.url.removeprefix(demo.url), walks=[DESK])

        assert found == []
