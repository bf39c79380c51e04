"""Which passwords are taken, and changing one while signed in."""

import asyncio
import time
from random import Random
from typing import Any

import psycopg
import pytest

from revivatech.accounts.secrets.password_rules import Known, strength_of
from revivatech.accounts.secrets.passwords import check_password, hash_password
from support.mailbox import Mailbox
from support.people import People
from support.serving import Served

pytestmark = pytest.mark.anyio

NEW = "a lamp hums over the bench"


async def register(served: Served, password: str, number: int = 0) -> Any:
    """The answer to a registration with that password."""
    return await served.client.post(
        "/api/customer/auth/register",
        json={
            "email": f"nora{number}@newcomers.example",
            "password": password,
            "firstName": "Eleonora",
            "lastName": "Nilsen-Skog",
            "acceptTerms": True,
        },
    )


LENGTHS = [
    ("kelp 7b", 422),
    ("kelp tram moss", 422),
    ("kelptrammossgul", 202),
    ("🦊🌲🏔️🚲🧵🎻🪁🥣🧭🪵🐚🍄🕯️🧊🪶", 202),
    ("kelp tram moss gull " * 3 + "oars", 202),
    (("kelp tram moss gull oars slate birch " * 4)[:128], 202),
    ("kelp tram moss gull oars slate birch " * 40, 422),
    # One sign that stands for eighteen letters is one.
    ("\ufdfa", 422),
]


async def test_r1_length_counts_and_no_signs(served: Served) -> None:
    """Fifteen characters of any kind are enough, a long sentence is taken whole, lower case alone is fine."""
    for number, (password, status) in enumerate(LENGTHS):
        answer = await register(served, password, number)

        assert (password, answer.status_code) == (password, status), answer.text
        if status == 422:
            assert answer.json()["errors"][0]["field"] == "password"


async def test_r1_one_password_on_every_keyboard() -> None:
    """An accent of its own or of its letter, full-width or not: the same password, and no other one (NIST, NFKC)."""
    kept = await hash_password("caf\u00e9 con leche \u2460")

    for text, is_right in [
        ("cafe\u0301 con leche \u2460", True),
        ("caf\u00e9 con leche 1", True),
        ("cafe con leche 1", False),
    ]:
        assert (text, (await check_password(text, kept)).is_right) == (text, is_right)


async def test_no_password_takes_long_to_judge() -> None:
    """All kinds of signs that may be read as letters took five seconds of work: anybody may ask for that."""
    signs = Random(7).choices("4@8({[<369!1|7$5+0%2", k=72)
    began = time.process_time()

    assert (await strength_of("".join(signs), Known())).score == 4
    assert time.process_time() - began < 2


async def test_r1_no_byte_is_cut_off(served: Served, people: People) -> None:
    """With a password of a hundred bytes, its first 72 do not sign in."""
    password = ("kelp tram moss gull oars slate birch " * 4)[:100]
    headers = await served.sign_in(people.anna)
    changed = await served.client.put(
        "/api/customer/profile/password",
        headers=headers,
        json={"currentPassword": people.anna.password, "password": password},
    )
    assert changed.status_code == 200

    answers = [
        await served.client.post("/api/customer/auth/login", json={"email": people.anna.email, "password": text})
        for text in (password[:72], password)
    ]

    assert [answer.status_code for answer in answers] == [401, 200]


async def test_r1_eight_characters_are_enough_with_a_second_factor(served: Served, people: People) -> None:
    """Whoever has a second factor on may choose a shorter password, and not one of seven."""
    headers = await served.sign_in(people.anna)
    with psycopg.connect(served.settings.database_url) as connection:
        connection.execute("UPDATE customers SET two_factor_enabled = true WHERE id = %s", [people.anna.id])

    answers = [
        await served.client.put(
            "/api/customer/profile/password",
            headers=headers,
            json={"currentPassword": people.anna.password, "password": text},
        )
        for text in ("kelp 7b", "kelp 7bx")
    ]

    assert [answer.status_code for answer in answers] == [422, 200]


REASONS = {
    "passwordpassword": "easy to guess",
    "aaaaaaaaaaaaaaaaaaaa": "easy to guess",
    "revivatech2026!!": "name of the shop",
    "R3v1v4t3ch-2026!": "name of the shop",
    "nora0@newcomers.example": "your own name",
    "Eleonora.Nilsen-Skog.26": "your own name",
}


async def test_r2_common_and_own_words_are_refused_with_the_reason(served: Served) -> None:
    """What is on every list, the shop's name and one's own are refused by a code of their own, in words."""
    for password, reason in REASONS.items():
        answer = await register(served, password)

        assert (answer.status_code, answer.json()["code"]) == (422, "password_blocklisted")
        assert reason in answer.json()["message"]
        assert answer.json()["errors"][0]["field"] == "password"


async def test_r2_the_shops_own_name_is_refused(served: Served) -> None:
    """The name that the shop has given itself is no password, with a year or without."""
    with psycopg.connect(served.settings.database_url) as connection:
        connection.execute("UPDATE shop_settings SET name = 'Fjällräven & Søn Reparatur'")

    answer = await register(served, "fjallraven-reparatur-1")

    assert (answer.status_code, answer.json()["code"]) == (422, "password_blocklisted")


async def test_a_long_password_is_judged_quickly() -> None:
    """What is looked at is capped: a thousand characters do not hold up a thread for seconds."""
    async with asyncio.timeout(2):
        strength = await strength_of("ab1!" * 256, Known(owner=("Anna",)))

    assert strength.score <= 4


async def test_r3_a_change_needs_the_password_and_ends_everything_else(
    served: Served, people: People, mailbox: Mailbox
) -> None:
    """Refused without it. With it this session stays, the others and every link end, and one notice goes out."""
    here, there = await served.sign_in(people.anna), await served.sign_in(people.anna)
    await served.client.post("/api/customer/auth/forgot-password", json={"email": people.anna.email})
    link = await mailbox.token(people.anna.email, "Choose a new password")

    async def change(**body: str) -> Any:
        return await served.client.put("/api/customer/profile/password", headers=here, json=body)

    missing = await change(password=NEW)
    wrong = await change(currentPassword="not the password of anybody", password=NEW)
    assert missing.status_code == 422
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (403, "currentPassword")
    assert (await served.client.get("/api/customer/profile", headers=there)).status_code == 200

    right = await change(currentPassword=people.anna.password, password=NEW)

    assert right.status_code == 200
    assert (await served.client.get("/api/customer/profile", headers=there)).status_code == 401
    assert (await served.client.get("/api/customer/profile", headers=here)).status_code == 200
    reset = await served.client.post("/api/customer/auth/reset-password", json={"token": link, "password": NEW})
    assert reset.status_code == 410
    await mailbox.wait(people.anna.email, "Your password was changed")
    await mailbox.quiet()
    assert len(mailbox.mails(people.anna.email, "Your password was changed")) == 1


async def test_a_form_without_scripts_changes_the_password(
    served: Served, people: People, visitor: dict[str, str]
) -> None:
    """The page says which of the two passwords is wrong, shows neither again, and then says that it is done."""
    headers = await served.sign_in_browser(people.anna)
    page = "/customer/account/password"
    wrong = await served.client.post(page, headers=headers, data={"current_password": "wrong one", "password": NEW})
    weak = await served.client.post(
        page, headers=headers, data={"current_password": people.anna.password, "password": "passwordpassword"}
    )
    right = await served.client.post(
        page, headers=headers, data={"current_password": people.anna.password, "password": NEW}
    )

    assert (wrong.status_code, weak.status_code, right.status_code) == (403, 422, 303)
    assert 'id="current_password-error"' in wrong.text
    assert 'id="password-error"' in weak.text
    assert people.anna.password not in weak.text
    assert "passwordpassword" not in weak.text
    done = await served.client.get(right.headers["location"], headers=headers)
    assert "Your password is changed." in done.text
    assert (await served.client.get(page, headers=visitor)).status_code == 303


async def test_the_hint_follows_the_typing_and_is_limited(served: Served, visitor: dict[str, str]) -> None:
    """A few words that know the owner's name and show nothing again; too many questions are refused."""

    async def hint(password: str, **more: str) -> Any:
        return await served.client.post(
            "/customer/password-strength", headers=visitor, data={"password": password, **more}
        )

    assert "15 characters" in (await hint("short")).text
    assert "easy to guess" in (await hint("passwordpassword")).text
    assert "your own name" in (await hint("EleonoraEleonora", first_name="Eleonora")).text
    assert "hard to guess" in (await hint(NEW)).text
    assert NEW not in (await hint(NEW)).text
    assert (await hint("")).text.strip() == ""
    answers = await asyncio.gather(*(hint(NEW) for _ in range(130)))
    assert 429 in {answer.status_code for answer in answers}
