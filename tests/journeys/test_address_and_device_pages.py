"""Addresses, devices and activity in a browser: with scripts and without, in every state (R137, R139, R140)."""

import pytest
from playwright.async_api import Page, expect

from journeys.test_accessibility import look, visitor_with_axe
from support.accessibility import DESK, PHONE, is_installed
from support.belongings import keep_address, keep_device
from support.desk import Desk
from support.people import People
from support.serving import Served
from support.visiting import Visit, Visitor

pytestmark = pytest.mark.anyio

ADDRESSES = "/customer/account/addresses"
DEVICES = "/customer/account/devices"
ACTIVITY = "/customer/account/activity"


async def signed_in(visit: Visit, people: People, **options: object) -> Visitor:
    """Anna, at a browser."""
    anna = await visit(**options)
    await anna.sign_in(people.anna)
    return anna


async def test_another_country_asks_for_its_own_fields(visit: Visit, people: People) -> None:
    """Choosing a country swaps the fields alone, and what was typed into those that stay is still there."""
    anna = await signed_in(visit, people)
    page = anna.page
    await anna.open(f"{ADDRESSES}/new")
    await expect(page.locator("#streetAddress")).to_have_count(0)

    await page.select_option("#country", "BR")
    await page.fill("#streetAddress", "Rua das Flores, 10")
    await page.fill("#city", "Campinas")
    await expect(page.locator("label[for=district]")).to_contain_text("Neighbourhood")
    await page.fill("#label", "Grandma")
    await page.focus("#country")
    await page.select_option("#country", "DE")
    await expect(page.locator("#state")).to_have_count(0)
    await expect(page.locator("#streetAddress")).to_have_value("Rua das Flores, 10")
    await expect(page.locator("#city")).to_have_value("Campinas")
    await expect(page.locator("#label")).to_have_value("Grandma")
    await expect(page.locator("#country")).to_be_focused()
    await page.select_option("#country", "BR")
    await page.select_option("#state", label="São Paulo")
    await page.fill("#postalCode", "13010-111")
    await page.get_by_role("button", name="Save").click()

    await expect(page.get_by_role("status").filter(has_text="saved")).to_be_visible()
    await expect(page.locator("article")).to_contain_text("Campinas-SP")
    await expect(page.locator("article")).to_contain_text("Default")


async def test_addresses_are_kept_without_scripts(visit: Visit, people: People) -> None:
    """A button chooses the country; a refusal names the field and keeps what was typed; default and deletion work."""
    anna = await signed_in(visit, people, java_script_enabled=False)
    anna.forgive("status of 422")
    page = anna.page
    for city in ("Bonn", "Köln"):
        await anna.open(f"{ADDRESSES}/new")
        await page.select_option("#country", "DE")
        await page.fill("#label", city)
        await page.get_by_role("button", name="Choose country").click()
        await page.fill("#streetAddress", "Hauptstr. 1")
        await page.fill("#city", city)
        await page.fill("#postalCode", "531")
        # Enter saves, and does not choose a country once more.
        await page.locator("#postalCode").press("Enter")
        await expect(page.get_by_role("alert").locator("a[href='#postalCode']")).to_be_visible()
        await expect(page.locator("#city")).to_have_value(city)
        await page.fill("#postalCode", "53111")
        await page.locator("#postalCode").press("Enter")
        await page.wait_for_url("**/addresses?added=1")

    cards = page.locator("article")
    await expect(cards.first).to_contain_text("Default")
    await expect(cards.first).to_contain_text("Bonn")
    await page.get_by_role("button", name="Make default").click()
    await expect(cards.first).to_contain_text("Köln")
    await cards.first.get_by_role("link", name="Delete").click()
    await expect(page.locator("main")).to_contain_text("takes its place")
    await page.get_by_role("button", name="Delete address").click()
    await expect(cards).to_have_count(1)
    await expect(cards).to_contain_text("Default")


async def test_a_device_is_kept_without_scripts(visit: Visit, people: People, desk: Desk, served: Served) -> None:
    """A wrong IMEI is named and nothing typed is lost; its page shows its repair, whose page leads back to it."""
    anna = await signed_in(visit, people, java_script_enabled=False)
    anna.forgive("status of 422")
    page = anna.page
    await anna.open(f"{DEVICES}/new")
    await page.select_option("#deviceType", "laptop")
    await page.fill("#brand", "Framework")
    await page.fill("#imei", "123")
    await page.fill("#warrantyExpires", "2030-01-31")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("alert")).to_contain_text("IMEI")
    await expect(page.locator("#brand")).to_have_value("Framework")
    await page.fill("#imei", "")
    await page.get_by_role("button", name="Save").click()
    await expect(page.locator("main .rows")).to_contain_text("Under warranty")

    headers = await served.sign_in(people.anna)
    (device,) = (await served.client.get("/api/customer/devices", headers=headers)).json()["items"]
    repair = (await desk.take_in(people.anna, deviceId=device["id"]))["repair"]
    await page.get_by_role("link", name="Framework").click()
    await page.locator("#device-repairs a").click()
    await page.wait_for_url(f"**/customer/repairs/{repair['id']}")
    await page.locator("#repair-details a").click()
    await page.wait_for_url(f"**{DEVICES}/{device['id']}")
    await page.get_by_role("link", name="Delete").click()
    await expect(page.locator("main")).to_contain_text("1 repair stays")
    await page.get_by_role("button", name="Delete device").click()
    await expect(page.locator("main")).to_contain_text("No device yet")
    await anna.open(f"{DEVICES}/{device['id']}")
    await expect(page.locator("main")).to_contain_text("You have deleted this device")


async def test_r135_the_customer_reads_who_opened_their_repair(
    visit: Visit, people: People, desk: Desk, served: Served
) -> None:
    """By first name and the repair's number, in the language of the page."""
    repair = (await desk.take_in(people.anna))["repair"]
    tom = await served.sign_in(people.tom)
    await served.client.get(f"/api/staff/repairs/{repair['id']}", headers=tom)
    anna = await signed_in(visit, people)

    await anna.open(ACTIVITY)

    said = anna.page.locator("#activity-list")
    await expect(said).to_contain_text(f"Tom of the shop opened your repair {repair['repairNumber']}.")
    await expect(said).not_to_contain_text(people.tom.last_name)
    await expect(said).to_contain_text("You signed in.")


@pytest.mark.skipif(not is_installed, reason="needs axe-core: `npm ci --prefix assets`")
async def test_r137_pages_without_anything(visit: Visit, people: People) -> None:
    """Empty lists, the forms before anything is typed, and refused."""
    ben = await visitor_with_axe(visit)
    await ben.sign_in(people.ben)

    async def choose_brazil(page: Page) -> None:
        await page.select_option("#country", "BR")
        await page.locator("#postalCode").wait_for()

    async def send_nothing(page: Page) -> None:
        await page.evaluate("document.querySelector('main form[method=post]').noValidate = true")
        await page.get_by_role("button", name="Save").click()
        await page.get_by_role("alert").wait_for()

    async def send_an_empty_address(page: Page) -> None:
        await choose_brazil(page)
        await send_nothing(page)

    found = [
        *await look(ben, ADDRESSES),
        *await look(ben, f"{ADDRESSES}/new"),
        *await look(ben, f"{ADDRESSES}/new", choose_brazil, walks=[PHONE]),
        *await look(ben, f"{ADDRESSES}/new", send_an_empty_address),
        *await look(ben, DEVICES),
        *await look(ben, f"{DEVICES}/new", walks=[DESK]),
        *await look(ben, f"{DEVICES}/new", send_nothing),
    ]

    assert found == []


@pytest.mark.skipif(not is_installed, reason="needs axe-core: `npm ci --prefix assets`")
async def test_r137_pages_with_everything(visit: Visit, people: People, desk: Desk, served: Served) -> None:
    """Full lists, a device with a repair, forms and what they say of a lost race, deletions, a day's activity."""
    headers = await served.sign_in(people.anna)
    address = await keep_address(served, headers)
    await keep_address(served, headers, label="A rather long name of an address that has to be broken somewhere")
    device = await keep_device(served, headers)
    await keep_device(served, headers, warrantyExpires=None, model="x" * 90)
    await desk.take_in(people.anna, deviceId=device["id"])
    anna = await visitor_with_axe(visit)
    await anna.sign_in(people.anna)

    async def be_too_slow(page: Page) -> None:
        is_address = "/addresses/" in page.url
        path = f"/api/customer/{'addresses' if is_address else 'devices'}/{(address if is_address else device)['id']}"
        now = (await served.client.get(path, headers=headers)).json()
        body = {name: value for name, value in now.items() if name not in {"id", "createdAt", "updatedAt", "lines"}}
        body = {name: value for name, value in body.items() if name not in {"isDefault", "isActive"}}
        changed = await served.client.put(
            path, headers=headers, json=body | {"city" if is_address else "brand": "Elsewhere"}
        )
        assert changed.status_code == 200, changed.text
        await page.get_by_role("button", name="Save").click()
        await page.get_by_role("alert").wait_for()

    found = [
        *await look(anna, f"{ADDRESSES}?saved=1", walks=[PHONE, DESK]),
        *await look(anna, f"{ADDRESSES}/{address['id']}", walks=[DESK]),
        *await look(anna, f"{ADDRESSES}/{address['id']}", be_too_slow),
        *await look(anna, f"{ADDRESSES}/{address['id']}/delete"),
        *await look(anna, DEVICES, walks=[PHONE]),
        *await look(anna, f"{DEVICES}/{device['id']}", walks=[DESK]),
        *await look(anna, f"{DEVICES}/{device['id']}/edit"),
        *await look(anna, f"{DEVICES}/{device['id']}/edit", be_too_slow),
        *await look(anna, f"{DEVICES}/{device['id']}/delete"),
        *await look(anna, ACTIVITY, walks=[PHONE]),
    ]

    assert found == []
