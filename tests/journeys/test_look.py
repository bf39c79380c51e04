"""Theme and language, chosen on a page and remembered."""

import pytest
from playwright.async_api import expect

from support.desk import Desk
from support.people import People
from support.visiting import Visit

pytestmark = pytest.mark.anyio

BACKGROUND = "getComputedStyle(document.body).backgroundColor"


async def test_the_theme_changes_at_once_and_is_remembered(visit: Visit, people: People) -> None:
    """Dark is dark without a reload, and after one; light is light on a machine that is dark."""
    anna = await visit(color_scheme="light")
    await anna.sign_in(people.anna)
    light = await anna.page.evaluate(BACKGROUND)

    await anna.page.locator(".topbar .menu > summary").click()
    async with anna.page.expect_response("**/preferences/theme"):
        await anna.page.get_by_role("button", name="Dark").click()
    await expect(anna.page.locator("html")).to_have_attribute("data-theme", "dark")
    dark = await anna.page.evaluate(BACKGROUND)
    assert dark != light
    await anna.page.reload()
    assert await anna.page.evaluate(BACKGROUND) == dark

    await anna.page.emulate_media(color_scheme="dark")
    await anna.page.locator(".topbar .menu > summary").click()
    async with anna.page.expect_response("**/preferences/theme"):
        await anna.page.get_by_role("button", name="Light").click()
    await anna.open("/customer/repairs")
    assert await anna.page.evaluate(BACKGROUND) == light


async def test_the_language_changes_everywhere(visit: Visit, people: People, desk: Desk) -> None:
    """In Portuguese the page that one was on says everything in Portuguese, the shop's stages and live news too."""
    repair = (await desk.take_in(people.anna))["repair"]
    anna = await visit()
    await anna.sign_in(people.anna)
    await anna.open(f"/customer/repairs/{repair['id']}")
    await anna.page.locator(".topbar .menu > summary").click()
    await anna.page.get_by_role("button", name="Português").click()

    await expect(anna.page).to_have_url(f"{anna.url}/customer/repairs/{repair['id']}")
    await expect(anna.page.locator("html")).to_have_attribute("lang", "pt-BR")
    await expect(anna.page.locator("#repair-now [data-status]")).to_have_text("Recebido")
    await expect(anna.page.locator(".topbar-end [data-connection]")).to_contain_text("vivo")

    await desk.move(repair["id"], "diagnosing")
    await expect(anna.page.locator("#repair-now [data-status=diagnosing]")).to_have_text("Em diagnóstico")
    await expect(anna.page.locator("#repair-now")).to_contain_text("Um técnico está descobrindo")


async def test_ticks_and_choices_are_seen_in_colours_of_the_readers_own(visit: Visit, people: People) -> None:
    """Where the system's colours replace ours, what is ticked and which view is open still differ from the rest."""
    anna = await visit(forced_colors="active")
    await anna.sign_in(people.anna)
    await anna.open("/customer/account/preferences")
    ground = "e => getComputedStyle(e).backgroundColor"
    ticked = await anna.page.locator(".choice > input:checked").first.evaluate(ground)
    empty = await anna.page.locator(".choice > input:not(:checked)").first.evaluate(ground)
    assert ticked != empty

    edge = "e => getComputedStyle(e).borderBottomColor"
    here = await anna.page.locator(".tabs-line > [aria-current]").evaluate(edge)
    elsewhere = await anna.page.locator(".tabs-line > :not([aria-current])").first.evaluate(edge)
    assert elsewhere != here
