"""A page left open overnight: its session is over, and nothing that was typed is lost (R142)."""

import re

import psycopg
import pytest
import redis
from playwright.async_api import expect

from support.people import People
from support.serving import SAME_ORIGIN, Served
from support.visiting import Visit

pytestmark = pytest.mark.anyio


def let_a_night_pass(served: Served) -> None:
    """End every session as time does: nobody is told, nothing is remembered."""
    with psycopg.connect(served.settings.database_url) as connection:
        for table in ("customer_sessions", "staff_sessions"):
            connection.execute(
                f"UPDATE {table} SET expires_at = now() - interval '1 minute'"  # noqa: S608 - two names
            )
    with redis.Redis.from_url(served.settings.redis_url) as client:
        client.flushdb()


async def test_r142_a_form_sent_after_the_session_comes_back_as_typed(
    visit: Visit, served: Served, people: People
) -> None:
    """To sign-in and back to the page, whose form holds what was typed; nothing was stored meanwhile."""
    fay = await visit()
    page = fay.page
    fay.forgive("status of 401")
    await fay.sign_in(people.fay)
    await fay.open("/staff/repairs/new")
    await page.fill("[name=device_brand]", "Framework")
    await page.fill("[name=issue_description]", "It does not charge since yesterday.")
    let_a_night_pass(served)
    form = page.locator("form#intake")
    await form.evaluate("form => { form.noValidate = true; form.requestSubmit(); }")
    await page.wait_for_url(re.compile(r"/staff/sign-in\?next=(/|%2F)staff(/|%2F)repairs(/|%2F)new"))
    await page.fill("#email", people.fay.email)
    await page.fill("#password", "something else entirely")
    await page.click("form[action$='/sign-in'] button")
    await page.get_by_role("alert").wait_for()
    await page.fill("#password", people.fay.password)
    await page.click("form[action$='/sign-in'] button")
    await page.wait_for_url("**/staff/repairs/new")
    await expect(page.locator("[name=device_brand]")).to_have_value("Framework")
    await expect(page.locator("[name=issue_description]")).to_have_value("It does not charge since yesterday.")
    with psycopg.connect(served.settings.database_url) as connection:
        assert connection.execute("SELECT count(*) FROM repairs").fetchone() == (0,)


async def test_a_draft_is_not_shown_to_somebody_else(visit: Visit, served: Served, people: People) -> None:
    """Whoever signs in next in that tab finds an empty form."""
    fay = await visit()
    page = fay.page
    await fay.sign_in(people.fay)
    await fay.open("/staff/repairs/new")
    await page.fill("[name=device_brand]", "Framework")
    let_a_night_pass(served)
    await fay.open("/staff/repairs/new")
    await page.fill("#email", people.mia.email)
    await page.fill("#password", people.mia.password)
    await page.click("form[action$='/sign-in'] button")
    await page.wait_for_url("**/staff/repairs/new")
    await expect(page.locator("[name=device_brand]")).to_have_value("")


@pytest.mark.usefixtures("people")
async def test_the_way_back_stays_on_the_site(served: Served) -> None:
    """Only a page of ours, by the Referer of a form or htmx's own word."""
    origin = {**SAME_ORIGIN, "Origin": served.url}
    for headers, location in (
        ({"Referer": f"{served.url}/customer/account?a=1"}, "/customer/sign-in?next=/customer/account%3Fa%3D1"),
        ({"Referer": "http://evil.test/customer/account"}, "/customer/sign-in"),
        ({"Referer": "//evil.test"}, "/customer/sign-in"),
        ({}, "/customer/sign-in"),
    ):
        answer = await served.client.post("/customer/account/security/two-step/off", headers={**origin, **headers})
        assert (answer.status_code, answer.headers["location"]) == (303, location)
    htmx = {**origin, "HX-Request": "true", "HX-Current-URL": f"{served.url}/customer/account"}
    answer = await served.client.post("/customer/account/security/two-step/off", headers=htmx)
    assert (answer.status_code, answer.headers["hx-redirect"]) == (401, "/customer/sign-in?next=/customer/account")
