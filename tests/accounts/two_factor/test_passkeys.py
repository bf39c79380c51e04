"""Passkeys over the API: added with proof, good for one answer each, for this site and realm alone."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from msgspec import structs

from revivatech.accounts.two_factor import challenges
from revivatech.settings import Settings
from support.factors import challenge, mails_to, second_step, turn_on
from support.passkeys import PRESENT, Passkey
from support.people import People, Person
from support.serving import Served, serve

pytestmark = pytest.mark.anyio

OWN = "/api/customer/profile/passkeys"


@pytest.fixture
async def named(settings: Settings) -> AsyncIterator[Served]:
    """The portal under a host name: browsers make no passkeys for a bare address."""
    async with serve(settings, host="localhost") as served:
        yield served


async def options_to_add(served: Served, headers: dict[str, str], **proof: str) -> httpx.Response:
    """What the browser is asked to make."""
    return await served.client.post(f"{OWN}/options", headers=headers, json=proof)


async def add(served: Served, headers: dict[str, str], person: Person, code: str = "") -> Passkey:
    """A passkey that the person has just added."""
    asked = await options_to_add(served, headers, password=person.password, code=code)
    assert asked.status_code == 200, asked.text
    passkey = Passkey(served.url)
    body = {"name": "Phone", "credential": passkey.made(asked.json()["publicKey"])}
    added = await served.client.post(OWN, headers=headers, json=body)
    assert added.status_code == 201, added.text
    return passkey


async def question(served: Served, realm: str = "customer", **body: str) -> dict[str, Any]:
    """What the browser is asked to sign."""
    asked = await served.client.post(f"/api/{realm}/auth/passkey/options", json=body)
    assert asked.status_code == 200, asked.text
    options: dict[str, Any] = asked.json()["publicKey"]
    return options


async def show(served: Served, credential: object, realm: str = "customer", **body: str) -> httpx.Response:
    """The answer to a passkey's answer."""
    return await served.client.post(f"/api/{realm}/auth/passkey/verify", json={"credential": credential, **body})


async def test_a_passkey_signs_in_by_itself(named: Served, people: People) -> None:
    """Whoever is not named before is known by it; the device must know its user."""
    passkey = await add(named, await named.sign_in(people.anna), people.anna)
    options = await question(named)
    assert options["userVerification"] == "required"
    assert options["rpId"] == "localhost"
    assert not options.get("allowCredentials")
    answer = await show(named, passkey.signed(options))
    assert answer.status_code == 200
    assert answer.json()["user"]["id"] == str(people.anna.id)
    assert await mails_to(named, people.anna) == ["passkey_added"]


async def test_it_is_both_factors_where_codes_are_asked(named: Served, people: People) -> None:
    """No code after it, and none of a stranger's for a challenge."""
    passkey = await add(named, await named.sign_in(people.anna), people.anna)
    await turn_on(named, people.anna)
    assert "accessToken" in (await show(named, passkey.signed(await question(named)))).json()
    token = await challenge(named, people.anna)
    options = await question(named, challengeToken=token)
    assert len(options["allowCredentials"]) == 1
    assert "accessToken" in (await show(named, passkey.signed(options), challengeToken=token)).json()
    again = await show(named, passkey.signed(options), challengeToken=token)
    assert again.status_code == 401


async def test_somebody_elses_passkey_does_not_finish_a_sign_in(named: Served, people: People) -> None:
    """Anna's challenge is not Ben's to answer."""
    bens = await add(named, await named.sign_in(people.ben), people.ben)
    await add(named, await named.sign_in(people.anna), people.anna)
    app = await turn_on(named, people.anna)
    token = await challenge(named, people.anna)
    stolen = await show(named, bens.signed(await question(named, challengeToken=token)), challengeToken=token)
    assert (stolen.status_code, stolen.json()["code"]) == (401, "challenge_over")
    assert (await second_step(named, people.anna, token, code=app.code())).status_code == 200


async def test_an_answer_works_once(named: Served, people: People) -> None:
    """Replayed, or two at once: one session."""
    passkey = await add(named, await named.sign_in(people.anna), people.anna)
    for _ in range(5):
        signed = passkey.signed(await question(named))
        answers = await asyncio.gather(*(show(named, signed) for _ in range(4)))
        assert sorted(answer.status_code for answer in answers) == [200, 401, 401, 401]


WRONG: list[dict[str, Any]] = [
    {"origin": "http://evil.test"},
    {"origin": "https://localhost"},
    {"is_framed": True},
    {"site": "evil.test"},
    {"flags": PRESENT},
    {"flags": 0},
    {"count": 0},
    {"user_handle": uuid4().bytes},
    {"user_handle": b""},
    {"id": b"nobody's passkey"},
    {"key": ec.generate_private_key(ec.SECP256R1())},
]


async def test_a_dishonest_answer_is_refused(named: Served, people: People) -> None:
    """Another site, a frame, a user who was not verified, a counter that went back, another's name or key: 401 each."""
    passkey = await add(named, await named.sign_in(people.anna), people.anna)
    assert (await show(named, passkey.signed(await question(named)))).status_code == 200
    for wrong in WRONG:
        liar = replace(passkey, **wrong)
        refused = await show(named, liar.signed(await question(named)))
        assert (wrong, refused.status_code, refused.json()["code"]) == (wrong, 401, "passkey_refused")
    assert (await show(named, passkey.signed(await question(named)))).status_code == 200


async def test_r14_a_stranger_keeps_no_key_to_an_address_that_is_not_theirs(named: Served, people: People) -> None:
    """An unconfirmed address has no passkeys: whoever registered with another's would keep a way in."""
    with psycopg.connect(named.settings.database_url) as connection:
        connection.execute("UPDATE customers SET email_verified_at = NULL WHERE id = %s", [people.anna.id])
    headers = await named.sign_in(people.anna)
    refused = await options_to_add(named, headers, password=people.anna.password)
    assert (refused.status_code, refused.json()["code"]) == (403, "email_not_verified")
    page = await named.client.post(
        "/customer/account/security/passkeys/start",
        headers=await named.sign_in_browser(people.anna),
        data={"name": "Phone", "password": people.anna.password},
    )
    assert (page.status_code, "Please confirm your e-mail address first" in page.text) == (403, True)


async def test_a_challenge_is_ours_for_its_purpose_and_five_minutes(
    named: Served, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Made up, of the other realm, of another purpose, or old: refused."""
    headers = await named.sign_in(people.anna)
    passkey = await add(named, headers, people.anna)
    staff = await question(named, "staff")
    adding = (await options_to_add(named, headers, password=people.anna.password)).json()["publicKey"]
    made_up = {"challenge": "AAAA" * 18}
    for options in (staff, adding, made_up, {"challenge": ""}):
        assert (await show(named, passkey.signed(options))).status_code == 401
    assert (await show(named, passkey.signed(staff), "staff")).status_code == 401
    old = await question(named)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 301)
    assert (await show(named, passkey.signed(old))).status_code == 401


async def test_a_challenge_outlives_a_new_key(settings: Settings) -> None:
    """The new key is put before the old one (R150)."""
    made = challenges.make(settings, "customer", "sign_in", "")
    rotated = structs.replace(settings, secret_key=("a fresh secret with many characters in it", *settings.secret_key))
    assert challenges.holds(rotated, "customer", "sign_in", "", made)
    assert not challenges.holds(rotated, "customer", "register", "", made)


@pytest.mark.parametrize("credential", [{}, {"id": 7}, {"id": "a", "rawId": "a", "type": "public-key", "response": []}])
async def test_nonsense_is_refused_without_a_fault(named: Served, people: People, credential: dict[str, Any]) -> None:
    """Whatever the JSON holds."""
    assert (await show(named, credential)).status_code == 401
    headers = await named.sign_in(people.anna)
    added = await named.client.post(OWN, headers=headers, json={"name": "Phone", "credential": credential})
    assert (added.status_code, added.json()["code"]) == (422, "passkey_not_added")


async def test_adding_needs_proof_and_the_same_session(named: Served, people: People) -> None:
    """The password, and a code where codes are asked; what one session began, another does not end."""
    headers = await named.sign_in(people.anna)
    for proof in ({}, {"password": "something else entirely"}):
        assert (await options_to_add(named, headers, **proof)).status_code == 403
    asked = (await options_to_add(named, headers, password=people.anna.password)).json()["publicKey"]
    credential = Passkey(named.url).made(asked)
    other = await named.sign_in(people.anna)
    body = {"name": "Phone", "credential": credential}
    assert (await named.client.post(OWN, headers=other, json=body)).status_code == 422
    assert (await named.client.post(OWN, headers=headers, json=body)).status_code == 201
    assert (await named.client.post(OWN, headers=headers, json=body)).status_code == 422

    app = await turn_on(named, people.ben)
    session = await second_step(named, people.ben, await challenge(named, people.ben), code=app.code())
    bens = {"Authorization": f"Bearer {session.json()['accessToken']}"}
    bare = await options_to_add(named, bens, password=people.ben.password)
    assert (bare.status_code, bare.json()["errors"][0]["field"]) == (403, "code")
    assert (await options_to_add(named, bens, password=people.ben.password, code=app.code())).status_code == 200


async def test_named_listed_removed(named: Served, people: People) -> None:
    """By their owner, the removal with proof and told; somebody else's is a missing one (R40)."""
    headers, bens = await named.sign_in(people.anna), await named.sign_in(people.ben)
    passkey = await add(named, headers, people.anna)
    [listed] = (await named.client.get(OWN, headers=headers)).json()["items"]
    assert set(listed) == {"id", "name", "createdAt", "lastUsedAt"}
    address = f"{OWN}/{listed['id']}"
    assert (await named.client.get(OWN, headers=bens)).json()["items"] == []
    assert (await named.client.patch(address, headers=bens, json={"name": "Mine"})).status_code == 404
    body = {"password": people.ben.password}
    assert (await named.client.request("DELETE", address, headers=bens, json=body)).status_code == 404
    assert (await named.client.patch(address, headers=headers, json={"name": " \t"})).status_code == 422
    renamed = await named.client.patch(address, headers=headers, json={"name": "Key on my ring"})
    assert renamed.json()["name"] == "Key on my ring"
    assert (await named.client.delete(address, headers=headers)).status_code == 403
    body = {"password": people.anna.password}
    assert (await named.client.request("DELETE", address, headers=headers, json=body)).status_code == 204
    assert (await show(named, passkey.signed(await question(named)))).status_code == 401
    assert await mails_to(named, people.anna) == ["passkey_added", "passkey_removed"]


async def test_r28_a_closed_account_has_no_passkeys(named: Served, people: People) -> None:
    """Closed between the question and the answer."""
    passkey = await add(named, await named.sign_in(people.anna), people.anna)
    options = await question(named)
    with psycopg.connect(named.settings.database_url) as connection:
        connection.execute("UPDATE customers SET disabled_at = now()")
    assert (await show(named, passkey.signed(options))).status_code == 401


async def test_a_bare_address_offers_none(served: Served) -> None:
    """Browsers would refuse it; so we say it, and the page shows no button."""
    asked = await served.client.post("/api/customer/auth/passkey/options")
    assert (asked.status_code, asked.json()["code"]) == (409, "passkeys_unavailable")
    assert "data-passkey" not in (await served.client.get("/customer/sign-in")).text
