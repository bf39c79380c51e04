"""Signing in: one way for customers and staff, for API clients and browsers."""

import re
from uuid import UUID

import structlog

from revivatech.accounts import profiles, queries, sessions, throttle
from revivatech.accounts.contracts import Client, CustomerSignIn, Realm, StaffSignIn, Tokens, WrongPassword
from revivatech.accounts.credentials import Presented
from revivatech.accounts.passwords import DEMO_PASSWORD, LONGEST, check_password
from revivatech.accounts.ports import RepairCounts
from revivatech.accounts.tokens import AccessTokens
from revivatech.db import Database, Transaction
from revivatech.kit.errors import FieldError, InvalidInput
from revivatech.kit.structs import Value
from revivatech.kit.text import normal_email
from revivatech.settings import Settings
from revivatech.web.metrics import LOGINS

log = structlog.get_logger(__name__)

# Anything with one @ and no blanks or control characters. Whether it exists, only a mail can tell.
EMAIL_PATTERN = r"^[^\s@\x00-\x1f\x7f-\x9f]{1,64}@[^\s@\x00-\x1f\x7f-\x9f]{1,190}$"
EMAIL = re.compile(EMAIL_PATTERN)


class Proven(Value, frozen=True):
    """An account whose password was right, and the attempt that proved it."""

    account: queries.Account
    attempt: throttle.Attempt
    better_hash: str | None


async def sign_in_customer(
    db: Database,
    settings: Settings,
    access: AccessTokens,
    email: str,
    password: str,
    client: Client,
    repair_counts: RepairCounts,
) -> CustomerSignIn:
    """A new session of a customer's API client. Raises WrongPassword, TooManyFailures, InvalidInput."""
    tokens, owner_id = await _sign_in_client(db, settings, access, "customer", email, password, client)
    async with db.read() as reader:
        profile = await profiles.customer_profile(reader, owner_id, repair_counts)
    return CustomerSignIn(tokens.access_token, tokens.refresh_token, tokens.expires_in, profile)


async def sign_in_staff(
    db: Database, settings: Settings, access: AccessTokens, email: str, password: str, client: Client
) -> StaffSignIn:
    """A new session of a staff member's API client. Raises WrongPassword, TooManyFailures, InvalidInput."""
    tokens, owner_id = await _sign_in_client(db, settings, access, "staff", email, password, client)
    async with db.read() as reader:
        profile = await profiles.staff_profile(reader, owner_id)
    return StaffSignIn(tokens.access_token, tokens.refresh_token, tokens.expires_in, profile)


async def sign_in_browser(
    db: Database,
    settings: Settings,
    realm: Realm,
    email: str,
    password: str,
    client: Client,
    presented: Presented | None,
) -> str:
    """The credential of a new browser session; the one that the browser came with ends.

    Raises WrongPassword, TooManyFailures, InvalidInput.
    """
    proven = await _prove(db, settings, realm, email, password, client)
    async with db.transaction() as tx:
        await _admit(tx, realm, proven)
        session_id, credential = await sessions.begin_with_credential(tx, realm, proven.account.id, client)
        if presented is not None:
            ended = await sessions.end_by_credential(tx, realm, presented)
            await sessions.tell_ended(tx, [ended] if ended else [], "logout")
        await _note(tx, realm, proven, session_id, client)
    return credential


async def _sign_in_client(
    db: Database, settings: Settings, access: AccessTokens, realm: Realm, email: str, password: str, client: Client
) -> tuple[Tokens, UUID]:
    proven = await _prove(db, settings, realm, email, password, client)
    async with db.transaction() as tx:
        role = await _admit(tx, realm, proven)
        session_id, tokens = await sessions.begin_with_tokens(tx, access, realm, proven.account.id, role, client)
        await _note(tx, realm, proven, session_id, client)
    return tokens, proven.account.id


async def _prove(db: Database, settings: Settings, realm: Realm, email: str, password: str, client: Client) -> Proven:
    """The account, its password proven. Every refusal takes the same steps and the same time."""
    email = normal_email(email)
    if not EMAIL.fullmatch(email):
        problem = "This is not an e-mail address."
        raise InvalidInput(problem, errors=[FieldError("email", problem)])
    if len(password) > LONGEST:
        problem = f"A password has at most {LONGEST} characters."
        raise InvalidInput(problem, errors=[FieldError("password", problem)])
    attempt = await throttle.begin(db, settings, realm, email, client.address)
    async with db.read() as reader:
        account = await queries.account_by_email(reader, realm, email)
    verdict = await check_password(password, account.password_hash if account else None)
    is_refused = settings.is_production and password == DEMO_PASSWORD
    if account is None or not verdict.is_right or is_refused:
        LOGINS.labels("failure").inc()
        log.info("sign_in_failed", realm=realm)
        raise _wrong()
    return Proven(account, attempt, verdict.better_hash)


async def _admit(tx: Transaction, realm: Realm, proven: Proven) -> str:
    """The role of the account, which still is as it was when its password was proven. Raises WrongPassword."""
    role = await queries.signed_in(tx, realm, proven.account, proven.better_hash)
    if role is None:
        raise _wrong()
    return role


async def _note(tx: Transaction, realm: Realm, proven: Proven, session_id: UUID, client: Client) -> None:
    """Write down that somebody has signed in."""
    await throttle.succeeded(tx, proven.attempt)
    LOGINS.labels("success").inc()
    log.info("signed_in", realm=realm, account=str(proven.account.id), session=str(session_id))
    if realm == "customer":
        await queries.note_activity(
            tx, proven.account.id, "signed_in", "Signed in.", {"sessionId": str(session_id)}, client
        )


def _wrong() -> WrongPassword:
    return WrongPassword("The e-mail address or the password is wrong.")
