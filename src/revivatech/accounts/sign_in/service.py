"""Signing in: one way for customers and staff, for API clients and browsers."""

import structlog

from revivatech.accounts.contracts import (
    Client,
    CustomerSignIn,
    Realm,
    SecondStep,
    StaffSignIn,
    WrongPassword,
)
from revivatech.accounts.directory import account_summary
from revivatech.accounts.ports import RepairCounts
from revivatech.accounts.secrets.access_tokens import AccessTokens
from revivatech.accounts.secrets.credentials import Presented
from revivatech.accounts.secrets.passwords import DEMO_PASSWORD, LONGEST, check_password
from revivatech.accounts.sessions import throttle
from revivatech.accounts.sessions.queries import sign_in
from revivatech.accounts.sessions.start_session import (
    ClientArrival,
    SignInResult,
    arrive_browser,
    arrive_client,
)
from revivatech.db import Database, Transaction
from revivatech.kit.email import lookup_forms
from revivatech.kit.errors import FieldError, InvalidInput, Unavailable
from revivatech.kit.structs import Value
from revivatech.settings import Settings
from revivatech.web.metrics import LOGINS

log = structlog.get_logger(__name__)


class Proven(Value, frozen=True):
    """An account whose password was right, and the attempt that proved it."""

    account: sign_in.Account
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
    proof: str = "",
) -> CustomerSignIn | SecondStep:
    """Return a new session of a customer's API client, or what waits for the second factor.

    `proof` answers a challenge of `proof_of_work`, where one is asked. Raises WrongPassword, TooManyFailures,
    ProofOfWorkNeeded, InvalidInput.
    """
    arrival = await _sign_in_client(db, settings, access, "customer", email, password, client, proof)
    return await customer_answer(db, arrival, repair_counts)


async def sign_in_staff(
    db: Database, settings: Settings, access: AccessTokens, email: str, password: str, client: Client, proof: str = ""
) -> StaffSignIn | SecondStep:
    """Return a new session of a staff member's API client, or what waits for the second factor.

    Raises WrongPassword, TooManyFailures, ProofOfWorkNeeded, InvalidInput.
    """
    return await staff_answer(db, await _sign_in_client(db, settings, access, "staff", email, password, client, proof))


async def sign_in_browser(
    db: Database,
    settings: Settings,
    realm: Realm,
    email: str,
    password: str,
    client: Client,
    presented: Presented | None,
    proof: str = "",
) -> SignInResult:
    """Return a new browser session, or what waits for the second factor; the session that the browser came with ends.

    Raises WrongPassword, TooManyFailures, ProofOfWorkNeeded, InvalidInput.
    """
    proven = await _prove(db, settings, realm, email, password, client, proof)
    async with db.transaction() as tx:
        await _hold(tx, realm, proven)
        return await arrive_browser(tx, settings, realm, proven.account.id, client, presented)


async def customer_answer(
    db: Database, arrival: ClientArrival, repair_counts: RepairCounts
) -> CustomerSignIn | SecondStep:
    """Return what a customer's client is answered once a factor was proven."""
    if arrival.tokens is None:
        return arrival.second_step()
    async with db.read() as reader:
        profile = await account_summary.customer_profile(reader, arrival.owner_id, repair_counts)
    tokens = arrival.tokens
    return CustomerSignIn(tokens.access_token, tokens.refresh_token, tokens.expires_in, profile)


async def staff_answer(db: Database, arrival: ClientArrival) -> StaffSignIn | SecondStep:
    """Return what a staff member's client is answered once a factor was proven."""
    if arrival.tokens is None:
        return arrival.second_step()
    async with db.read() as reader:
        profile = await account_summary.staff_profile(reader, arrival.owner_id)
    tokens = arrival.tokens
    return StaffSignIn(tokens.access_token, tokens.refresh_token, tokens.expires_in, profile)


async def _sign_in_client(
    db: Database,
    settings: Settings,
    access: AccessTokens,
    realm: Realm,
    email: str,
    password: str,
    client: Client,
    proof: str,
) -> ClientArrival:
    proven = await _prove(db, settings, realm, email, password, client, proof)
    async with db.transaction() as tx:
        await _hold(tx, realm, proven)
        return await arrive_client(tx, settings, access, realm, proven.account.id, client)


async def _prove(
    db: Database, settings: Settings, realm: Realm, email: str, password: str, client: Client, proof: str
) -> Proven:
    """Return the account, its password proven. Every refusal takes the same steps and the same time."""
    emails = lookup_forms(email)
    if len(password) > LONGEST:
        problem = f"A password has at most {LONGEST} characters."
        raise InvalidInput(problem, errors=[FieldError("password", problem)])
    attempt = await throttle.begin(db, settings, realm, emails, client, proof)
    async with db.read() as reader:
        account = await sign_in.account_by_email(reader, realm, emails)
    kept_hash = account.password_hash if account else None
    try:
        verdict = await check_password(password, kept_hash, may_wait_longer=attempt.is_known)
    except Unavailable:
        # Nobody looked at the password, so nobody has failed.
        async with db.transaction() as tx:
            await throttle.succeeded(tx, attempt)
        raise
    is_refused = settings.is_production and password == DEMO_PASSWORD
    if account is None or not verdict.is_right or is_refused:
        LOGINS.labels("failed").inc()
        log.info("sign_in_failed", realm=realm)
        raise _wrong()
    return Proven(account, attempt, verdict.better_hash)


async def _hold(tx: Transaction, realm: Realm, proven: Proven) -> None:
    """Lock the account, which still is as it was when its password was proven, and take the failure back.

    Raises WrongPassword.
    """
    if not await sign_in.still_proven(tx, realm, proven.account, proven.better_hash):
        raise _wrong()
    await throttle.succeeded(tx, proven.attempt)


def _wrong() -> WrongPassword:
    return WrongPassword("The e-mail address or the password is wrong.")
