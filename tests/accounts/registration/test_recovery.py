"""A forgotten password: told to nobody, set once, by who reads the mail."""

import asyncio
import time
from typing import Any
from urllib.parse import urlsplit

import msgspec
import psycopg
import pytest

from revivatech.settings import Settings
from support.mailbox import Mailbox
from support.people import PASSWORD_HASH, People
from support.serving import Served, serve

pytestmark = pytest.mark.anyio

NEW = "a lamp hums over the bench"
SUBJECT = "Choose a new password"


async def forget(served: Served, email: str, **headers: str) -> Any:
    """The answer to a forgotten password."""
    return await served.client.post("/api/customer/auth/forgot-password", json={"email": email}, headers=headers)


async def reset(served: Served, token: str, password: str = NEW) -> Any:
    """The answer to a new password by a link."""
    return await served.client.post("/api/customer/auth/reset-password", json={"token": token, "password": password})


async def sign_in(served: Served, email: str, password: str) -> Any:
    """The answer to a sign-in."""
    return await served.client.post("/api/customer/auth/login", json={"email": email, "password": password})


def run(served: Served, statement: str, *values: object) -> None:
    """Change the database."""
    with psycopg.connect(served.settings.database_url) as connection:
        connection.execute(statement, values)


async def test_r8_a_link_works_once_and_ends_every_session(served: Served, people: People, mailbox: Mailbox) -> None:
    """The password is new, all sessions are over, nobody is signed in by it, and a second use is refused."""
    headers = await served.sign_in(people.anna)
    await forget(served, people.anna.email)
    token = await mailbox.token(people.anna.email, SUBJECT)

    first, second = await reset(served, token), await reset(served, token, "another phrase for the lamp")

    assert (first.status_code, first.content) == (204, b"")
    assert "set-cookie" not in first.headers
    assert second.status_code == 410
    assert (await served.client.get("/api/customer/profile", headers=headers)).status_code == 401
    assert (await sign_in(served, people.anna.email, people.anna.password)).status_code == 401
    assert (await sign_in(served, people.anna.email, NEW)).status_code == 200
    await mailbox.wait(people.anna.email, "Your password was changed")


async def test_r8_of_two_at_once_one_wins(served: Served, people: People, mailbox: Mailbox) -> None:
    """Two uses of one link in parallel set one password."""
    await forget(served, people.anna.email)
    token = await mailbox.token(people.anna.email, SUBJECT)

    answers = await asyncio.gather(*(reset(served, token, f"a lamp hums over bench {n}") for n in range(2)))

    assert sorted(answer.status_code for answer in answers) == [204, 410]


async def test_r8_a_link_dies_with_its_hour_and_with_a_newer_one(
    served: Served, people: People, mailbox: Mailbox
) -> None:
    """After 61 minutes it is over; so is the older of two, and what was never a link."""
    await forget(served, people.anna.email)
    old = await mailbox.token(people.anna.email, SUBJECT)
    await forget(served, people.anna.email)
    young = await mailbox.token(people.anna.email, SUBJECT, count=2)
    assert (await reset(served, old)).status_code == 410
    run(
        served,
        "UPDATE customer_links SET created_at = created_at - interval '61 minutes', "
        "expires_at = expires_at - interval '61 minutes'",
    )

    answers = [await reset(served, young), await reset(served, "A" * 64), await reset(served, "")]

    assert {answer.status_code for answer in answers} == {410}
    assert (await sign_in(served, people.anna.email, people.anna.password)).status_code == 200


async def test_r8_a_second_factor_is_still_asked(served: Served, people: People, mailbox: Mailbox) -> None:
    """A new password does not skip the second factor; with one on, it may be of eight characters.

    What waited for a code after the old password waits no more.
    """
    await forget(served, people.anna.email)
    token = await mailbox.token(people.anna.email, SUBJECT)
    run(served, "UPDATE customers SET two_factor_enabled = true WHERE id = %s", people.anna.id)
    before = (await sign_in(served, people.anna.email, people.anna.password)).json()["challengeToken"]

    assert (await reset(served, token, "kelp 7bx")).status_code == 204

    answer = (await sign_in(served, people.anna.email, "kelp 7bx")).json()
    assert answer["twoFactorRequired"] is True
    assert "accessToken" not in answer
    for challenge, code in ((before, "challenge_over"), (answer["challengeToken"], "wrong_code")):
        body = {"challengeToken": challenge, "code": "000000"}
        assert (await served.client.post("/api/customer/auth/login/2fa", json=body)).json()["code"] == code


async def test_a_blocklisted_password_leaves_the_link_alive(served: Served, people: People, mailbox: Mailbox) -> None:
    """Whoever chose a bad one may choose again with the same link."""
    await forget(served, people.anna.email)
    token = await mailbox.token(people.anna.email, SUBJECT)

    assert (await reset(served, token, "passwordpassword")).json()["code"] == "password_blocklisted"
    assert (await reset(served, token)).status_code == 204


async def test_r5_known_and_unknown_are_answered_alike(served: Served, people: People, mailbox: Mailbox) -> None:
    """The same answer for an account, a counter customer, a closed account and nobody; only the owner gets a mail."""
    run(served, "INSERT INTO customers (email, first_name) VALUES ('counter@x.example', 'Carl')")
    run(served, "UPDATE customers SET disabled_at = now() WHERE id = %s", people.ben.id)

    answers = [
        await forget(served, email)
        for email in (people.anna.email, "counter@x.example", people.ben.email, "nobody@x.example")
    ]

    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.content for answer in answers}) == 1
    await mailbox.quiet()
    assert {mail["recipient"] for mail in mailbox.mails()} == {people.anna.email, "counter@x.example"}


async def test_r5_a_hanging_mail_server_holds_up_nobody(settings: Settings, people: People) -> None:
    """While the mail server does not say a word, the answer comes within half a second."""
    over = asyncio.Event()
    hanging: set[asyncio.Task[None] | None] = set()

    async def hang(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        hanging.add(asyncio.current_task())
        await over.wait()
        writer.close()

    async with await asyncio.start_server(hang, "127.0.0.1", 0) as silent:
        port = silent.sockets[0].getsockname()[1]
        async with serve(msgspec.structs.replace(settings, smtp_url=f"smtp://127.0.0.1:{port}")) as served:
            await forget(served, "warm@x.example")
            started = time.perf_counter()
            answers = [await forget(served, people.anna.email) for _ in range(3)]
            seconds = time.perf_counter() - started
        over.set()
        await asyncio.gather(*filter(None, hanging))

    assert {answer.status_code for answer in answers} == {202}
    # Waiting for the mail server would have taken for ever; the machine that tests may be busy.
    assert seconds < 5


async def test_r122_mail_cannot_be_pumped(served: Served, people: People, mailbox: Mailbox) -> None:
    """A hundred wishes for one address, however it is spelt, end in five mails, and one link still works."""
    for number in range(100):
        run(served, "DELETE FROM login_failures")
        await forget(served, people.anna.email.upper() if number % 2 else people.anna.email)
    await mailbox.quiet()

    tokens = mailbox.tokens(people.anna.email, SUBJECT)
    assert len(tokens) == 5
    assert sorted([(await reset(served, token)).status_code for token in tokens]) == [204, 410, 410, 410, 410]


async def test_r122_one_network_cannot_ask_without_end(served: Served) -> None:
    """Sixty wishes an hour from one network, for whichever address."""
    answers = [await forget(served, f"nobody{number}@x.example") for number in range(61)]

    assert [answer.status_code for answer in answers] == [202] * 60 + [429]
    assert int(answers[-1].headers["retry-after"]) > 0


async def test_r9_the_link_is_made_of_the_configuration(served: Served, people: People, mailbox: Mailbox) -> None:
    """Whatever a request calls the portal, it is refused, or the mail's link leads to the configured address."""
    lies = [
        {"Host": "evil.test"},
        {"X-Forwarded-Host": "evil.test"},
        {"Forwarded": "host=evil.test"},
        {"X-Original-Host": "evil.test"},
    ]

    answers = [await forget(served, people.anna.email, **lie) for lie in lies]

    assert [answer.status_code for answer in answers] == [400, 202, 202, 202]
    await mailbox.quiet()
    mails = mailbox.mails(people.anna.email)
    assert len(mails) == 3
    for mail in mails:
        assert "evil.test" not in mail["text_body"] + mail["html_body"]
    link = urlsplit(await mailbox.link(people.anna.email))
    assert f"{link.scheme}://{link.netloc}" == served.settings.public_url


async def test_r10_the_page_of_a_link_tells_nobody(
    served: Served, people: People, mailbox: Mailbox, visitor: dict[str, str], capfd: pytest.CaptureFixture[str]
) -> None:
    """It sends no referrer, loads nothing from elsewhere, is kept nowhere, and no log holds the link."""
    await forget(served, people.anna.email)
    link = await mailbox.link(people.anna.email, SUBJECT)
    token = link.partition("token=")[2]

    page = await served.client.get(link, headers=visitor)
    weak = await served.client.post(
        "/customer/reset-password", headers=visitor, data={"token": token, "password": "passwordpassword"}
    )
    done = await served.client.post("/customer/reset-password", headers=visitor, data={"token": token, "password": NEW})
    over = await served.client.get(link, headers=visitor)

    assert [answer.status_code for answer in (page, weak, done, over)] == [200, 422, 303, 410]
    for answer in (page, weak, over):
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cache-control"] == "no-store"
        assert "http://" not in answer.text.replace(served.url, "")
        assert "https://" not in answer.text
    assert token not in done.headers["location"]
    printed = capfd.readouterr()
    assert token not in printed.out + printed.err


async def test_r26_the_database_holds_no_link(served: Served, people: People, mailbox: Mailbox) -> None:
    """Nothing of what opens the link is in its row, in the mail's or in the job's; only the kept mail itself has it."""
    await forget(served, people.anna.email)
    token = await mailbox.token(people.anna.email, SUBJECT)
    with psycopg.connect(served.settings.database_url) as connection:
        rows = [
            str(connection.execute(f"SELECT array_agg(t::text) FROM {table} t").fetchone())  # noqa: S608 - ours
            for table in ("customer_links", "account_mails", "procrastinate_jobs", "mail_requests")
        ]

    assert not any(token in row for row in rows)


async def test_a_link_proves_the_address(served: Served, mailbox: Mailbox) -> None:
    """Whoever reset the password of an unconfirmed account by mail has confirmed the address with it."""
    run(
        served,
        "INSERT INTO customers (email, first_name, password_hash) VALUES ('new@x.example', 'Nora', %s)",
        PASSWORD_HASH,
    )
    await forget(served, "new@x.example")

    assert (await reset(served, await mailbox.token("new@x.example", SUBJECT))).status_code == 204
    assert (await sign_in(served, "new@x.example", NEW)).json()["user"]["emailVerified"] is True
