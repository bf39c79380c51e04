"""What strangers use up shuts nobody out: the shared limit asks for a proof of work, mail has shares (R11, R122)."""

import re
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import psycopg
import pytest

from revivatech.accounts.contracts import Client, TooManyFailures
from revivatech.accounts.registration import contracts, registration
from revivatech.accounts.secrets import proof_of_work
from revivatech.accounts.sessions import throttle
from revivatech.accounts.sessions.throttle import OpenLimit
from revivatech.db import Database
from revivatech.settings import Settings
from support.factors import challenge, second_step, turn_on
from support.mailbox import Mailbox
from support.people import People, Person
from support.proving import solve
from support.serving import SAME_ORIGIN, Served

pytestmark = pytest.mark.anyio

WRONG = "something else entirely"
Page = Callable[..., Awaitable[httpx.Response]]


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three failures of everyone are free, and the work takes no time."""
    monkeypatch.setattr(throttle, "MOST_OF_ALL", {"customer": 3, "staff": 3})
    monkeypatch.setattr(proof_of_work, "BASE_BITS", 6)


async def login(served: Served, person: Person, password: str | None = None, **more: str) -> httpx.Response:
    """The answer to a sign-in by the API."""
    body = {"email": person.email, "password": person.password if password is None else password, **more}
    return await served.client.post(f"/api/{person.realm}/auth/login", json=body)


async def flood(served: Served, realm: str) -> None:
    """Use up the shared limit with wrong passwords of nobody's accounts."""
    for number in range(3):
        body = {"email": f"nobody{number}@strangers.example", "password": WRONG}
        assert (await served.client.post(f"/api/{realm}/auth/login", json=body)).status_code == 401


async def send_form(served: Served, path: str, device: str = "", **fields: str) -> httpx.Response:
    """The answer to a form of a browser with that device cookie."""
    headers = {**SAME_ORIGIN, "Origin": served.url, **({"Cookie": device} if device else {})}
    answer = await served.client.post(path, headers=headers, data=fields)
    served.client.cookies.clear()
    return answer


def device_of(answer: httpx.Response) -> str:
    """The cookie by which the browser of that answer is known again."""
    [device] = [line.partition(";")[0] for line in answer.headers.get_list("set-cookie") if "__Host-device=" in line]
    return device


# ------------------------------------------------------------------ signing in


@pytest.mark.parametrize("realm", ["customer", "staff"])
async def test_r11_above_the_shared_limit_a_new_client_proves_work_and_gets_in(
    served: Served, people: People, realm: str
) -> None:
    """Without a proof a 429 with a challenge, with it a session; the other realm notices nothing."""
    person, other = (people.anna, people.tom) if realm == "customer" else (people.tom, people.anna)
    await flood(served, realm)

    asked = await login(served, person)
    problem = asked.json()
    assert (asked.status_code, problem["code"]) == (429, "proof_of_work_needed")
    assert set(problem["challenge"]) == {"algorithm", "token", "target", "most", "expiresAt"}
    assert int(asked.headers["Retry-After"]) > 0
    assert (await login(served, other)).status_code == 200

    proof = solve(problem["challenge"])
    assert (await login(served, person, proofOfWork=proof + "0")).status_code == 429
    assert (await login(served, person, proofOfWork=proof)).status_code == 200
    # Once, and for nobody else.
    again = await login(served, person, proofOfWork=proof)
    assert (again.status_code, again.json()["code"]) == (429, "proof_of_work_needed")
    another = people.ben if realm == "customer" else people.fay
    assert (await login(served, another, proofOfWork=solve(again.json()["challenge"]))).status_code == 429


async def test_r11_a_challenge_can_be_had_before_it_is_asked_for(served: Served, people: People) -> None:
    """One request more and no refused one; where none is needed, a proof changes nothing."""
    got = await served.client.post("/api/customer/auth/challenge", json={"email": people.anna.email.upper()})
    proof = solve(got.json()["challenge"])
    assert (await login(served, people.anna, proofOfWork=proof)).status_code == 200
    await flood(served, "customer")

    assert (await login(served, people.anna, proofOfWork=proof)).status_code == 200


async def test_r4_the_challenge_tells_nobody_who_has_an_account(served: Served, people: People) -> None:
    """The refusal and the challenge are alike for a customer, a closed account and nobody."""
    with psycopg.connect(served.settings.database_url) as connection:
        connection.execute("UPDATE customers SET disabled_at = now() WHERE id = %s", [people.ben.id])
    await flood(served, "customer")

    def shape(answer: httpx.Response) -> tuple[object, ...]:
        body = answer.json()
        challenge_of = {**body.pop("challenge"), "token": "", "target": "", "expiresAt": ""}
        return answer.status_code, {**body, "requestId": ""}, challenge_of, list(answer.headers)

    shapes = []
    for email in (people.anna.email, people.ben.email, "nobody@strangers.example"):
        body = {"email": email, "password": WRONG}
        shapes.append(shape(await served.client.post("/api/customer/auth/login", json=body)))
    assert shapes[0] == shapes[1] == shapes[2]


async def test_r11_r13_a_proof_does_not_lift_the_limit_of_an_account(served: Served, people: People) -> None:
    """Five wrong passwords with five proofs, then 429 without a challenge; a known browser is not asked at all."""
    browser = await served.sign_in_browser(people.anna)
    known = browser["Cookie"].split("; ")[-1]
    assert "__Host-device=" in known
    await flood(served, "customer")

    for _ in range(5):
        challenge_for = (await login(served, people.anna, WRONG)).json()["challenge"]
        assert (await login(served, people.anna, WRONG, proofOfWork=solve(challenge_for))).status_code == 401
    refused = await login(served, people.anna)
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_failed_sign_ins")
    assert "challenge" not in refused.json()

    fields = {"email": people.anna.email, "password": people.anna.password}
    assert (await send_form(served, "/customer/sign-in", known, **fields)).status_code == 303


@pytest.mark.parametrize("realm", ["customer", "staff"])
async def test_r11_the_page_asks_for_the_check_and_says_what_else_works(
    served: Served, people: People, realm: str
) -> None:
    """Its form names where challenges come from; the email stays typed, the password does not; a link is offered."""
    person = people.anna if realm == "customer" else people.tom
    before = await served.client.get(f"/{realm}/sign-in")
    assert "data-proof" not in before.text
    await flood(served, realm)
    fields = {"email": person.email, "password": person.password}

    shown = await served.client.get(f"/{realm}/sign-in")
    asked = await send_form(served, f"/{realm}/sign-in", **fields)

    for page in (shown, asked):
        assert f'data-proof="/api/{realm}/auth/challenge"' in page.text
        assert f"/{realm}/sign-in/link" in page.text
        assert person.password not in page.text.partition("</form>")[0]
    assert asked.status_code == 429
    assert 'role="alert"' in asked.text
    assert person.email in asked.text
    got = await served.client.post(f"/api/{realm}/auth/challenge", json={"email": person.email})
    entered = await send_form(served, f"/{realm}/sign-in", proof_of_work=solve(got.json()["challenge"]), **fields)
    assert entered.status_code == 303


async def test_r11_ipv6_is_counted_for_the_64_the_56_and_the_48(
    db: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody with a whole /48 gets nine times as much as somebody with a /64, not 65,536 times."""
    monkeypatch.setattr(throttle, "MOST_OF_ADDRESS", 2)
    monkeypatch.setattr(throttle, "MOST_OF_ALL", {"customer": 1000, "staff": 1000})
    tried = 0

    async def try_from(address: str) -> bool:
        nonlocal tried
        tried += 1
        try:
            await throttle.begin(db, settings, "customer", [f"nobody{tried}@strangers.example"], Client(address))
        except TooManyFailures:
            return False
        return True

    taken = [
        await try_from(f"2001:db8:7:{site:02x}{subnet:02x}::{host}")
        for site in range(5)
        for subnet in range(5)
        for host in (1, 2, 3)
    ]

    per_site = [taken[site * 15 : site * 15 + 15] for site in range(5)]
    assert [sum(one) for one in per_site] == [6, 6, 6, 0, 0]
    assert per_site[0] == [True, True, False] * 3 + [False] * 6
    assert await try_from("2001:db8:8::1")
    assert await try_from("203.0.113.7")


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("203.0.113.7", ["203.0.113.7"]),
        ("::ffff:203.0.113.7", ["203.0.113.7"]),
        ("2001:db8:aaaa:bbcc:1::2", ["2001:db8:aaaa:bbcc::/64", "2001:db8:aaaa:bb00::/56", "2001:db8:aaaa::/48"]),
        (None, ["unknown"]),
        ("no address", ["unknown"]),
    ],
)
async def test_the_networks_of_an_address(address: str | None, expected: list[str]) -> None:
    """One for IPv4, three for IPv6."""
    assert [network for network, _ in throttle.networks(address)] == expected


async def test_r11_customers_on_the_shops_network_do_not_lock_the_staff_out(served: Served, people: People) -> None:
    """Both share an address; their failures are counted apart."""
    for number in range(20):
        proof = ""
        answer = await login(served, people.anna, WRONG, email=f"nobody{number}@strangers.example")
        if answer.json().get("challenge"):
            proof = solve(answer.json()["challenge"])
            await login(served, people.anna, WRONG, email=f"nobody{number}@strangers.example", proofOfWork=proof)
    assert (await login(served, people.ben)).json()["code"] == "too_many_failed_sign_ins"

    assert (await login(served, people.tom)).status_code == 200


# ------------------------------------------------------------------ the second factor


async def test_r11_r34_a_stolen_password_does_not_lock_the_second_step(served: Served, people: People) -> None:
    """Whoever guesses codes with it uses up neither the known browser's tries nor those within a session."""
    browser = await served.sign_in_browser(people.anna)
    known = browser["Cookie"].split("; ")[-1]
    app = await turn_on(served, people.anna)
    token = await challenge(served, people.anna)
    for _ in range(5):
        assert (await second_step(served, people.anna, token, code="000000")).status_code == 401
    limited = await second_step(served, people.anna, await challenge(served, people.anna), code=app.code())
    assert limited.status_code == 429

    first = await send_form(served, "/customer/sign-in", known, email=people.anna.email, password=people.anna.password)
    [pending] = [line.partition(";")[0] for line in first.headers.get_list("set-cookie") if "-pending=" in line]
    entered = await send_form(served, "/customer/sign-in/second-step", f"{known}; {pending}", code=app.code())
    assert entered.headers["location"] == "/customer/dashboard"
    [cookie] = [line.partition(";")[0] for line in entered.headers.get_list("set-cookie") if "__Host-customer=" in line]
    codes = await send_form(
        served,
        "/customer/account/security/two-step/codes",
        f"{known}; {cookie}",
        password=people.anna.password,
        code=app.code(),
    )
    assert codes.status_code == 200


# ------------------------------------------------------------------ mails


async def ask(served: Served, realm: str, kind: str, device: str = "", **fields: str) -> int:
    """The status of a form that asks for a mail."""
    path = {"reset_password": "forgot-password", "sign_in": "sign-in/link"}[kind]
    return (await send_form(served, f"/{realm}/{path}", device, **fields)).status_code


@pytest.mark.parametrize("realm", ["customer", "staff"])
@pytest.mark.parametrize("kind", ["reset_password", "sign_in"])
async def test_r122_strangers_do_not_use_up_the_owners_mails(
    served: Served, people: People, realm: str, kind: str
) -> None:
    """Five a day for anyone. The owner's browser, and the button of a link that has expired, each get another one."""
    person = people.anna if realm == "customer" else people.tom
    other = people.ben if realm == "customer" else people.fay
    known = (await served.sign_in_browser(person))["Cookie"].split("; ")[-1]
    others = (await served.sign_in_browser(other))["Cookie"].split("; ")[-1]
    mailbox = Mailbox(served)
    subject = "new password" if kind == "reset_password" else "link to sign in"
    for _ in range(7):
        assert await ask(served, realm, kind, others, email=person.email) == 303
    await mailbox.quiet()
    assert len(mailbox.mails(person.email, subject)) == 5

    assert await ask(served, realm, kind, known, email=person.email) == 303
    await mailbox.quiet()
    assert len(mailbox.mails(person.email, subject)) == 6

    old = mailbox.tokens(person.email, subject)[0]
    page = await served.client.get(
        f"/{realm}/{'reset-password' if kind == 'reset_password' else 'sign-in/link'}?token={old}"
    )
    assert re.search(rf'name="previous" value="{re.escape(old)}"', page.text)
    assert person.email not in page.text
    assert await ask(served, realm, kind, previous=old) == 303
    await mailbox.quiet()
    assert len(mailbox.mails(person.email, subject)) == 7
    # A link of somebody else's shows nothing.
    assert await ask(served, realm, kind, others, email=other.email) == 303
    await mailbox.quiet()
    theirs = mailbox.tokens(other.email, subject)[-1]
    assert await ask(served, realm, kind, previous=theirs, email=person.email) == 303
    await mailbox.quiet()
    assert len(mailbox.mails(person.email, subject)) == 7


async def test_r122_an_admin_can_still_invite_whom_strangers_asked_for(served: Served, people: People) -> None:
    """Forgotten passwords of an invited colleague send invitations: the admin's own five are not used up by them."""
    headers = await served.sign_in(people.ada)
    new = {"email": "nia@shop.example", "firstName": "Nia", "lastName": "", "role": "technician"}
    invited = (await served.client.post("/api/staff/users", headers=headers, json=new)).json()
    mailbox = Mailbox(served)
    for _ in range(6):
        await served.client.post("/api/staff/auth/forgot-password", json={"email": "nia@shop.example"})
    await mailbox.quiet()
    assert len(mailbox.mails("nia@shop.example")) == 6

    again = await served.client.post(f"/api/staff/users/{invited['id']}/invite", headers=headers)

    assert again.status_code in {200, 201, 202, 204}, again.text


@pytest.mark.parametrize("realm", ["customer", "staff"])
async def test_r11_a_browser_in_which_a_mailed_link_was_used_is_known(
    served: Served, people: People, realm: str
) -> None:
    """A stranger's guesses have locked the account for new browsers; a new password set by mail lets this one in."""
    person = people.anna if realm == "customer" else people.tom
    mailbox = Mailbox(served)
    assert await ask(served, realm, "reset_password", email=person.email) == 303
    token = await mailbox.token(person.email)
    new = "seven lanterns in a harbour"

    changed = await send_form(served, f"/{realm}/reset-password", token=token, password=new, password_again=new)

    assert changed.status_code == 303
    with psycopg.connect(served.settings.database_url) as connection:
        connection.execute("DELETE FROM login_failures")
    await flood(served, realm)
    fields = {"email": person.email, "password": new}
    assert (await send_form(served, f"/{realm}/sign-in", **fields)).status_code == 429
    assert (await send_form(served, f"/{realm}/sign-in", device_of(changed), **fields)).status_code == 303


# ------------------------------------------------------------------ requests that anyone may make


NEWCOMER: dict[str, Any] = {
    "password": "blue horses dance at noon",
    "firstName": "Nora",
    "lastName": "Nilsen",
    "acceptTerms": True,
}


async def test_neighbours_register_with_a_proof_beyond_the_networks_share(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One is free here, the next needs a proof, the eleventh waits."""
    monkeypatch.setattr(registration, "REGISTRATIONS", OpenLimit("registrations from", 1, contracts.HOUR))
    statuses = []
    for number in range(12):
        body = NEWCOMER | {"email": f"nora{number}@newcomers.example"}
        answer = await served.client.post("/api/customer/auth/register", json=body)
        if "challenge" in answer.json():
            body["proofOfWork"] = solve(answer.json()["challenge"])
            answer = await served.client.post("/api/customer/auth/register", json=body)
        statuses.append(answer.status_code)
    assert statuses == [202] * 10 + [429] * 2

    page = await send_form(
        served,
        "/customer/register",
        email="nils@newcomers.example",
        first_name="Nils",
        accept_terms="1",
        password="blue horses dance at noon",
    )
    assert page.status_code == 429


async def test_an_address_that_strangers_registered_often_can_still_be_registered(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its owner proves work, gets everyone's answer, and the newest mail of the address opens the account."""
    limit = OpenLimit("registrations from", 60, contracts.HOUR, most_of_email=2)
    monkeypatch.setattr(registration, "REGISTRATIONS", limit)
    mailbox = Mailbox(served)
    body = NEWCOMER | {"email": "nora@newcomers.example"}
    for status in (202, 202, 429):
        answer = await served.client.post("/api/customer/auth/register", json=body)
        assert answer.status_code == status

    body["proofOfWork"] = solve(answer.json()["challenge"])
    assert (await served.client.post("/api/customer/auth/register", json=body)).status_code == 202

    await mailbox.quiet()
    verified = await served.client.post(
        "/api/customer/auth/verify-email", json={"token": mailbox.tokens("nora@newcomers.example")[-1]}
    )
    assert verified.status_code == 204


@pytest.mark.parametrize("realm", ["customer", "staff"])
async def test_neighbours_ask_for_mails_with_a_proof_beyond_the_networks_share(
    served: Served, people: People, realm: str
) -> None:
    """After sixty requests of others from this network the form comes back with the check, and then takes the wish."""
    person = people.anna if realm == "customer" else people.tom
    with psycopg.connect(served.settings.database_url) as connection:
        assert await ask(served, realm, "reset_password", email="nobody@strangers.example") == 303
        connection.execute("UPDATE login_failures SET failures = 60")
    path = f"/{realm}/forgot-password"

    asked = await send_form(served, path, email=person.email)

    assert asked.status_code == 429
    assert f'data-proof="/api/{realm}/auth/challenge"' in asked.text
    got = await served.client.post(f"/api/{realm}/auth/challenge", json={"email": person.email})
    proof = solve(got.json()["challenge"])
    assert (await send_form(served, path, email=person.email, proof_of_work=proof)).status_code == 303


# ------------------------------------------------------------------ sign-in links of the staff


async def test_a_link_signs_a_colleague_in_once(served: Served, people: People) -> None:
    """By the API and by the page, to the page that was wanted; used up by that, and known to the browser."""
    mailbox = Mailbox(served)
    link = {"email": people.tom.email}
    answers = [
        await served.client.post("/api/staff/auth/sign-in-link", json={"email": email})
        for email in (people.tom.email, "nobody@shop.example", people.anna.email)
    ]
    assert {(answer.status_code, answer.content) for answer in answers} == {(202, answers[0].content)}
    token = await mailbox.token(people.tom.email)
    used = await served.client.post("/api/staff/auth/sign-in-link/use", json={"token": token})
    assert used.json()["user"]["email"] == people.tom.email
    assert (await served.client.post("/api/staff/auth/sign-in-link/use", json={"token": token})).status_code == 410
    customers = await served.client.post("/api/customer/auth/sign-in-link/use", json={"token": token})
    assert customers.status_code == 410

    asked = await send_form(served, "/staff/sign-in/link", next="/staff/customers", **link)
    assert asked.headers["location"] == "/staff/sign-in/link?sent=1&next=/staff/customers"
    assert (await served.client.get(asked.headers["location"])).status_code == 200
    target = urlsplit(await mailbox.link(people.tom.email, count=2))
    query = parse_qs(target.query)
    page = await served.client.get(f"{target.path}?{target.query}")
    assert page.headers["referrer-policy"] == "no-referrer"
    entered = await send_form(served, "/staff/sign-in/link", token=query["token"][0], next=query["next"][0])
    assert (entered.status_code, entered.headers["location"]) == (303, "/staff/customers")
    assert device_of(entered)
    assert (await send_form(served, "/staff/sign-in/link", token=query["token"][0])).status_code == 410


async def test_a_staff_link_is_one_factor_and_no_invitation(served: Served, people: People) -> None:
    """With two-step sign-in a challenge comes; a closed account gets no mail, an invited colleague an invitation."""
    app = await turn_on(served, people.mia)
    mailbox = Mailbox(served)
    with psycopg.connect(served.settings.database_url) as connection:
        connection.execute("UPDATE users SET disabled_at = now() WHERE id = %s", [people.fay.id])
        connection.execute("UPDATE users SET password_hash = NULL WHERE id = %s", [people.tom.id])
    for person in (people.mia, people.fay, people.tom):
        await served.client.post("/api/staff/auth/sign-in-link", json={"email": person.email})
    await mailbox.quiet()

    token = await mailbox.token(people.mia.email, "link to sign in")
    answer = (await served.client.post("/api/staff/auth/sign-in-link/use", json={"token": token})).json()
    assert set(answer) == {"twoFactorRequired", "challengeToken"}
    assert (await second_step(served, people.mia, answer["challengeToken"], code=app.code())).status_code == 200
    assert mailbox.mails(people.fay.email) == []
    [invitation] = mailbox.mails(people.tom.email)
    assert "/staff/welcome?token=" in invitation["text_body"]
