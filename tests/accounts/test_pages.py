"""The sign-in pages: without script, in both languages, with one cookie and no way off the site."""

from typing import Any
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest

from support.people import People
from support.serving import SAME_ORIGIN, Served

pytestmark = pytest.mark.anyio


def browser(served: Served, **headers: str) -> dict[str, str]:
    """The headers of a form's request from our own page."""
    return {**SAME_ORIGIN, "Origin": served.url, **headers}


async def submit(served: Served, realm: str = "customer", cookie: str = "", **fields: str) -> httpx.Response:
    """The answer to the sign-in form."""
    headers = browser(served, **({"Cookie": cookie} if cookie else {}))
    answer = await served.client.post(f"/{realm}/sign-in", data=fields, headers=headers)
    served.client.cookies.clear()
    return answer


def cookie_of(answer: httpx.Response) -> str:
    """The name and value that the answer sets."""
    return answer.headers["set-cookie"].partition(";")[0]


async def signed_in(served: Served, cookie: str, path: str = "/api/customer/profile") -> bool:
    """Whether the cookie opens the portal."""
    answer = await served.client.get(path, headers={"Cookie": cookie, **SAME_ORIGIN})
    assert answer.status_code in {200, 401}
    return answer.status_code == 200


async def test_the_form_is_there_in_both_languages_and_keeps_private(served: Served) -> None:
    """The page says what a password manager needs, in the browser's language, and is kept by nobody."""
    for language, word in (("en", "Sign in"), ("pt-BR,pt;q=0.9", "")):
        for realm in ("customer", "staff"):
            page = await served.client.get(f"/{realm}/sign-in", headers={"Accept-Language": language})
            assert page.status_code == 200
            assert word in page.text
            assert 'autocomplete="username"' in page.text
            assert 'autocomplete="current-password"' in page.text
            assert page.headers["cache-control"] == "no-store"


async def test_r21_the_cookie_is_out_of_every_scripts_reach(served: Served, people: People) -> None:
    """`__Host-`, HttpOnly, Secure, SameSite, for all paths, and nothing of it in the page."""
    answer = await submit(served, email=people.anna.email, password=people.anna.password)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/customer/dashboard"
    session, device = answer.headers.get_list("set-cookie")
    assert session.startswith("__Host-customer=")
    assert device.startswith("__Host-device=")
    for header in (session, device):
        assert {"path=/", "httponly", "secure", "samesite=lax"} <= set(header.lower().split("; "))
        assert "domain" not in header.lower()
    assert await signed_in(served, cookie_of(answer))


async def test_staff_sign_in_to_the_desk(served: Served, people: People) -> None:
    """The desk has its own cookie, which is worth nothing in the customers' half."""
    answer = await submit(served, "staff", email=people.tom.email, password=people.tom.password)
    assert (answer.status_code, answer.headers["location"]) == (303, "/staff")
    cookie = cookie_of(answer)
    assert cookie.startswith("__Host-staff=")
    assert await signed_in(served, cookie, "/api/staff/profile")
    assert not await signed_in(served, cookie)
    assert not await signed_in(served, cookie.replace("staff", "customer"))


async def test_r16_a_new_session_at_every_sign_in_and_the_old_one_ends(served: Served, people: People) -> None:
    """The cookie after is another than before; the one that the browser came with is dead."""
    first = cookie_of(await submit(served, email=people.anna.email, password=people.anna.password))
    second = cookie_of(await submit(served, cookie=first, email=people.anna.email, password=people.anna.password))
    assert first != second
    assert await signed_in(served, second)
    assert not await signed_in(served, first)
    # A failed try ends nothing.
    await submit(served, cookie=second, email=people.anna.email, password="a wrong password")
    assert await signed_in(served, second)


async def test_a_wrong_password_keeps_the_address_and_never_the_password(served: Served, people: People) -> None:
    """The form comes back with 401, says so in words, and holds what may be held."""
    answer = await submit(served, email=people.anna.email, password="a-wrong-password", next="/customer/repairs")
    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers
    assert f'value="{people.anna.email}"' in answer.text
    assert "a-wrong-password" not in answer.text
    assert 'value="/customer/repairs"' in answer.text
    assert 'role="alert"' in answer.text


async def test_r11_the_page_says_when_to_come_again(served: Served, people: People) -> None:
    """After five failures the form is 429, names the minutes and carries Retry-After."""
    for _ in range(5):
        await submit(served, email=people.anna.email, password="a wrong password")
    answer = await submit(served, email=people.anna.email, password=people.anna.password)
    assert answer.status_code == 429
    assert 880 <= int(answer.headers["retry-after"]) <= 900
    assert "15" in answer.text


@pytest.mark.parametrize("typed", ["", "anna", "a\x00@b.example", "<script>alert(1)</script>@b.example", "x" * 5000])
async def test_nonsense_is_told_so_in_the_form(served: Served, typed: str) -> None:
    """What is no address is never a fault, and comes back escaped and in bounds."""
    answer = await submit(served, email=typed, password="x")
    assert answer.status_code in {401, 422}
    assert "<script>alert" not in answer.text
    assert len(answer.text) < 50_000


async def test_a_form_without_fields_or_of_another_kind_is_no_fault(served: Served) -> None:
    """Nothing, files in place of text, JSON: the form again."""
    bodies: list[dict[str, Any]] = [
        {"data": {}},
        {"files": {"email": b"a@b.example", "password": b"x"}},
        {"content": b'{"email": "a@b.example"}', "headers": {"Content-Type": "application/json"}},
        {"content": b"email=%ff%fe&password=%00", "headers": {"Content-Type": "application/x-www-form-urlencoded"}},
    ]
    for body in bodies:
        body["headers"] = browser(served, **body.get("headers", {}))
        answer = await served.client.post("/customer/sign-in", **body)
        assert 400 <= answer.status_code < 500


@pytest.mark.parametrize(
    "trick", ["//evil.example", "/\\evil.example", "https://evil.example", "/%09/evil.example", "javascript:alert(1)"]
)
async def test_r15_signing_in_leads_nowhere_else(served: Served, people: People, trick: str) -> None:
    """A bad `next` leads home, from the form and for who is signed in already."""
    answer = await submit(served, email=people.anna.email, password=people.anna.password, next=trick)
    assert answer.headers["location"] == "/customer/dashboard"
    already = await served.client.get(
        "/customer/sign-in", params={"next": trick}, headers={"Cookie": cookie_of(answer), **SAME_ORIGIN}
    )
    assert (already.status_code, already.headers["location"]) == (303, "/customer/dashboard")
    assert urlsplit(already.headers["location"]).netloc == ""


async def test_signing_in_returns_to_the_page_that_was_wanted(served: Served, people: People) -> None:
    """A good `next` is where the person lands."""
    wanted = "/customer/repairs?status=received"
    page = await served.client.get("/customer/sign-in", params={"next": wanted})
    assert f'value="{wanted}"' in page.text
    answer = await submit(served, email=people.anna.email, password=people.anna.password, next=wanted)
    assert answer.headers["location"] == wanted


async def test_r30_signing_out_ends_the_session_and_clears_the_browser(served: Served, people: People) -> None:
    """The cookie is removed with its marks, cache and storage are cleared, the session is over."""
    cookie = cookie_of(await submit(served, email=people.anna.email, password=people.anna.password))
    answer = await served.client.post("/customer/sign-out", headers=browser(served, Cookie=cookie))
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/customer/sign-in")
    assert answer.headers["clear-site-data"] == '"cache", "storage"'
    removal = answer.headers["set-cookie"]
    assert removal.startswith("__Host-customer=; ")
    assert {"Max-Age=0", "Path=/", "Secure"} <= set(removal.split("; "))
    assert not await signed_in(served, cookie)
    # Signing out twice is signing out.
    again = await served.client.post("/customer/sign-out", headers=browser(served, Cookie=cookie))
    assert again.status_code == 303


async def test_r58_forms_of_other_sites_do_nothing(served: Served, people: People) -> None:
    """Signing in and out from a foreign page is refused, and a GET signs nobody out."""
    cookie = cookie_of(await submit(served, email=people.anna.email, password=people.anna.password))
    foreign: list[dict[str, str]] = [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {}]
    for headers in foreign:
        for path in ("/customer/sign-out", "/staff/sign-out", "/api/customer/auth/logout"):
            refused = await served.client.post(path, headers={**headers, "Cookie": cookie})
            assert refused.status_code == 403
        data = {"email": people.ben.email, "password": people.ben.password}
        assert (await served.client.post("/customer/sign-in", data=data, headers=headers)).status_code == 403
    assert (await served.client.get("/customer/sign-out", headers={"Cookie": cookie})).status_code in {404, 405}
    assert await signed_in(served, cookie)


async def test_a_browsers_session_ends_by_the_api_too(served: Served, people: People) -> None:
    """Logging out through the API with the cookie ends the session and removes the cookie."""
    cookie = cookie_of(await submit(served, email=people.anna.email, password=people.anna.password))
    answer = await served.client.post("/api/customer/auth/logout", headers=browser(served, Cookie=cookie))
    assert answer.status_code == 204
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert not await signed_in(served, cookie)


async def test_a_disabled_account_loses_its_page_at_once(served: Served, people: People) -> None:
    """Also where only the row was changed: within the minute that Valkey remembers, PostgreSQL is asked again."""
    cookie = cookie_of(await submit(served, email=people.anna.email, password=people.anna.password))
    with psycopg.connect(served.settings.database_url) as connection:
        connection.execute("UPDATE customers SET disabled_at = now() WHERE id = %s", [people.anna.id])
    # Nobody has asked with this session yet, so nobody remembers it.
    assert not await signed_in(served, cookie)


async def test_only_the_demo_shows_its_accounts(served: Served, people: People) -> None:
    """A shop's own portal names no account and no password."""
    page = await served.client.get("/customer/sign-in")
    assert "demo.example" not in page.text
    assert people.anna.password not in page.text
