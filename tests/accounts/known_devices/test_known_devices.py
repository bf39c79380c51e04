"""Signing in with a device that was not used before is told of by mail; the very first sign-in is not."""

import psycopg
import pytest

from support.factors import App, challenge, mails_to, second_step, turn_on
from support.people import People, Person
from support.serving import SAME_ORIGIN, Served

pytestmark = pytest.mark.anyio

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"


async def by_program(served: Served, person: Person, agent: str) -> None:
    """Sign in by the API."""
    answer = await served.client.post(
        f"/api/{person.realm}/auth/login",
        json={"email": person.email, "password": person.password},
        headers={"User-Agent": agent},
    )
    assert answer.status_code == 200


async def by_browser(served: Served, person: Person, device: str = "") -> str:
    """Sign in by the page; the browser's device cookie comes back."""
    headers = {**SAME_ORIGIN, "Origin": served.url, "User-Agent": FIREFOX}
    if device:
        headers["Cookie"] = f"__Host-device={device}"
    form = {"email": person.email, "password": person.password}
    answer = await served.client.post(f"/{person.realm}/sign-in", data=form, headers=headers)
    assert answer.status_code == 303
    served.client.cookies.clear()
    [line] = [one for one in answer.headers.get_list("set-cookie") if one.startswith("__Host-device=")]
    assert "HttpOnly" in line
    return line.partition(";")[0].partition("=")[2]


async def test_only_an_unknown_device_is_told_of(served: Served, people: People) -> None:
    """First and known ones in silence, another browser or program by mail; it names the device."""
    device = await by_browser(served, people.anna)
    assert await by_browser(served, people.anna, device) == device
    assert await mails_to(served, people.anna) == []
    other = await by_browser(served, people.anna)
    assert other != device
    await by_program(served, people.anna, "ShopApp/1.0")
    await by_program(served, people.anna, "ShopApp/1.0")
    await by_program(served, people.anna, "OtherApp/1.0")
    assert await mails_to(served, people.anna) == ["new_device"] * 3
    with psycopg.connect(served.settings.database_url) as connection:
        rows = connection.execute("SELECT facts ->> 'device' FROM account_mails ORDER BY id").fetchall()
    assert [row[0] for row in rows] == ["Firefox · Linux", "ShopApp", "OtherApp"]


async def test_after_ninety_days_a_device_is_new_again(served: Served, people: People) -> None:
    """Until then it is known."""
    device = await by_browser(served, people.anna)
    for days, kinds in ((89, []), (91, ["new_device"])):
        with psycopg.connect(served.settings.database_url) as connection:
            connection.execute(
                "UPDATE customer_known_devices SET last_seen_at = now() - make_interval(days => %s)", [days]
            )
        await by_browser(served, people.anna, device)
        assert await mails_to(served, people.anna) == kinds


async def test_one_browser_of_two_people_is_new_to_each(served: Served, people: People) -> None:
    """The cookie names the browser, what is known of it belongs to the account."""
    device = await by_browser(served, people.anna)
    await by_program(served, people.ben, "ShopApp/1.0")
    await by_browser(served, people.ben, device)
    assert await mails_to(served, people.ben) == ["new_device"]
    assert await mails_to(served, people.anna) == []


async def test_a_forged_cookie_is_an_unknown_device(served: Served, people: People) -> None:
    """Whatever it says; and a right one of our making comes back."""
    await by_browser(served, people.anna)
    for forged in ("x", "x" * 4000, "A" * 43):
        await by_browser(served, people.anna, forged)
    assert await mails_to(served, people.anna) == ["new_device"] * 3


async def test_half_a_sign_in_is_no_news(served: Served, people: People) -> None:
    """With a second factor on, only who has shown both is signed in."""
    app: App = await turn_on(served, people.tom)
    token = await challenge(served, people.tom)
    assert await mails_to(served, people.tom) == ["second_factor_on"]
    answer = await served.client.post(
        "/api/staff/auth/login/2fa",
        json={"challengeToken": token, "code": app.code()},
        headers={"User-Agent": "OtherApp/1.0"},
    )
    assert answer.status_code == 200
    assert await mails_to(served, people.tom) == ["second_factor_on", "new_device"]
    assert (await second_step(served, people.tom, token, code=app.code())).status_code == 401
