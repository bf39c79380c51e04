"""Error summaries name each wrong field and lead to it: as a function, and on every form of the portal."""

import re
from html import unescape
from html.parser import HTMLParser

import httpx
import pytest
from typing_extensions import override

from revivatech.db import Database
from revivatech.kit.i18n import LANGUAGES
from revivatech.web.error_summary import Entry, completed, entries_of
from support.people import People
from support.repairing import Bench, actors_of
from support.serving import SAME_ORIGIN, Served

MARK = "<template data-errors='{}'><svg></svg><div><strong>There's a problem</strong></div></template>"
NAME = (
    '<label for="name">First name <span class="optional">(optional)</span></label><input id="name">'
    '<p class="error" id="name-error"><svg><use href="#x"></use></svg><span>{}</span></p>'
)


# ------------------------------------------------------------------ as a function


def test_an_entry_names_its_field_once() -> None:
    """The label comes before a message that does not hold it, and never twice."""
    assert Entry("a", "First name", "At most 100 characters, please.").text == (
        "First name: At most 100 characters, please."
    )
    assert Entry("a", "First name", "Enter your first name.").text == "Enter your first name."
    assert Entry("a", "How did you check?", "Choose an answer.").text == "Choose an answer."
    assert Entry("a", "", "Accept the terms.").text == "Accept the terms."


def test_a_summary_repeats_what_the_fields_say() -> None:
    """What was raised and stands at a field is not said twice; what stands at no field follows."""
    page = completed(MARK.format('["Too short.", "Too late."]') + NAME.format("Too short."))

    assert '<li><a href="#name">First name: Too short.</a></li><li>Too late.</li>' in page
    assert "<template" not in page


def test_a_page_without_errors_has_no_summary() -> None:
    """Neither the box nor its mark."""
    assert completed(MARK.format("[]") + "<p>Hello</p>") == "<p>Hello</p>"
    assert completed("<p>Hello</p>") == "<p>Hello</p>"


def test_what_was_typed_stays_text() -> None:
    """A message or a label that looks like markup is escaped."""
    typed = NAME.replace("First name", "&lt;b&gt;").format("Not &lt;i&gt;.")
    page = completed(MARK.format(r'["\u003cscript\u003e"]') + typed)

    assert "<script>" not in page
    assert entries_of(typed)[0].message == "Not <i>."
    assert "Not &lt;i&gt;." in page


def test_choices_go_by_their_question() -> None:
    """The first radio button bears the id; a box to tick says everything itself."""
    page = (
        '<fieldset><legend>Kind</legend><label class="choice"><input type="radio" id="kind"><span>Phone</span></label>'
        '<p class="error" id="kind-error">Choose one.</p></fieldset>'
        '<label class="choice" for="terms"><input type="checkbox" id="terms"><span>I accept the terms</span></label>'
        '<p class="error" id="terms-error">Please accept.</p>'
    )

    assert [entry.text for entry in entries_of(page)] == ["Kind: Choose one.", "Please accept."]


# ------------------------------------------------------------------ on every form

Forms = dict[str, tuple[dict[str, str], set[str]]]
ANYBODY: Forms = {
    "/customer/register": ({}, {"first_name", "email", "password", "accept_terms"}),
    "/customer/forgot-password": ({}, {"email"}),
    "/customer/resend-verification": ({}, {"email"}),
    "/customer/sign-in/link": ({}, {"email"}),
    "/customer/sign-in": ({}, {"email", "password"}),
    "/staff/sign-in": ({}, {"email", "password"}),
    "/staff/forgot-password": ({}, {"email"}),
}
CUSTOMERS: Forms = {
    "/customer/account": (
        {"firstName": "", "firstName_was": "Anna", "phone": "x", "language": "xx", "timezone": "Mars/Olympus"},
        {"firstName", "phone", "language", "timezone"},
    ),
    "/customer/account/avatar": ({}, {"file"}),
    "/customer/account/password": ({}, {"current_password", "password"}),
    "/customer/account/email": ({}, {"email", "password"}),
    "/customer/account/addresses/new": (
        {"country": "US", "postalCode": "x", "state": "Nowhere"},
        {"streetAddress", "city", "state", "postalCode"},
    ),
    "/customer/account/devices/new": (
        {"imei": "356938035643800", "purchaseDate": "x", "warrantyExpires": "x"},
        {"deviceType", "brand", "imei", "purchaseDate", "warrantyExpires"},
    ),
    "/customer/account/preferences": ({"quiet_from": "25:00", "quiet_to": ""}, {"quiet_from", "quiet_to"}),
    "/customer/account/privacy/export": ({}, {"export-password"}),
    "/customer/account/privacy/erasure": ({}, {"understood", "erasure-password"}),
    "/customer/account/security/two-step/start": ({}, {"start-password"}),
}
STAFF: Forms = {
    "/staff/repairs/new": (
        {"customer_email": "x", "imei": "356938035643800", "repair_cost": "x", "estimate": "x"},
        {
            "customer_first_name",
            "customer_email",
            "device_type",
            "device_brand",
            "imei",
            "issue_description",
            "repair_cost",
            "estimate",
        },
    ),
    "/staff/repairs/{repair}/status": ({"version": "1", "estimate": "x"}, {"to", "estimate"}),
    "/staff/repairs/{repair}/assign": ({"version": "1", "technician": "x"}, {"technician"}),
    "/staff/repairs/{repair}/edit": (
        {"version": "1", "repair_cost": "x", "warranty_months": "x"},
        {"issue_description", "repair_cost", "warranty_months"},
    ),
    "/staff/people/invite": ({"language": "en"}, {"first_name", "email", "role"}),
    "/staff/people/{tom}/role": ({}, {"role"}),
    "/staff/account": ({"timezone": "x", "language": "x"}, {"first_name", "language", "timezone"}),
    "/staff/account/password": ({"password": "a", "password_again": "b"}, {"current_password", "password_again"}),
    "/staff/privacy/customers/{anna}/export": ({}, {"export-identity", "export-password"}),
    "/staff/privacy/customers/{anna}/erasure": ({}, {"erasure-identity", "erasure-password"}),
}


class Page(HTMLParser):
    """What the tests ask of a page: its ids, its summary's links, its title."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: dict[str, tuple[str, dict[str, str | None]]] = {}
        self.feed(html)
        self.title = unescape(re.search(r"<title>(.*?)</title>", html)[1])  # type: ignore[index]
        summary = re.search(r"data-summary>.*?</ul>", html, re.DOTALL)
        self.links: dict[str, str] = dict(re.findall(r'<a href="#([^"]+)">(.*?)</a>', summary[0])) if summary else {}
        self.summaries = html.count("data-summary")

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if given.get("id"):
            self.tags[str(given["id"])] = (tag, given)


def faults(answer: httpx.Response, language: str, wanted: set[str]) -> list[str]:
    """What the page that came back leaves to wish for; empty where it says everything at once and by name."""
    if not 400 <= answer.status_code < 500:
        return [f"status {answer.status_code}"]
    page = Page(answer.text)
    found = []
    if not page.title.startswith({"en": "Error: ", "pt-BR": "Erro: "}[language]):
        found.append(f"title {page.title}")
    if page.summaries != 1 or set(page.links) != wanted:
        found.append(f"links {page.links}")
    for target, message in page.links.items():
        tag, given = page.tags[target]
        if tag not in {"input", "select", "textarea"} or f"{target}-error" not in page.tags:
            found.append(f"{target} is {tag}")
        if f"{target}-error" not in (given.get("aria-describedby") or "") and given.get("type") != "radio":
            found.append(f"{target} does not say its error")
        if "fill this in" in message:
            found.append(message)
    return found


@pytest.mark.anyio
@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_form_names_all_that_is_wrong(served: Served, people: People, db: Database, language: str) -> None:
    """Forms of customers and of the desk, sent empty or with nonsense: each field is named, and nothing is stored."""
    actors = actors_of(people)
    repair = await Bench(db, actors).take_in(actors.ben)
    names = {"repair": repair.repair.id, "tom": people.tom.id, "anna": people.anna.id}
    found: list[str] = []
    for forms, person in ((ANYBODY, None), (CUSTOMERS, people.anna), (STAFF, people.ada)):
        headers = await served.sign_in_browser(person) if person else {**SAME_ORIGIN, "Origin": served.url}
        headers["Cookie"] = f"{headers.get('Cookie', '')}; language={language}".lstrip("; ")
        for path, (data, wanted) in forms.items():
            files = {"other": b""} if path.endswith("avatar") else None
            answer = await served.client.post(path.format_map(names), data=data, files=files, headers=headers)
            found += [f"{path}: {fault}" for fault in faults(answer, language, wanted)]

    assert not found, "\n".join(found)
