"""Admission: what shows a session, what ends it, how often one may ask, and life without Valkey."""

import asyncio
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import msgspec
import psycopg
import pytest
import redis

from revivatech.accounts.contracts import Client, Realm
from revivatech.accounts.secrets.access_tokens import AccessTokens
from revivatech.accounts.sessions import service as sessions
from revivatech.accounts.sessions.authentication import SessionAuthenticator
from revivatech.accounts.sessions.queries import sessions as stored
from revivatech.accounts.staff_accounts import administration
from revivatech.accounts.staff_accounts import service as people_service
from revivatech.cache.store import Cache
from revivatech.db import Database
from revivatech.kit.actor import SYSTEM, Role
from revivatech.kit.errors import NotSignedIn, TooMany
from revivatech.realtime.contracts import SessionsEnded
from revivatech.settings import Settings
from support.people import People, Person
from support.statements import Statements

pytestmark = pytest.mark.anyio

NOWHERE = Client(None, None)


def ask(path: str = "/api/customer/profile", **headers: str) -> Any:
    """A request as the door sees it."""
    pairs = [(name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in headers.items()]
    return SimpleNamespace(scope={"path": path, "headers": pairs})


@pytest.fixture
async def authenticator(settings: Settings, db: Database, cache: Cache) -> SessionAuthenticator:
    """The door on the test's services, told of ended sessions as the program tells it."""
    keeper = SessionAuthenticator(settings, db, cache)
    db.on_commit(SessionsEnded, keeper.on_sessions_ended)
    return keeper


async def token_of(db: Database, settings: Settings, person: Person, role: str = "customer") -> str:
    """The Authorization header of a new session."""
    async with db.transaction() as tx:
        _, tokens = await sessions.begin_with_tokens(tx, AccessTokens(settings), person.realm, person.id, role, NOWHERE)
    return f"Bearer {tokens.access_token}"


async def cookie_of(db: Database, person: Person) -> tuple[UUID, str]:
    """The session's id and the Cookie header of a new browser session."""
    async with db.transaction() as tx:
        session_id, credential = await sessions.begin_with_credential(tx, person.realm, person.id, NOWHERE)
    return session_id, f"theme=dark; __Host-{person.realm}={credential}; language=en"


async def test_a_token_and_a_cookie_let_in(
    authenticator: SessionAuthenticator, db: Database, settings: Settings, people: People
) -> None:
    """Both show the same person; the second request of each asks PostgreSQL nothing."""
    token = await token_of(db, settings, people.anna)
    _, cookie = await cookie_of(db, people.anna)
    for request in (ask(authorization=token), ask(cookie=cookie), ask(authorization=token), ask(cookie=cookie)):
        assert (await authenticator.customer(request)).actor.id == people.anna.id


async def test_a_request_asks_postgresql_only_once_a_minute(
    authenticator: SessionAuthenticator, db: Database, settings: Settings, people: People, count_statements: Statements
) -> None:
    """The first request of a session reads it; the next ones find it in Valkey."""
    token = await token_of(db, settings, people.anna)
    await authenticator.customer(ask(authorization=token))
    before = len(count_statements.texts)
    for _ in range(5):
        await authenticator.customer(ask(authorization=token))
    assert len(count_statements.texts) == before


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": ""},
        {"authorization": "Bearer"},
        {"authorization": "Bearer "},
        {"authorization": "Basic YTpi"},
        {"authorization": "Bearer \xff\xfe"},
        {"cookie": ""},
        {"cookie": "__Host-customer"},
        {"cookie": "__Host-customer="},
        {"cookie": "__Host-customer=" + "A" * 86},
        {"cookie": "__Host-customer=" + "\xff" * 86},
        {"cookie": "__Host-customer=" + "A" * 5000},
        {"cookie": ";;;=;=="},
    ],
)
async def test_nothing_or_nonsense_is_not_signed_in(
    authenticator: SessionAuthenticator, headers: dict[str, str]
) -> None:
    """Whatever shows no session is refused without a fault, at requests and at sockets."""
    with pytest.raises(NotSignedIn):
        await authenticator.customer(ask(**headers))
    with pytest.raises(NotSignedIn):
        await authenticator.staff(ask(**headers))
    with pytest.raises(NotSignedIn):
        await authenticator.admit(
            token=headers.get("authorization", "").removeprefix("Bearer ") or None, cookie_header=headers.get("cookie")
        )


async def test_r18_a_credential_is_good_for_its_own_use_only(
    authenticator: SessionAuthenticator, db: Database, settings: Settings, people: People
) -> None:
    """A refresh token or a cookie is no bearer, a bearer is no cookie, and neither opens the other realm."""
    async with db.transaction() as tx:
        _, tokens = await sessions.begin_with_tokens(
            tx, AccessTokens(settings), "customer", people.anna.id, "customer", NOWHERE
        )
    _, cookie = await cookie_of(db, people.anna)
    credential = cookie.split("__Host-customer=")[1].split(";")[0]
    for wrong in (
        ask(authorization=f"Bearer {tokens.refresh_token}"),
        ask(authorization=f"Bearer {credential}"),
        ask(cookie=f"__Host-customer={tokens.access_token}"),
        ask(cookie=f"__Host-customer={tokens.refresh_token}"),
        ask(cookie=f"__Host-staff={credential}"),
        ask(cookie=f"customer={credential}"),
    ):
        with pytest.raises(NotSignedIn):
            await authenticator.customer(wrong)
        with pytest.raises(NotSignedIn):
            await authenticator.staff(wrong)


async def test_an_authorization_header_is_judged_alone(
    authenticator: SessionAuthenticator, db: Database, people: People
) -> None:
    """A good cookie does not help a bad token: nothing lets a page smuggle one past the other's rules."""
    _, cookie = await cookie_of(db, people.anna)
    for authorization in ("Bearer nonsense", "Basic YTpi", ""):
        with pytest.raises(NotSignedIn):
            await authenticator.customer(ask(authorization=authorization, cookie=cookie))


async def test_a_wrong_secret_is_refused_and_costs_the_owner_nothing(
    authenticator: SessionAuthenticator, db: Database, settings: Settings, people: People
) -> None:
    """Who knows the ids but not the secret gets nowhere, and does not use up the owner's limit."""
    _, cookie = await cookie_of(db, people.anna)
    assert (await authenticator.customer(ask(cookie=cookie))).actor.id == people.anna.id
    value = cookie.split("__Host-customer=")[1].split(";")[0]
    forged = f"__Host-customer={value[:50]}{'A' * 36}"
    for _ in range(settings.api_rate_limit + 5):
        with pytest.raises(NotSignedIn):
            await authenticator.customer(ask(cookie=forged))
    assert (await authenticator.customer(ask(cookie=cookie))).actor.id == people.anna.id


async def test_an_unknown_session_of_a_known_person_costs_them_nothing(
    authenticator: SessionAuthenticator, db: Database, settings: Settings, people: People
) -> None:
    """Made-up sessions of somebody's account are refused, uncounted."""
    good = await token_of(db, settings, people.anna)
    made_up = f"Bearer {AccessTokens(settings).issue('customer', people.anna.id, uuid4(), 'customer')}"
    for _ in range(settings.api_rate_limit + 5):
        with pytest.raises(NotSignedIn):
            await authenticator.customer(ask(authorization=made_up))
    assert (await authenticator.customer(ask(authorization=good))).actor.id == people.anna.id


async def test_r120_the_limit_counts_every_request_of_a_burst(
    authenticator: SessionAuthenticator, db: Database, settings: Settings, people: People
) -> None:
    """Of 130 at once on a session that nobody remembers yet, 100 come in; pages have a limit of their own."""
    token = await token_of(db, settings, people.anna)
    answers = await asyncio.gather(
        *(authenticator.customer(ask(authorization=token)) for _ in range(130)), return_exceptions=True
    )
    refused = [answer for answer in answers if isinstance(answer, TooMany)]
    assert len(refused) == 30
    assert 1 <= int(refused[0].headers["Retry-After"]) <= 60
    assert refused[0].headers["RateLimit-Limit"] == "100"
    assert (await authenticator.customer(ask("/customer/dashboard", authorization=token))).actor.id == people.anna.id
    # Another session of the same account is the same account, another account is not.
    with pytest.raises(TooMany):
        await authenticator.customer(ask(authorization=await token_of(db, settings, people.anna)))
    assert (
        await authenticator.customer(ask(authorization=await token_of(db, settings, people.ben)))
    ).actor.id == people.ben.id


async def test_r28_disabling_acts_at_once(
    authenticator: SessionAuthenticator, db: Database, settings: Settings, people: People
) -> None:
    """The next request of a disabled account is refused, by token, by cookie and by socket."""
    token = await token_of(db, settings, people.anna)
    session_id, cookie = await cookie_of(db, people.anna)
    await authenticator.customer(ask(authorization=token))
    await authenticator.customer(ask(cookie=cookie))
    assert await authenticator.ended("customer", [session_id]) == set()
    await administration.disable_customer(db, SYSTEM, people.anna.id)
    for request in (ask(authorization=token), ask(cookie=cookie)):
        with pytest.raises(NotSignedIn):
            await authenticator.customer(request)
    with pytest.raises(NotSignedIn):
        await authenticator.admit(token=token.removeprefix("Bearer "), cookie_header=None)
    assert await authenticator.ended("customer", [session_id]) == {session_id}


async def test_r28_a_role_change_acts_at_once(
    authenticator: SessionAuthenticator, db: Database, settings: Settings, people: People
) -> None:
    """The old session is over; the new one has the new role, whatever an old token says."""
    token = await token_of(db, settings, people.mia, "manager")
    assert (await authenticator.staff(ask(authorization=token))).role is Role.MANAGER
    await people_service.change_role(db, SYSTEM, people.mia.id, Role.TECHNICIAN, Client())
    with pytest.raises(NotSignedIn):
        await authenticator.staff(ask(authorization=token))
    boastful = await token_of(db, settings, people.mia, "admin")
    assert (await authenticator.staff(ask(authorization=boastful))).role is Role.TECHNICIAN


async def test_r28_a_new_password_ends_the_sessions(
    authenticator: SessionAuthenticator, db: Database, settings: Settings, people: People
) -> None:
    """Whoever set the password anew has signed everybody out."""
    token = await token_of(db, settings, people.anna)
    await authenticator.customer(ask(authorization=token))
    await administration.set_password(db, "customer", people.anna.email, "a long enough password")
    with pytest.raises(NotSignedIn):
        await authenticator.customer(ask(authorization=token))


async def test_r19_a_token_of_a_deleted_account_is_refused(
    authenticator: SessionAuthenticator, db: Database, settings: Settings, people: People, database_url: str
) -> None:
    """Nobody is nobody, however good the signature."""
    token = await token_of(db, settings, people.anna)
    with psycopg.connect(database_url) as connection:
        connection.execute("DELETE FROM customers WHERE id = %s", [people.anna.id])
    with pytest.raises(NotSignedIn):
        await authenticator.customer(ask(authorization=token))


async def test_use_keeps_a_session_alive_up_to_its_end(
    authenticator: SessionAuthenticator, db: Database, people: People, redis_url: str
) -> None:
    """A used session gets a week from now, never more than its thirty days."""
    session_id, cookie = await cookie_of(db, people.anna)
    for days_left, expected in ((20, 7), (3, 3)):
        async with db.transaction() as tx:
            await tx.connection.execute(
                """
                UPDATE customer_sessions SET last_used_at = now() - interval '5 minutes',
                  expires_at = now() + interval '1 hour', ends_at = now() + make_interval(days => %s)
                """,
                [days_left],
            )
        with redis.Redis.from_url(redis_url) as valkey:
            valkey.flushall()
        await authenticator.customer(ask(cookie=cookie))
        async with db.read() as reader:
            cursor = await reader.connection.execute(
                """
                SELECT round(extract(epoch FROM expires_at - now()) / 86400),
                  last_used_at > now() - interval '1 minute'
                FROM customer_sessions WHERE id = %s
                """,
                [session_id],
            )
            assert await cursor.fetchone() == (expected, True)


async def test_f9_without_valkey_nobody_is_signed_out(settings: Settings, db: Database, people: People) -> None:
    """With Valkey away PostgreSQL answers for sessions: the living stay, the ended are refused."""
    async with Cache("unix:///nowhere/at-all.sock") as away:
        authenticator = SessionAuthenticator(settings, db, away)
        token = await token_of(db, settings, people.anna)
        session_id, cookie = await cookie_of(db, people.anna)
        for request in (ask(authorization=token), ask(cookie=cookie)):
            admitted = await authenticator.customer(request)
            assert admitted.actor.id == people.anna.id
            assert (admitted.body, admitted.generation) == (None, None)
            await authenticator.keep(admitted, "anything", b"{}")
        async with db.transaction() as tx:
            await stored.end(tx, "customer", people.anna.id, session_id, "logout")
        with pytest.raises(NotSignedIn):
            await authenticator.customer(ask(cookie=cookie))
        assert (await authenticator.customer(ask(authorization=token))).actor.id == people.anna.id


async def test_r120_without_valkey_postgresql_counts(settings: Settings, db: Database, people: People) -> None:
    """Of 15 at once ten come in, whichever session asks; another account and the pages are not held up."""
    async with Cache("unix:///nowhere/at-all.sock") as away:
        authenticator = SessionAuthenticator(msgspec.structs.replace(settings, api_rate_limit=10), db, away)
        tokens = [await token_of(db, settings, people.anna) for _ in range(2)]
        answers = await asyncio.gather(
            *(authenticator.customer(ask(authorization=tokens[n % 2])) for n in range(15)), return_exceptions=True
        )
        refused = [answer for answer in answers if isinstance(answer, TooMany)]
        assert len(refused) == 5
        assert 1 <= int(refused[0].headers["Retry-After"]) <= 60
        assert (
            await authenticator.customer(ask("/customer/dashboard", authorization=tokens[0]))
        ).actor.id == people.anna.id
        ben = await token_of(db, settings, people.ben)
        assert (await authenticator.customer(ask(authorization=ben))).actor.id == people.ben.id


async def test_f10_a_flushed_valkey_signs_nobody_out_and_revives_nobody(
    authenticator: SessionAuthenticator, db: Database, settings: Settings, people: People, redis_url: str
) -> None:
    """After FLUSHALL the living session is read again, the ended one stays ended."""
    living = await token_of(db, settings, people.anna)
    session_id, cookie = await cookie_of(db, people.anna)
    await authenticator.customer(ask(authorization=living))
    async with db.transaction() as tx:
        ended = await stored.end(tx, "customer", people.anna.id, session_id, "logout")
        assert ended is not None
        await sessions.tell_ended(tx, [ended], "logout")
    with redis.Redis.from_url(redis_url) as valkey:
        valkey.flushall()
    assert (await authenticator.customer(ask(authorization=living))).actor.id == people.anna.id
    with pytest.raises(NotSignedIn):
        await authenticator.customer(ask(cookie=cookie))


async def test_a_kept_answer_comes_back_for_its_owner_only(
    authenticator: SessionAuthenticator, db: Database, settings: Settings, people: People
) -> None:
    """What was kept under a name is that customer's, by whichever session."""
    anna, ben = await token_of(db, settings, people.anna), await token_of(db, settings, people.ben)
    admitted = await authenticator.customer(ask(authorization=anna), read="repairs")
    assert admitted.body is None
    await authenticator.keep(admitted, "repairs", b"[1]")
    _, cookie = await cookie_of(db, people.anna)
    assert (await authenticator.customer(ask(cookie=cookie), read="repairs")).body == b"[1]"
    assert (await authenticator.customer(ask(authorization=ben), read="repairs")).body is None


@pytest.mark.parametrize("realm", ["customer", "staff"])
async def test_a_socket_learns_whose_it_is(
    authenticator: SessionAuthenticator, db: Database, settings: Settings, people: People, realm: Realm
) -> None:
    """By token with its end, by cookie without one; staff with their role."""
    person, role = (people.anna, None) if realm == "customer" else (people.tom, Role.TECHNICIAN)
    token = (await token_of(db, settings, person, role or "customer")).removeprefix("Bearer ")
    by_token = await authenticator.admit(token=token, cookie_header=None)
    assert (by_token.realm, by_token.owner_id, by_token.role) == (realm, person.id, role)
    assert by_token.expires_at is not None
    session_id, cookie = await cookie_of(db, person)
    by_cookie = await authenticator.admit(token=None, cookie_header=cookie)
    assert (by_cookie.realm, by_cookie.session_id, by_cookie.expires_at) == (realm, session_id, None)
    with pytest.raises(NotSignedIn):
        await authenticator.admit(token="\ud800", cookie_header=cookie)
