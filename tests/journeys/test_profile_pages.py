"""The profile's page: by keyboard and by finger, without scripts, in every state (R137, R139, R140, R143)."""

import io
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import psycopg
import pytest
from PIL import Image
from playwright.async_api import Page, expect

from revivatech.settings import Settings
from support import twilio as fakes
from support.accessibility import AXE, DESK, PHONE, STILL, is_installed, lost_focus, sideways, small_targets, violations
from support.people import People
from support.serving import Served, serve
from support.visiting import Visit, Visitor
from support.waiting import until_true

pytestmark = pytest.mark.anyio
needs_axe = pytest.mark.skipif(not is_installed, reason="needs axe-core: `npm ci --prefix assets`")

ACCOUNT = "/customer/account"
NUMBER = "+351912345678"


@pytest.fixture
async def twilio() -> AsyncIterator[fakes.Twilio]:
    """Twilio on loopback."""
    async with fakes.twilio() as fake:
        yield fake


@pytest.fixture
async def served(settings: Settings, people: People, twilio: fakes.Twilio) -> AsyncIterator[Served]:
    """A portal that sends SMS; Anna has a mobile number."""
    with psycopg.connect(settings.database_url, autocommit=True) as connection:
        connection.execute("UPDATE customers SET phone = %s WHERE id = %s", [NUMBER, people.anna.id])
    async with serve(twilio.settings(settings)) as portal:
        yield portal


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A picture of 400 by 200 whose left quarter is red and whose right quarter is blue."""
    image = Image.new("RGB", (400, 200), "white")
    image.paste("red", (0, 0, 100, 200))
    image.paste("blue", (300, 0, 400, 200))
    image.save(tmp_path / "photo.png")
    return tmp_path / "photo.png"


async def arrive(visit: Visit, people: People, **options: object) -> Visitor:
    """Anna on her profile."""
    anna = await visit(**options)
    anna.forgive("status of 422", "status of 410", "status of 413")
    await anna.sign_in(people.anna)
    await anna.open(ACCOUNT)
    return anna


async def shown(anna: Visitor) -> Image.Image:
    """The picture that her menu shows."""
    url = await anna.page.locator(".topbar .avatar img").get_attribute("src")
    answer = await anna.context.request.get(f"{anna.url}{url}", headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status == 200
    return Image.open(io.BytesIO(await answer.body())).convert("RGB")


def colour(image: Image.Image, x: float) -> str:
    """What stands there in the middle of the picture's height."""
    red, _green, blue = image.getpixel((int(image.width * x), image.height // 2))  # type: ignore[misc]
    return "red" if red > 150 > blue else "blue" if blue > 150 > red else "white"


async def test_the_details_are_saved_and_a_refusal_keeps_what_was_typed(visit: Visit, people: People) -> None:
    """Wrong fields are named beside them and above; once mended the names of the frame follow at once."""
    anna = await arrive(visit, people)
    page = anna.page
    await page.get_by_label("First name").fill(" Ana\u202e ")
    await page.get_by_label("Telephone").fill("0123")
    await page.locator("#personal").get_by_role("button", name="Save", exact=True).click()

    await expect(page.get_by_role("alert")).to_contain_text("telephone number")
    await expect(page.get_by_label("Telephone")).to_have_value("0123")
    await expect(page.get_by_label("Telephone")).to_have_attribute("aria-invalid", "true")
    await page.get_by_label("Telephone").fill("+55 11 91234-5678")
    await page.get_by_label("Time zone").select_option("America/Sao_Paulo")
    await page.locator("#language").select_option("pt-BR")
    await page.locator("#personal").get_by_role("button", name="Save", exact=True).click()

    await page.wait_for_url("**saved=profile")
    await expect(page.locator("html")).to_have_attribute("lang", "pt-BR")
    await expect(page.locator("html")).to_have_attribute("data-timezone", "America/Sao_Paulo")
    await expect(page.locator("#phone")).to_have_value("+55 11 91234-5678")
    await expect(page.locator("#firstName")).to_have_value("Ana")


async def test_the_zone_of_the_device_is_offered(visit: Visit, people: People) -> None:
    """One press takes it, and then there is nothing to offer any more."""
    anna = await arrive(visit, people, timezone_id="Asia/Kolkata")
    offer = anna.page.get_by_role("button", name="Use the zone of this device")

    await expect(offer).to_contain_text("Kolkata")
    await offer.click()

    await expect(offer).to_be_hidden()
    await expect(anna.page.get_by_label("Time zone")).to_be_focused()
    await anna.page.locator("#personal").get_by_role("button", name="Save", exact=True).click()
    await anna.page.wait_for_url("**saved=profile")
    await expect(anna.page.locator("html")).to_have_attribute("data-timezone", "Asia/Kolkata")


async def test_r143_the_picture_works_without_scripts(visit: Visit, people: People, photo: Path) -> None:
    """Its middle is taken, the menu shows it, and it can be removed; what is no picture is refused with words."""
    anna = await arrive(visit, people, java_script_enabled=False)
    page = anna.page
    await page.set_input_files("#file", {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": b"<script>"})
    await page.get_by_role("button", name="Use this picture").click()
    await expect(page.locator("#file-error")).to_contain_text("not a picture")

    await page.set_input_files("#file", photo)
    await page.get_by_role("button", name="Use this picture").click()
    await page.wait_for_url("**saved=picture")
    image = await shown(anna)
    assert [colour(image, x) for x in (0.02, 0.5, 0.98)] == ["white"] * 3

    await page.get_by_role("button", name="Remove the picture").click()
    await page.wait_for_url("**saved=picture-removed")
    await expect(page.locator(".topbar .avatar img")).to_have_count(0)


async def test_r139_the_part_is_chosen_by_keyboard(visit: Visit, people: People, photo: Path) -> None:
    """The sliders move the square, End goes to its edge, and what cannot move is no stop of the keyboard."""
    anna = await arrive(visit, people)
    page = anna.page
    await page.set_input_files("#file", photo)
    sideways_slider = page.get_by_label("Left or right")
    await expect(sideways_slider).to_be_visible()
    await expect(page.get_by_label("Up or down")).to_be_disabled()
    await sideways_slider.focus()
    await page.keyboard.press("End")
    await page.get_by_role("button", name="Use this picture").click()
    await page.wait_for_url("**saved=picture")

    image = await shown(anna)
    assert [colour(image, x) for x in (0.1, 0.9)] == ["white", "blue"]


async def test_the_part_is_chosen_by_dragging(visit: Visit, people: People, photo: Path) -> None:
    """Dragged far to the right, the picture shows its left edge, and the wheel enlarges it."""
    anna = await arrive(visit, people)
    page = anna.page
    await page.set_input_files("#file", photo)
    canvas = page.locator("canvas")
    await canvas.scroll_into_view_if_needed()
    box = await canvas.bounding_box()
    assert box
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    await page.mouse.move(*middle)
    await page.mouse.wheel(0, -300)
    await expect(page.get_by_label("Enlarge")).not_to_have_value("1")
    await page.mouse.down()
    await page.mouse.move(middle[0] + 2000, middle[1], steps=4)
    await page.mouse.up()
    await page.get_by_role("button", name="Use this picture").click()
    await page.wait_for_url("**saved=picture")

    image = await shown(anna)
    assert [colour(image, x) for x in (0.1, 0.8)] == ["red", "red"]


async def test_a_refused_picture_says_why_with_scripts_too(visit: Visit, people: People) -> None:
    """What the server says beside the field is shown where the person looks, and nothing else is lost."""
    anna = await arrive(visit, people)
    await anna.page.set_input_files("#file", {"name": "x.heic", "mimeType": "image/heic", "buffer": b"no picture"})
    await expect(anna.page.locator("[data-crop-note]")).to_be_visible()
    await anna.page.get_by_role("button", name="Use this picture").click()

    await expect(anna.page.locator("#toasts .toast")).to_contain_text("not a picture")


async def test_the_number_is_proven_by_its_code(visit: Visit, people: People, twilio: fakes.Twilio) -> None:
    """Asked for, typed wrong, typed right: then the page says that it is confirmed."""
    anna = await arrive(visit, people)
    page = anna.page
    await page.get_by_role("button", name="Send the code").click()
    await page.wait_for_url("**saved=code*")
    await until_true(lambda: twilio.sent)
    code = twilio.sent[0]["Body"].rpartition("#")[2]
    field = page.get_by_label("Code from the SMS")
    await expect(field).to_have_attribute("autocomplete", "one-time-code")

    await field.fill(f"{(int(code) + 1) % 1_000_000:06d}")
    await page.get_by_role("button", name="Confirm").click()
    await expect(page.locator("#code-error")).to_contain_text("not the code")
    await field.fill(code)
    await page.get_by_role("button", name="Confirm").click()

    await page.wait_for_url("**saved=phone")
    await expect(page.get_by_text("+351 912 345 678 is confirmed.")).to_be_visible()


async def test_the_look_follows_the_account(visit: Visit, people: People) -> None:
    """Chosen in one browser, it is the look of the next one, from the first byte of the page."""
    here = await arrive(visit, people)
    async with here.page.expect_response("**/preferences/theme"):
        await here.page.locator("#look").get_by_role("button", name="Dark").click()
    there = await arrive(visit, people)

    await expect(there.page.locator("html")).to_have_attribute("data-theme", "dark")


async def test_r143_the_home_page_is_arranged_without_scripts(visit: Visit, people: People) -> None:
    """One step up, one part hidden, and back to how it comes; the dashboard follows each time."""
    anna = await arrive(visit, people, java_script_enabled=False)

    async def headings() -> list[str]:
        await anna.open("/customer/dashboard")
        found = await anna.page.locator("main h2").all_inner_texts()
        await anna.open(ACCOUNT)
        return [heading for heading in found if heading in as_it_comes]

    as_it_comes = ["Your history", "Latest updates", "Quick actions", "Appointments"]
    assert await headings() == as_it_comes
    page = anna.page
    await page.get_by_role("button", name="Move “Quick actions” up").click()
    await page.wait_for_url("**saved=dashboard*")
    await page.get_by_label("Your history").uncheck()
    await page.locator("#dashboard-parts").get_by_role("button", name="Save", exact=True).click()
    await page.wait_for_url("**saved=dashboard*")

    assert await headings() == ["Quick actions", "Latest updates", "Appointments"]
    await page.get_by_role("button", name="As it comes").click()
    assert await headings() == as_it_comes


@needs_axe
async def test_r137_every_state_of_the_page(visit: Visit, people: People, photo: Path) -> None:
    """As it comes, refused, with a picture being chosen, with a code awaited: axe, 320 px, thumbs, Tab."""
    anna = await visit()
    await anna.context.add_init_script(path=AXE)
    await anna.context.add_init_script(STILL)
    anna.forgive("status of 422", "status of 410")
    await anna.sign_in(people.anna)
    page = anna.page

    async def nothing(_: Page) -> None:
        return

    async def refused(page: Page) -> None:
        await page.evaluate("document.querySelectorAll('form').forEach((form) => (form.noValidate = true))")
        await page.fill("#firstName", "")
        await page.fill("#phone", "0123")
        await page.locator("#personal").get_by_role("button", name="Save", exact=True).click()
        await page.get_by_role("alert").wait_for()

    async def choosing(page: Page) -> None:
        await page.set_input_files("#file", photo)
        await page.locator("canvas").wait_for()

    async def awaiting(page: Page) -> None:
        await page.get_by_role("button", name="Send the code").click()
        await page.wait_for_url("**saved=code*")

    found = []
    states: list[tuple[str, Callable[[Page], object], list[int]]] = [
        ("as it comes", nothing, [PHONE, DESK]),
        ("refused", refused, []),
        ("choosing", choosing, [DESK]),
        ("awaiting", awaiting, []),
    ]
    for name, act, walks in states:
        await anna.open(ACCOUNT)
        await act(page)  # type: ignore[misc]
        problems = [*await violations(page), *await sideways(page), *await small_targets(page)]
        problems += await lost_focus(page, walks)
        found += [f"{name}: {problem}" for problem in problems]

    assert found == []
