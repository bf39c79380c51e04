"""The page of preferences, and the link at the foot of each mail."""

import re
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import msgspec
import psycopg
import pytest

from revivatech.notifications.contracts import Topic
from revivatech.notifications.preferences import tokens
from revivatech.notifications.preferences.tokens import Subscription
from revivatech.settings import Settings
from support.people import People, Person
from support.serving import SAME_ORIGIN, Served, serve

pytestmark = pytest.mark.anyio

PAGE = "/customer/account/preferences"
API = "/api/customer/notifications/preferences"
ON = re.compile(r'name="([\w.]+)" value="1" checked')
# What a mail server sends (RFC 8058): no cookie, no origin, nothing of a browser.
ONE_CLICK = {"content": b"List-Unsubscribe=One-Click", "headers": {"Content-Type": "application/x-www-form-urlencoded"}}
USUAL = {"repair_updates.email", "quotes.email", "messages.email", "appointments.email", "invoices.email"}


async def test_the_page_shows_what_holds_and_stores_what_is_sent(served: Served, people: People) -> None:
    """A form, a redirect, the page with what was chosen, without scripts; advertising is off until chosen (R132)."""
    anna = await served.sign_in_browser(people.anna)

    assert set(ON.findall((await served.client.get(PAGE, headers=anna)).text)) == USUAL
    sent = {
        "channels": "email",
        "quotes.email": "1",
        "marketing.email": "1",
        "quiet_from": "22:00",
        "quiet_to": "07:00",
    }
    answer = await served.client.post(PAGE, data=sent, headers=anna)
    page = await served.client.get(answer.headers["location"], headers=anna)

    assert answer.status_code == 303
    assert set(ON.findall(page.text)) == {"quotes.email", "marketing.email"}
    assert 'value="22:00"' in page.text
    assert "You agreed on" in page.text
    assert "Saved." in page.text


async def test_a_channel_that_the_form_did_not_show_stays(served: Served, people: People) -> None:
    """A page that knows nothing of SMS switches none off."""
    anna = await served.sign_in_browser(people.anna)

    await served.client.post(PAGE, data={"channels": "email"}, headers=anna)
    matrix = (await served.client.get(API, headers=await served.sign_in(people.anna))).json()["matrix"]

    assert not any(row["email"] for row in matrix.values())
    assert matrix["repairUpdates"]["sms"]
    assert matrix["quotes"]["push"]


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ("22:00", "", "Enter both times"),
        ("", "07:00", "Enter both times"),
        ("07:00", "07:00", "Choose two different times"),
        ("late", "07:00", "Give a time such as 22:00"),
    ],
)
async def test_wrong_quiet_hours_come_back_with_what_was_typed(
    served: Served, people: People, start: str, end: str, words: str
) -> None:
    """422 with the reason at the field, every tick as it was set, and nothing stored."""
    anna = await served.sign_in_browser(people.anna)

    sent = {"channels": "email", "invoices.email": "1", "quiet_from": start, "quiet_to": end}
    answer = await served.client.post(PAGE, data=sent, headers=anna)

    assert answer.status_code == 422
    assert words in answer.text
    assert set(ON.findall(answer.text)) == {"invoices.email"}
    assert set(ON.findall((await served.client.get(PAGE, headers=anna)).text)) == USUAL


async def test_nothing_is_said_of_channels_that_the_shop_has_not(served: Served, people: People) -> None:
    """No column for SMS or push, and no switch for mails about security."""
    page = (await served.client.get(PAGE, headers=await served.sign_in_browser(people.anna))).text

    assert ".sms" not in page
    assert ".push" not in page
    assert "always reach you" in page
    assert "security." not in "".join(re.findall(r'name="([^"]+)"', page))


async def test_sms_has_a_column_where_there_is_sms(settings: Settings, people: People) -> None:
    """A shop that sends SMS offers them, says what is missing, and stores what is chosen."""
    async with serve(msgspec.structs.replace(settings, mode="demo")) as demo:
        anna = await demo.sign_in_browser(people.anna)
        page = (await demo.client.get(PAGE, headers=anna)).text
        assert {"repair_updates.sms", "appointments.sms"} == set(ON.findall(page)) - USUAL
        assert "For SMS we need a telephone number" in page
        assert ".push" not in page

        await demo.client.post(PAGE, data={"channels": "email sms", "quotes.sms": "1"}, headers=anna)
        assert set(ON.findall((await demo.client.get(PAGE, headers=anna)).text)) == {"quotes.sms"}


def link(served: Served, person: Person, topic: Topic = "repair_updates") -> str:
    """The path of the link in a mail of that topic to that person."""
    return f"/unsubscribe/{tokens.text_of(served.settings, Subscription(person.id, topic, 'email'))}"


async def wants(served: Served, person: Person, topic: str = "repairUpdates") -> bool:
    """Whether that customer gets mails of that topic."""
    answer = await served.client.get(API, headers=await served.sign_in(person))
    return bool(answer.json()["matrix"][topic]["email"])


async def test_r132_one_click_of_a_mail_server_is_enough(served: Served, people: People) -> None:
    """No sign-in, no cookie, no header of a browser, no redirect (RFC 8058); once more does no harm."""
    for _ in range(2):
        answer = await served.client.post(link(served, people.anna), **ONE_CLICK)  # type: ignore[arg-type]
        assert answer.status_code == 200
        assert not answer.headers.get_list("set-cookie")

    assert not await wants(served, people.anna)
    assert await wants(served, people.anna, "quotes")
    assert await wants(served, people.ben)


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "text/plain", "application/json", ""])
async def test_r132_the_body_does_not_matter(served: Served, people: People, kind: str) -> None:
    """What mail servers send differs; the link alone decides."""
    answer = await served.client.post(link(served, people.anna), content=b"{", headers={"Content-Type": kind})

    assert answer.status_code == 200
    assert not await wants(served, people.anna)


async def test_r59_opening_the_link_unsubscribes_nobody(served: Served, people: People) -> None:
    """Scanners open every link of a mail, and previews look at it: nothing changes before the button."""
    for method in ("GET", "HEAD", "OPTIONS"):
        await served.client.request(method, link(served, people.anna))
    page = await served.client.get(link(served, people.anna) + "?undo=1")

    assert 'method="post"' in page.text
    assert await wants(served, people.anna)
    with psycopg.connect(served.settings.database_url) as connection:
        assert connection.execute("SELECT count(*) FROM customer_preferences").fetchone() == (0,)


async def test_r132_a_browser_may_press_the_button_and_undo_it(served: Served, people: People) -> None:
    """Page, button, undo: signed in or not, the link is what counts."""
    browser = {**SAME_ORIGIN, "Origin": served.url}

    stopped = await served.client.post(link(served, people.anna), headers=browser)
    assert not await wants(served, people.anna)
    assert 'action="?undo=1"' in stopped.text
    as_ben = await served.sign_in_browser(people.ben)
    again = await served.client.post(link(served, people.anna) + "?undo=1", headers=as_ben)

    assert "again" in again.text
    assert await wants(served, people.anna)
    assert await wants(served, people.ben)


async def test_r132_an_invented_token_looks_like_a_real_one(served: Served, people: People) -> None:
    """Byte for byte, at every step: nobody learns whether a link, or a customer, exists."""
    gone = Person(uuid4(), "", "customer", "", "")
    real = link(served, people.anna)
    invented = [link(served, gone), "/unsubscribe/" + "A" * 64, "/unsubscribe/x"]

    for method, query in (("GET", ""), ("POST", ""), ("POST", "?undo=1")):
        expected = bare(await served.client.request(method, real + query))
        for other in invented:
            assert bare(await served.client.request(method, other + query)) == expected


async def test_r58_another_site_does_not_unsubscribe_with_our_cookie(served: Served, people: People) -> None:
    """The link needs no cookie; a foreign page that sends one along is refused like everywhere."""
    anna = await served.sign_in_browser(people.anna)

    answer = await served.client.post(
        link(served, people.anna), headers={"Cookie": anna["Cookie"], "Sec-Fetch-Site": "cross-site"}
    )

    assert answer.status_code == 403
    assert await wants(served, people.anna)


def bare(answer: httpx.Response) -> tuple[int, list[str], str]:
    """The answer without what its own address brings into it, and without the id of the request."""
    path = urlsplit(str(answer.url)).path
    names = sorted(name for name in answer.headers if name != "content-length")
    return answer.status_code, names, answer.text.replace(path, "").replace(path.replace("/", "%2F"), "")
