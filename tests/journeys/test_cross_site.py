"""Another site in a real browser: it neither writes here nor frames us (R58, R62)."""

import pytest
from playwright.async_api import Route

from support.people import People
from support.serving import Served
from support.visiting import Visit

pytestmark = pytest.mark.anyio

# For browsers another site than 127.0.0.1, where the portal is.
ELSEWHERE = "http://localhost:9"
FORM = """
<!doctype html><title>Elsewhere</title>
<form method="post" action="{url}{path}" enctype="{enctype}"><input name="a" value="b"><button>Win</button></form>
"""
FRAME = '<!doctype html><title>Elsewhere</title><iframe src="{url}{path}" width="400" height="300"></iframe>'


@pytest.mark.parametrize("enctype", ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data"])
async def test_r58_a_form_of_another_site_writes_nothing(
    visit: Visit, served: Served, people: People, enctype: str
) -> None:
    """Sent by a browser that is signed in here, it is answered with 403, and the account stays as it was."""
    ada = await visit()
    ada.forgive("status of 403")
    await ada.sign_in(people.ada)
    path = f"/staff/people/{people.tom.id}/close"

    async def serve(route: Route) -> None:
        await route.fulfill(content_type="text/html", body=FORM.format(url=served.url, path=path, enctype=enctype))

    page = await ada.context.new_page()
    await page.route(f"{ELSEWHERE}/**", serve)
    await page.goto(f"{ELSEWHERE}/prize")
    async with page.expect_response(lambda answer: answer.url == served.url + path) as waiting:
        await page.get_by_role("button").click()
    answer = await waiting.value

    assert answer.status == 403
    headers = await served.sign_in(people.ada)
    tom = await served.client.get(f"/api/staff/users/{people.tom.id}", headers=headers)
    assert tom.json()["state"] == "active"


@pytest.mark.parametrize("path", ["/customer/sign-in", "/staff/sign-in", "/staff/people", "/staff/welcome?token=x"])
async def test_r62_no_page_shows_in_a_frame(visit: Visit, served: Served, people: People, path: str) -> None:
    """The frame of another site stays empty: nothing of ours is in it to be clicked."""
    ada = await visit()
    await ada.sign_in(people.ada)

    async def serve(route: Route) -> None:
        await route.fulfill(content_type="text/html", body=FRAME.format(url=served.url, path=path))

    page = await ada.context.new_page()
    await page.route(f"{ELSEWHERE}/**", serve)
    await page.goto(f"{ELSEWHERE}/frame", wait_until="networkidle")
    frame = page.frames[1]

    assert await frame.locator("form, a, button").count() == 0
    assert "Revivatech" not in await frame.locator("body").inner_text()
