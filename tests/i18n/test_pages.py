"""What a Portuguese reader sees: every page of the portal, without an English sentence in it."""

import re
from collections.abc import AsyncIterator, Mapping
from html.parser import HTMLParser
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest
from babel.messages.pofile import read_po
from typing_extensions import override

from revivatech.settings import Settings
from support.belongings import keep_address, keep_device
from support.crawling import crawl
from support.desk import Desk, open_desk
from support.exporting import done
from support.passkeys import keep_passkey
from support.people import People
from support.pictures import keep_avatar
from support.serving import SAME_ORIGIN, Served, serve

pytestmark = pytest.mark.anyio

# Shorter ones are words that both languages use, or that names and addresses hold.
SHORTEST = 12
SPOKEN_ATTRIBUTES = {"alt", "aria-label", "content", "data-label", "placeholder", "title"}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}")
PORTUGUESE = {
    "deviceType": "smartphone",
    "deviceModel": "",
    "issueDescription": "A tela ficou escura depois de uma queda.",
    "estimatedCompletion": "2026-03-09T17:30:00Z",
    "repairCost": 1249.9,
}


class Visible(HTMLParser):
    """Collects what a page says to eye and ear."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self._is_spoken = True

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._is_spoken = tag not in {"script", "style"}
        self.said += [value for name, value in attrs if name in SPOKEN_ATTRIBUTES and value]

    @override
    def handle_data(self, data: str) -> None:
        if self._is_spoken:
            self.said.append(data)


def visible(html: str) -> str:
    """What the page says, a line for each of its texts."""
    parser = Visible()
    parser.feed(html)
    return "\n".join(" ".join(text.split()) for text in parser.said if text.strip())


def english() -> list[tuple[str, re.Pattern[str]]]:
    """The English texts that have another wording in Portuguese: a fixed part, quick to look for, and the whole."""
    with open("src/revivatech/locales/pt_BR/LC_MESSAGES/messages.po", "rb") as file:  # noqa: PTH123 - read once
        catalogue = read_po(file, locale="pt_BR")
    pairs = [
        (source, message.string if isinstance(message.string, str) else (message.string or [""])[-1])
        for message in catalogue
        if message.id
        for source in ((message.id,) if isinstance(message.id, str) else message.id)
    ]
    texts = [PLACEHOLDER.split(source) for source, target in pairs if len(source) > SHORTEST and source != target]
    return [(max(parts, key=len), re.compile(rf"(?<!\w){'.+?'.join(map(re.escape, parts))}(?!\w)")) for parts in texts]


ENGLISH = english()


def left_in_english(read: Mapping[str, httpx.Response]) -> list[tuple[str, str]]:
    """Address and words of every English text on those pages."""
    pages = {
        address: visible(answer.text)
        for address, answer in read.items()
        if answer.headers.get("content-type", "").startswith("text/html")
    }
    assert pages
    return [
        (address, found[0])
        for address, said in pages.items()
        for part, pattern in ENGLISH
        if part in said and (found := pattern.search(said))
    ]


@pytest.fixture
async def brazil(settings: Settings, people: People) -> AsyncIterator[Served]:  # noqa: ARG001 - they come first
    """A portal whose shop, staff and customers are Brazilian."""
    with psycopg.connect(settings.database_url, autocommit=True) as connection:
        for table in ("customers", "users", "shop_settings"):
            connection.execute(
                f"UPDATE {table} SET language = 'pt-BR', timezone = 'America/Sao_Paulo'"  # noqa: S608 - constants
            )
        connection.execute("UPDATE shop_settings SET currency = 'BRL', phone = '+55 11 5550', name = 'Oficina Lume'")
    async with serve(settings) as portal:
        yield portal


async def busy(desk: Desk, people: People) -> dict[str, Any]:
    """A repair of Anna's for each thing that a page can say of one; the one that waits for her decision."""
    quoted = (await desk.take_in(people.anna, **PORTUGUESE))["repair"]
    await desk.move(quoted["id"], "diagnosing", notes="Abrimos o aparelho.", internalNotes="Sem oxidação.")
    await desk.move(quoted["id"], "quoted", estimatedCompletion="2031-03-10T17:30:00Z")
    for goal, facts in (("completed", {"priority": "urgent"}), ("cancelled", {"priority": "low"}), ("testing", {})):
        repair = (await desk.take_in(people.anna, **PORTUGUESE | facts))["repair"]
        await desk.lead(repair["id"], goal)  # type: ignore[arg-type] # a status is its word
        if goal == "completed":
            await desk.move(repair["id"], goal, stage="ready_for_pickup")
    await desk.take_in(people.anna, **PORTUGUESE | {"estimatedCompletion": None, "repairCost": None})
    return dict(quoted)


async def test_no_page_of_a_customer_is_left_in_english(brazil: Served, people: People) -> None:
    """Every page below /customer, its fragments and its narrowed lists, in words, dates and money of Brazil."""
    quoted = await busy(await open_desk(brazil, people), people)
    headers = await brazil.sign_in_browser(people.anna) | {"Accept-Language": "pt-BR"}
    token = await brazil.sign_in(people.anna)
    notifications = await brazil.client.get("/api/customer/notifications", headers=token)
    ids = {"repair_id": quoted["id"], "notification_id": notifications.json()["items"][0]["id"]}
    ids["address_id"] = (await keep_address(brazil, token))["id"]
    ids["device_id"] = (await keep_device(brazil, token, brand="Positivo", model="Vision", notes=""))["id"]

    ids["avatar_id"] = await keep_avatar(brazil, token)
    ids["export_id"] = (await done(brazil, token))["id"]
    ids["passkey_id"] = keep_passkey(brazil, people.anna)
    read = await crawl(brazil, headers, ids, below=["/customer"])
    for path in ("/customer/repairs?q=nada", "/customer/nothing", "/customer/repairs?cursor=x", "/customer/sign-out"):
        read[path] = await brazil.client.get(path, headers=headers)

    assert left_in_english(read) == [], left_in_english(read)
    pages = {path: answer for path, answer in read.items() if "<!doctype html>" in answer.text[:20].lower()}
    assert len(pages) > 8
    assert all('<html lang="pt-BR"' in answer.text for answer in pages.values())
    assert all(answer.headers["content-language"] == "pt-BR" for answer in pages.values())
    said = visible(read[f"/customer/repairs/{quoted['id']}"].text)
    assert "R$\xa01.249,90" in said or "R$ 1.249,90" in said
    assert "seg., 10 de mar. de 2031" in said
    assert "Fairphone · Celular" in said


async def test_a_customer_without_repairs_is_told_so_in_portuguese(brazil: Served, people: People) -> None:
    """The empty states are texts like all others."""
    headers = await brazil.sign_in_browser(people.ben)

    read = {
        path: await brazil.client.get(path, headers=headers)
        for path in ("/customer/dashboard", "/customer/repairs", "/customer/notifications?unread=true")
    }

    assert left_in_english(read) == [], left_in_english(read)
    assert "Ainda não há reparos" in read["/customer/repairs"].text


async def test_no_page_of_the_desk_is_left_in_english(brazil: Served, people: People) -> None:
    """Every page below /staff, what a form says of mistakes, and amounts as Brazilians type them."""
    quoted = await busy(await open_desk(brazil, people), people)
    # The admin, who may read everything at the desk.
    headers = await brazil.sign_in_browser(people.ada) | {"Accept-Language": "pt-BR"}
    ids = {
        "repair_id": quoted["id"],
        "user_id": str(people.tom.id),
        "customer_id": str(people.anna.id),
        "passkey_id": str(uuid4()),
    }
    here = f"/staff/repairs/{quoted['id']}"

    read = await crawl(brazil, headers, ids, below=["/staff"])
    version = str((await (await open_desk(brazil, people)).read(quoted["id"]))["repair"]["version"])
    for path, form in (
        ("/staff/repairs/new", {}),
        ("/staff/repairs/new", {"customer_email": "x", "repair_cost": "muito", "estimate": "ontem"}),
        (f"{here}/status", {"to": "approved/approved", "version": "1"}),
        (f"{here}/status", {"to": "testing/testing", "version": version}),
        (f"{here}/status", {"to": "quoted/testing", "version": version}),
        (f"{here}/status", {"to": "quoted/quoted", "version": version, "estimate": "1900-01-01T10:00"}),
        (f"{here}/assign", {"technician": str(people.anna.id), "version": version}),
        (f"{here}/edit", {"version": version, "issue_description": "x" * 10_001, "warranty_months": "-1"}),
    ):
        answer = await brazil.client.post(path, headers=headers, data=form)
        assert answer.status_code in {409, 422}, answer.text
        read[f"{path} {form}"[:200]] = answer

    assert left_in_english(read) == [], left_in_english(read)
    assert 'value="1249,90"' in read[here].text
    assert any("Informe uma data entre os anos 2000 e 2100." in answer.text for answer in read.values())
    assert any("Não existe esse colega." in answer.text for answer in read.values())


async def test_before_sign_in_the_browser_decides(served: Served) -> None:
    """Accept-Language chooses the language of the sign-in pages, of an error, and of what a form refuses."""
    for path in ("/customer/sign-in", "/staff/sign-in", "/customer/nothing"):
        for wish, language in (("pt-BR,pt;q=0.9,en;q=0.8", "pt-BR"), ("en-GB,pt;q=0.5", "en-GB"), ("de", "en-GB")):
            answer = await served.client.get(path, headers={"Accept-Language": wish})
            assert f'<html lang="{language}"' in answer.text
            assert answer.headers["content-language"] == language.removesuffix("-GB")
            assert (left_in_english({path: answer}) == []) is (language == "pt-BR")
    refused = await served.client.post(
        "/customer/sign-in",
        data={"email": "anna@customers.example", "password": "wrong"},
        headers={**SAME_ORIGIN, "Origin": served.url, "Accept-Language": "pt"},
    )
    assert "O e-mail ou a senha está incorreto." in refused.text


async def test_the_switch_outweighs_account_and_browser(served: Served, people: People) -> None:
    """Whoever chooses a language reads it from then on, signed in or not, and comes back to the same page."""
    signed_in = await served.sign_in_browser(people.anna)
    english = await served.client.get("/customer/dashboard", headers={**signed_in, "Accept-Language": "pt-BR"})
    assert '<html lang="en-GB"' in english.text

    answer = await served.client.post(
        "/preferences/language", data={"language": "pt-BR", "next": "/customer/dashboard"}, headers=signed_in
    )

    assert (answer.status_code, answer.headers["location"]) == (303, "/customer/dashboard")
    cookie = answer.headers["set-cookie"].partition(";")[0]
    chosen = {**signed_in, "Cookie": f"{signed_in['Cookie']}; {cookie}"}
    served.client.cookies.clear()
    portuguese = await served.client.get("/customer/dashboard", headers=chosen)
    assert '<html lang="pt-BR"' in portuguese.text
    assert "Olá, Anna" in portuguese.text
    stranger = await served.client.get("/customer/sign-in", headers={"Cookie": cookie, "Accept-Language": "en"})
    assert '<html lang="pt-BR"' in stranger.text


async def test_a_language_that_we_do_not_have_is_refused(served: Served) -> None:
    """The switch takes only what it shows; the refusal is a page in the reader's language."""
    answer = await served.client.post(
        "/preferences/language",
        data={"language": "de"},
        headers={**SAME_ORIGIN, "Origin": served.url, "Accept-Language": "pt"},
    )

    assert answer.status_code == 422
    assert "set-cookie" not in answer.headers
    assert left_in_english({"": answer}) == []
