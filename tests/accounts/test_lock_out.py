"""Nobody locks the owner of an account out by guessing at it (R11)."""

from typing import Any

import httpx
import pytest

from revivatech.accounts.sessions import throttle
from support.people import People, Person
from support.serving import SAME_ORIGIN, Served

pytestmark = pytest.mark.anyio

WRONG = "something else entirely"


async def guess(served: Served, email: str, password: str = WRONG) -> int:
    """The status of a stranger's sign-in."""
    body = {"email": email, "password": password}
    return (await served.client.post("/api/customer/auth/login", json=body)).status_code


async def knock(served: Served, device: str, person: Person, password: str) -> int:
    """The status of a sign-in by the page of a browser with that device cookie."""
    headers = {**SAME_ORIGIN, "Origin": served.url, "Cookie": device}
    form = {"email": person.email, "password": password}
    answer = await served.client.post("/customer/sign-in", headers=headers, data=form)
    served.client.cookies.clear()
    return answer.status_code


def device_of(headers: dict[str, str]) -> str:
    """The cookie by which a browser is known again."""
    [device] = [one for one in headers["Cookie"].split("; ") if one.startswith("__Host-device=")]
    return device


async def test_r11_a_stranger_does_not_lock_out_a_browser_that_the_account_knows(
    served: Served, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Full for everybody else, for one account or all together: the owner's own browser has its own five."""
    own, bens = (
        device_of(await served.sign_in_browser(people.anna)),
        device_of(await served.sign_in_browser(people.ben)),
    )
    assert [await guess(served, people.anna.email) for _ in range(5)] == [401] * 5
    assert await guess(served, people.anna.email, people.anna.password) == 429
    # One that another account knows, or that nobody does, is a stranger's.
    for device in (bens, "__Host-device=" + "A" * 43):
        assert await knock(served, device, people.anna, people.anna.password) == 429
    assert await knock(served, own, people.anna, people.anna.password) == 303

    # Its own five are no more than five, and of this account alone.
    assert [await knock(served, own, people.anna, WRONG) for _ in range(6)] == [401] * 5 + [429]
    assert await knock(served, own, people.anna, people.anna.password) == 429

    monkeypatch.setattr(throttle, "MOST_OF_ALL", {"customer": 7, "staff": 7})
    assert [await guess(served, f"nobody{number}@customers.example") for number in range(3)] == [401, 401, 429]
    assert await guess(served, people.ben.email, people.ben.password) == 429
    assert await knock(served, bens, people.ben, people.ben.password) == 303


async def test_r11_a_stranger_does_not_keep_a_session_from_proving_its_password(served: Served, people: People) -> None:
    """What is guessed at the sign-in is not counted there; what is guessed within the session is (R3, R34)."""
    headers = await served.sign_in(people.anna)

    async def enable(password: str) -> httpx.Response:
        body: dict[str, Any] = {"password": password}
        return await served.client.post("/api/customer/profile/2fa/enable", headers=headers, json=body)

    assert [await guess(served, people.anna.email) for _ in range(6)] == [401] * 5 + [429]
    assert (await enable(people.anna.password)).status_code == 200
    assert [(await enable(WRONG)).status_code for _ in range(5)] == [403] * 5
    limited = await enable(people.anna.password)
    assert (limited.status_code, int(limited.headers["Retry-After"]) > 0) == (429, True)
