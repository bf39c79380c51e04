"""Setting up, moving and turning off two-step sign-in: each with proof, and told by mail."""

import time
from dataclasses import replace
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pyotp
import pytest
from msgspec import structs

from revivatech.accounts.contracts import UNKNOWN_CLIENT
from revivatech.accounts.registration import password_change
from revivatech.accounts.secrets import password_rules
from revivatech.accounts.sessions.queries import sign_in
from revivatech.accounts.two_factor import (
    queries,
    reauthentication,
    recovery,
    service,
    totp,
)
from revivatech.accounts.two_factor.reauthentication import ProofNeeded
from revivatech.db import Database
from revivatech.kit.actor import CustomerActor
from revivatech.kit.errors import InvalidInput
from revivatech.settings import Settings
from support.factors import App, challenge, mails_to, second_step, turn_on
from support.people import People, Person
from support.serving import Served, serve

pytestmark = pytest.mark.anyio

BASE = "/api/customer/profile/2fa"

# RFC 6238, appendix B, the rows for SHA-1: seconds since 1970, and the last six of their eight digits.
VECTORS = [
    (59, "287082"),
    (1111111109, "081804"),
    (1111111111, "050471"),
    (1234567890, "005924"),
    (2000000000, "279037"),
    (20000000000, "353130"),
]
RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


@pytest.mark.parametrize(("at", "code"), VECTORS)
def test_the_vectors_of_rfc_6238_hold(at: int, code: str) -> None:
    """Its codes are right in their half minute and the ones beside it, and in no other."""
    step = at // 30
    assert totp.step_of(RFC_SECRET, code, at) == step
    assert totp.step_of(RFC_SECRET, code, at + 30) == step
    assert totp.step_of(RFC_SECRET, code, at - 30) == step
    assert totp.step_of(RFC_SECRET, code, at + 60) is None
    assert at < 60 or totp.step_of(RFC_SECRET, code, at - 60) is None


def test_a_kept_secret_survives_a_new_key_and_belongs_to_one_account(settings: Settings, people: People) -> None:
    """The old key still reads it; without it, for another account, or with one bit changed, nobody does."""
    secret = totp.new_secret()
    kept = totp.encrypt(settings, "customer", people.anna.id, secret)
    fresh = "a fresh secret with many characters in it"
    rotated = structs.replace(settings, secret_key=(fresh, *settings.secret_key))
    assert totp.decrypt(rotated, "customer", people.anna.id, kept) == secret
    assert totp.decrypt(structs.replace(settings, secret_key=(fresh,)), "customer", people.anna.id, kept) is None
    assert totp.decrypt(settings, "customer", people.ben.id, kept) is None
    assert totp.decrypt(settings, "staff", people.anna.id, kept) is None
    assert totp.decrypt(settings, "customer", people.anna.id, kept[:-1] + bytes([kept[-1] ^ 1])) is None
    assert totp.encrypt(settings, "customer", people.anna.id, secret) != kept


def test_recovery_codes_survive_a_new_key(settings: Settings) -> None:
    """Their hash of before is among those that are looked for."""
    [code, *_] = recovery.new_codes()
    [kept] = recovery.hashes_of(settings, code)
    rotated = structs.replace(settings, secret_key=("a fresh secret with many characters in it", *settings.secret_key))
    assert kept in recovery.hashes_of(rotated, code)


async def ask(served: Served, method: str, path: str, headers: dict[str, str], **body: str) -> httpx.Response:
    """The answer to a call below /profile/2fa."""
    return await served.client.request(method, BASE + path, headers=headers, json=body)


async def test_r32_set_up_needs_the_password_and_shows_the_secret_once(served: Served, people: People) -> None:
    """Without it 403; the secret has 160 bits; no later answer tells it; the picture is made here."""
    headers = await served.sign_in(people.anna)
    for body in ({}, {"password": ""}, {"password": "something else entirely"}):
        refused = await ask(served, "POST", "/enable", headers, **body)
        assert (refused.status_code, refused.json()["code"]) == (403, "proof_needed")
        assert refused.json()["errors"][0]["field"] == "password"
    assert (await served.client.post(f"{BASE}/enable", headers=headers)).status_code == 403
    enabled = (await ask(served, "POST", "/enable", headers, password=people.anna.password)).json()
    secret = enabled["secret"].replace(" ", "")
    assert len(secret) == 32
    assert len(pyotp.TOTP(secret).byte_secret()) * 8 >= 160
    parsed = pyotp.parse_uri(enabled["otpauthUri"])
    assert parsed.secret == secret
    assert parsed.name == people.anna.email
    svg = enabled["qrSvg"]
    assert svg.startswith("<svg")
    assert "style=" not in svg
    assert "http" not in svg.replace("http://www.w3.org/2000/svg", "")
    for path in ("", "/profile", "/sessions"):
        later = await served.client.get(f"/api/customer{path or '/profile/2fa'}", headers=headers)
        assert secret not in later.text
    state = (await served.client.get(BASE, headers=headers)).json()
    assert (state["enabled"], state["recoveryCodesLeft"]) == (False, 0)


@pytest.mark.parametrize(
    ("steps", "hint"), [(-3, "clock_slow"), (-110, "clock_slow"), (3, "clock_fast"), (110, "clock_fast"), (-200, None)]
)
async def test_c33_a_code_of_another_time_tells_of_the_phones_clock(
    served: Served, people: People, steps: int, hint: str | None
) -> None:
    """While setting up: 90 seconds ago or an hour; in words that a person can act on, by the API and on the page."""
    headers = await served.sign_in(people.anna)
    enabled = (await ask(served, "POST", "/enable", headers, password=people.anna.password)).json()
    secret = enabled["secret"].replace(" ", "")
    code = pyotp.TOTP(secret).generate_otp(int(time.time()) // 30 + steps)

    refused = (await ask(served, "POST", "/verify", headers, code=code)).json()

    assert (refused["code"], refused.get("hint")) == ("wrong_code", hint)
    assert ("clock" in refused["errors"][0]["message"]) == (hint is not None)
    assert (await served.client.get(BASE, headers=headers)).json()["enabled"] is False


async def test_c33_wrong_codes_at_set_up_do_not_count_at_the_sign_in(served: Served, people: People) -> None:
    """Five wrong tries to move to another app leave all five of the next sign-in; the sixth is refused there alone."""
    app = await turn_on(served, people.anna)
    token = await challenge(served, people.anna)
    headers = {
        "Authorization": "Bearer "
        + (await second_step(served, people.anna, token, code=app.code())).json()["accessToken"]
    }
    await ask(served, "POST", "/enable", headers, password=people.anna.password)
    tries = [
        (await ask(served, "POST", "/verify", headers, code="000000", currentCode=app.code())).status_code
        for _ in range(6)
    ]
    assert tries == [422] * 5 + [429]

    token = await challenge(served, people.anna)
    for _ in range(4):
        assert (await second_step(served, people.anna, token, code="000000")).status_code == 401
    assert (await second_step(served, people.anna, token, code=app.code())).status_code == 200


async def test_r32_it_counts_only_once_a_code_was_proven(served: Served, people: People) -> None:
    """An abandoned set-up leaves sign-in as it was; a wrong code turns nothing on."""
    headers = await served.sign_in(people.anna)
    enabled = (await ask(served, "POST", "/enable", headers, password=people.anna.password)).json()
    secret = enabled["secret"].replace(" ", "")
    wrong = str((int(pyotp.TOTP(secret).now()) + 1) % 1_000_000).zfill(6)
    refused = await ask(served, "POST", "/verify", headers, code=wrong)
    assert (refused.status_code, refused.json()["code"]) == (422, "wrong_code")
    assert (
        "accessToken"
        in (
            await served.client.post(
                "/api/customer/auth/login", json={"email": people.anna.email, "password": people.anna.password}
            )
        ).json()
    )
    proven = await ask(served, "POST", "/verify", headers, code=pyotp.TOTP(secret).now())
    assert proven.status_code == 200
    assert len(set(proven.json()["recoveryCodes"])) == 10
    await challenge(served, people.anna)
    again = await ask(served, "POST", "/verify", headers, code=pyotp.TOTP(secret).now())
    assert again.status_code in {403, 409}


async def test_r32_the_old_app_works_until_the_new_one_is_proven(served: Served, people: People) -> None:
    """Begun again and abandoned, the old code signs in; the move asks for the old app too, and then it is over."""
    app = await turn_on(served, people.anna)
    session = await second_step(served, people.anna, await challenge(served, people.anna), code=app.code())
    headers = {"Authorization": f"Bearer {session.json()['accessToken']}"}
    begun = (await ask(served, "POST", "/enable", headers, password=people.anna.password)).json()
    fresh = begun["secret"].replace(" ", "")
    assert fresh != app.secret
    old = await second_step(served, people.anna, await challenge(served, people.anna), code=app.code())
    assert old.status_code == 200
    early = await second_step(
        served, people.anna, await challenge(served, people.anna), code=pyotp.TOTP(fresh).at(time.time())
    )
    assert early.status_code == 401

    bare = await ask(served, "POST", "/verify", headers, code=pyotp.TOTP(fresh).now())
    assert (bare.status_code, bare.json()["errors"][0]["field"]) == (403, "currentCode")
    moved = await ask(served, "POST", "/verify", headers, code=pyotp.TOTP(fresh).now(), currentCode=app.code())
    assert moved.status_code == 200
    token = await challenge(served, people.anna)
    assert (await second_step(served, people.anna, token, code=app.code())).status_code == 401
    assert (await second_step(served, people.anna, token, recoveryCode=app.recovery_codes[0])).status_code == 401
    assert (
        await second_step(served, people.anna, token, recoveryCode=moved.json()["recoveryCodes"][0])
    ).status_code == 200


async def test_a_set_up_runs_out(served: Served, people: People) -> None:
    """A quarter of an hour after it was shown, the secret is not taken."""
    headers = await served.sign_in(people.anna)
    begun = (await ask(served, "POST", "/enable", headers, password=people.anna.password)).json()
    with psycopg.connect(served.settings.database_url) as connection:
        connection.execute("UPDATE customer_authenticators SET candidate_at = candidate_at - interval '15 minutes'")
    code = pyotp.TOTP(begun["secret"].replace(" ", "")).now()
    late = await ask(served, "POST", "/verify", headers, code=code)
    assert (late.status_code, late.json()["code"]) == (409, "no_set_up")


async def test_r14_an_unverified_address_cannot_turn_it_on(served: Served, people: People) -> None:
    """403, with the right password too."""
    with psycopg.connect(served.settings.database_url) as connection:
        connection.execute("UPDATE customers SET email_verified_at = NULL WHERE id = %s", [people.anna.id])
    headers = await served.sign_in(people.anna)
    refused = await ask(served, "POST", "/enable", headers, password=people.anna.password)
    assert (refused.status_code, refused.json()["code"]) == (403, "email_not_verified")


async def test_r38_turning_it_off_needs_password_and_code(served: Served, people: People) -> None:
    """A bare session, one of the two, or a used code: 403, and it is still on."""
    app = await turn_on(served, people.anna)
    session = await second_step(served, people.anna, await challenge(served, people.anna), code=app.code())
    headers = {"Authorization": f"Bearer {session.json()['accessToken']}"}
    assert (await served.client.delete(BASE, headers=headers)).status_code == 403
    half: list[dict[str, Any]] = [
        {},
        {"password": people.anna.password},
        {"code": app.code()},
        {"password": "something else entirely", "code": app.code()},
        {"password": people.anna.password, "code": "000000"},
    ]
    for body in half:
        assert (await ask(served, "DELETE", "", headers, **body)).status_code == 403
    await challenge(served, people.anna)

    off = await ask(served, "DELETE", "", headers, password=people.anna.password, code=app.code())
    assert off.status_code == 204
    answer = await served.client.post(
        "/api/customer/auth/login", json={"email": people.anna.email, "password": people.anna.password}
    )
    assert "accessToken" in answer.json()
    assert answer.json()["user"]["twoFactorEnabled"] is False
    assert await mails_to(served, people.anna) == ["second_factor_on", "second_factor_off"]
    again = await ask(served, "DELETE", "", headers, password=people.anna.password, code="")
    assert (again.status_code, again.json()["code"]) == (409, "second_factor_off")


SHORT, LONG = "kelp7tram", "kelp tram moss gull"


async def sign_in_by_page(served: Served, person: Person, app: App) -> dict[str, str]:
    """The headers of a browser that has signed in with password and code."""
    headers = await served.sign_in_browser(person)
    answer = await served.client.post("/customer/sign-in/second-step", headers=headers, data={"code": app.code()})
    served.client.cookies.clear()
    cookies = [line.partition(";")[0] for line in answer.headers.get_list("set-cookie")]
    return {**headers, "Cookie": "; ".join(cookies)}


async def test_r1_a_short_password_does_not_outlive_the_second_factor(served: Served, people: People) -> None:
    """Eight characters stood beside the codes; without them a long one must take their place, and is told of."""
    app = await turn_on(served, people.anna)
    session = await second_step(served, people.anna, await challenge(served, people.anna), code=app.code())
    headers = {"Authorization": f"Bearer {session.json()['accessToken']}"}
    body = {"currentPassword": people.anna.password, "password": SHORT}
    assert (await served.client.put("/api/customer/profile/password", headers=headers, json=body)).status_code == 200
    anna = replace(people.anna, password=SHORT)

    code = app.code()
    for new in ("", "kelp tram moss", "passwordpassword"):
        refused = await ask(served, "DELETE", "", headers, password=SHORT, code=code, newPassword=new)
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "newPassword")
    assert (await ask(served, "DELETE", "", headers, password=SHORT, newPassword=LONG)).status_code == 403

    # The page asks for it where it is needed, and does it.
    browser, page = await sign_in_by_page(served, anna, app), "/customer/account/security/two-step"
    form = {"password": SHORT, "code": app.code()}
    assert 'name="new_password"' not in (await served.client.get(page, headers=browser)).text
    asked = await served.client.post(f"{page}/off", headers=browser, data=form)
    assert (asked.status_code, 'name="new_password"' in asked.text) == (422, True)
    done = await served.client.post(f"{page}/off", headers=browser, data=form | {"new_password": LONG})
    assert (done.status_code, done.headers["location"]) == (303, "/customer/account/security?done=off")

    assert await mails_to(served, people.anna) == [
        "second_factor_on", "password_changed", "new_device", "password_changed", "second_factor_off"
    ]  # fmt: skip
    assert (await served.client.get("/api/customer/profile", headers=headers)).status_code == 401
    await served.sign_in(replace(people.anna, password=LONG))
    login = {"email": people.anna.email, "password": SHORT}
    assert (await served.client.post("/api/customer/auth/login", json=login)).status_code == 401


async def test_r1_no_race_leaves_a_short_password_alone(
    db: Database, settings: Settings, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A password that was changed while two-step is turned off, and the other way round: the slower one is refused."""
    anna, secret = CustomerActor(people.anna.id, uuid4()), totp.new_secret()
    async with db.transaction() as tx:
        await queries.set_candidate(tx, "customer", anna.id, totp.encrypt(settings, "customer", anna.id, secret))
        await queries.promote(tx, "customer", anna.id, 0)
        await queries.set_enabled(tx, "customer", anna.id, is_enabled=True)
    prove_second = reauthentication.prove_second

    async def while_it_is_proven(*arguments: Any) -> None:
        async with db.transaction() as tx:
            await sign_in.give_password(tx, "customer", anna.id, "the hash of a short one")
        await prove_second(*arguments)

    monkeypatch.setattr(reauthentication, "prove_second", while_it_is_proven)
    shown = {"password": people.anna.password, "code": pyotp.TOTP(secret).now()}
    async with db.read() as reader:
        before = await sign_in.account_by_id(reader, "customer", anna.id)
    with pytest.raises(ProofNeeded):
        await service.disable(db, settings, "customer", anna.id, anna.session_id, client=UNKNOWN_CLIENT, **shown)
    async with db.transaction() as tx:
        owner = await queries.owner(tx, "customer", anna.id)
        assert owner is not None
        assert owner.two_factor_enabled
        assert before is not None
        await sign_in.give_password(tx, "customer", anna.id, before.password_hash)

    async def while_it_is_hashed(*arguments: Any, **named: Any) -> str:
        async with db.transaction() as tx:
            await queries.set_enabled(tx, "customer", anna.id, is_enabled=False)
        return await password_rules.hash_new(*arguments, **named)

    monkeypatch.setattr(password_change, "hash_new", while_it_is_hashed)
    with pytest.raises(InvalidInput):
        await password_change.change(db, settings, anna, people.anna.password, SHORT, UNKNOWN_CLIENT)
    async with db.read() as reader:
        assert await sign_in.account_by_id(reader, "customer", anna.id) == before


async def test_r38_a_recovery_code_turns_it_off_when_the_phone_is_gone(served: Served, people: People) -> None:
    """With the password, it is as good as the app's."""
    app = await turn_on(served, people.anna)
    token = await challenge(served, people.anna)
    session = await second_step(served, people.anna, token, recoveryCode=app.recovery_codes[0])
    headers = {"Authorization": f"Bearer {session.json()['accessToken']}"}
    body = {"password": people.anna.password, "code": app.recovery_codes[1]}
    assert (await ask(served, "DELETE", "", headers, **body)).status_code == 204


async def test_r28_turning_it_on_ends_the_other_sessions(served: Served, people: People) -> None:
    """Who signed in by password alone elsewhere is asked again; here one stays."""
    elsewhere = await served.sign_in(people.anna)
    browser = await served.sign_in_browser(people.anna)
    app = await turn_on(served, people.anna)
    assert (await served.client.get("/api/customer/profile", headers=elsewhere)).status_code == 401
    assert (await served.client.get("/api/customer/profile", headers=browser)).status_code == 401
    assert app.recovery_codes


async def test_guessing_a_code_in_a_session_is_bounded_too(served: Served, people: People) -> None:
    """A stolen session with the password does not guess its way out of the second factor (R34)."""
    app = await turn_on(served, people.anna)
    session = await second_step(served, people.anna, await challenge(served, people.anna), code=app.code())
    headers = {"Authorization": f"Bearer {session.json()['accessToken']}"}
    statuses = [
        (await ask(served, "DELETE", "", headers, password=people.anna.password, code="000000")).status_code
        for _ in range(6)
    ]
    assert statuses == [403] * 5 + [429]


async def test_a_manager_sets_it_up_before_anything_else(settings: Settings, people: People) -> None:
    """Where the shop asks it: pages lead to the set-up, the API says so, and then everything opens."""
    async with serve(structs.replace(settings, require_staff_second_factor=True)) as served:
        mia = await served.sign_in(people.mia)
        browser = await served.sign_in_browser(people.mia)
        refused = await served.client.get("/api/staff/repairs", headers=mia)
        assert (refused.status_code, refused.json()["code"]) == (403, "second_factor_required")
        led = await served.client.get("/staff", headers=browser)
        assert (led.status_code, led.headers["location"]) == (303, "/staff/account/security/two-step")
        assert (await served.client.get("/api/staff/profile", headers=mia)).status_code == 200
        tom = await served.sign_in(people.tom)
        assert (await served.client.get("/api/staff/repairs", headers=tom)).status_code == 200

        enabled = await served.client.post(
            "/api/staff/profile/2fa/enable", headers=mia, json={"password": people.mia.password}
        )
        secret = enabled.json()["secret"].replace(" ", "")
        proven = await served.client.post(
            "/api/staff/profile/2fa/verify", headers=mia, json={"code": pyotp.TOTP(secret).now()}
        )
        assert proven.status_code == 200
        assert (await served.client.get("/api/staff/repairs", headers=mia)).status_code == 200
        kept = await served.client.request(
            "DELETE",
            "/api/staff/profile/2fa",
            headers=mia,
            json={"password": people.mia.password, "code": proven.json()["recoveryCodes"][0]},
        )
        assert (kept.status_code, kept.json()["code"]) == (403, "second_factor_required")


def test_production_asks_it_of_managers_and_a_demo_does_not() -> None:
    """The setting's default goes by the mode; it may be said otherwise."""
    assert Settings(mode="production").asks_staff_for_second_factor
    assert not Settings(mode="demo").asks_staff_for_second_factor
    assert not Settings(mode="development").asks_staff_for_second_factor
    assert not Settings(mode="production", require_staff_second_factor=False).asks_staff_for_second_factor
    assert Settings(mode="demo", require_staff_second_factor=True).asks_staff_for_second_factor


async def test_r150_a_secret_moves_to_the_new_key_when_it_is_used(served: Served, people: People) -> None:
    """After that the old key may go, and the app still signs in."""
    app = await turn_on(served, people.anna)
    fresh = "a fresh secret with many characters in it"
    both = structs.replace(served.settings, secret_key=(fresh, *served.settings.secret_key))
    async with serve(both) as rotated:
        used = await second_step(rotated, people.anna, await challenge(rotated, people.anna), code=app.code())
        assert used.status_code == 200
    async with serve(structs.replace(served.settings, secret_key=(fresh,))) as later:
        answer = await second_step(later, people.anna, await challenge(later, people.anna), code=app.code())
        assert answer.status_code == 200
