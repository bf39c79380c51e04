"""The addresses that programs look for: robots.txt, security.txt, change-password."""

from datetime import datetime, timedelta

import psycopg
import pytest

from revivatech.kit.clock import utcnow
from support.people import People
from support.serving import Served

pytestmark = pytest.mark.anyio

SECURITY = "/.well-known/security.txt"
PASSWORD_PAGE = "/.well-known/change-password"


async def test_search_engines_find_the_public_pages_alone(served: Served) -> None:
    """What is not allowed by name is refused, above all what belongs to somebody."""
    answer = await served.client.get("/robots.txt")

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    lines = answer.text.splitlines()
    assert (lines[0], lines[-1]) == ("User-agent: *", "Disallow: /")
    allowed = [line.removeprefix("Allow: ") for line in lines[1:-1]]
    for path in allowed:
        if path.endswith("$"):
            assert (await served.client.get(path.rstrip("$"))).status_code == 200, path
    assert not [
        path for path in allowed if path.startswith(("/staff", "/api", "/customer/account", "/customer/repairs"))
    ]


async def test_a_flaw_can_be_told_to_the_shop(served: Served) -> None:
    """RFC 9116: contact, an end within a year, the file's own address; without an e-mail there is no file."""
    _set_email(served, "help@shop.example")
    answer = await served.client.get(SECURITY)

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    fields = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert fields["Contact"] == "mailto:help@shop.example"
    assert fields["Canonical"] == served.url + SECURITY
    assert timedelta(days=90) < datetime.fromisoformat(fields["Expires"]) - utcnow() < timedelta(days=365)


async def test_a_shop_without_an_address_has_no_security_file(served: Served) -> None:
    """404, not an empty contact."""
    _set_email(served, None)

    assert (await served.client.get(SECURITY)).status_code == 404


async def test_a_password_manager_is_led_to_the_page(served: Served, people: People) -> None:
    """Each kind of person to theirs; the address that W3C has it probe is not found."""
    for person, page in ((people.anna, "/customer/account/password"), (people.ada, "/staff/account/password")):
        headers = await served.sign_in_browser(person)
        answer = await served.client.get(PASSWORD_PAGE, headers=headers)
        assert (answer.status_code, answer.headers["location"]) == (303, page)
        assert (await served.client.get(page, headers=headers)).status_code == 200

    stranger = await served.client.get(PASSWORD_PAGE)
    assert (stranger.status_code, stranger.headers["location"]) == (303, "/customer/account/password")
    probe = "/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200"
    assert (await served.client.get(probe)).status_code == 404


def _set_email(served: Served, email: str | None) -> None:
    with psycopg.connect(served.settings.database_url, autocommit=True) as connection:
        connection.execute("UPDATE shop_settings SET email = %s", [email])
