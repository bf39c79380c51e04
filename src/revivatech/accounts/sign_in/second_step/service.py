"""The second step of a sign-in: a code, a recovery code or a passkey, after the first factor was proven."""

from uuid import UUID

import structlog

from revivatech.accounts.contracts import Client, Realm
from revivatech.accounts.secrets.access_tokens import AccessTokens
from revivatech.accounts.secrets.credentials import Presented
from revivatech.accounts.sessions.known_devices import service as known
from revivatech.accounts.sessions.pending_sign_ins import service as waiting
from revivatech.accounts.sessions.pending_sign_ins.service import ChallengeOver
from revivatech.accounts.sessions.queries import sign_in
from revivatech.accounts.sessions.start_session import (
    ClientArrival,
    SignInResult,
    arrive_browser,
    arrive_client,
)
from revivatech.accounts.sessions.throttle import Attempt
from revivatech.accounts.two_factor import attempt_limit, verify_code
from revivatech.accounts.two_factor.contracts import WrongCode
from revivatech.db import Database, Transaction
from revivatech.kit.structs import Value
from revivatech.settings import Settings
from revivatech.web.metrics import LOGINS

log = structlog.get_logger(__name__)


class Answer(Value, frozen=True):
    """An answer to the challenge: a code of the app, or a recovery code."""

    challenge_token: str
    code: str = ""
    recovery_code: str = ""


async def finish_client(
    db: Database, settings: Settings, access: AccessTokens, realm: Realm, answer: Answer, client: Client
) -> ClientArrival:
    """The session of a program. Raises ChallengeOver, WrongCode, TooManyFailures."""
    pending_id, owner_id, attempt = await _count(db, settings, realm, answer, client)
    async with db.transaction() as tx:
        await _check(tx, settings, realm, pending_id, owner_id, answer, attempt, client)
        return await arrive_client(tx, settings, access, realm, owner_id, client, shown="both")


async def finish_browser(
    db: Database, settings: Settings, realm: Realm, answer: Answer, client: Client, presented: Presented | None
) -> SignInResult:
    """The session of a browser. Raises ChallengeOver, WrongCode, TooManyFailures."""
    pending_id, owner_id, attempt = await _count(db, settings, realm, answer, client)
    async with db.transaction() as tx:
        await _check(tx, settings, realm, pending_id, owner_id, answer, attempt, client)
        return await arrive_browser(tx, settings, realm, owner_id, client, presented, shown="both")


async def _count(
    db: Database, settings: Settings, realm: Realm, answer: Answer, client: Client
) -> tuple[UUID, UUID, Attempt]:
    """Count the try for the waiting sign-in and for the account, committed before anything is compared (R34)."""
    async with db.transaction() as tx:
        pending_id, owner_id = await waiting.count_try(tx, settings, realm, answer.challenge_token)
        fingerprint = await known.fingerprint_of(tx, realm, owner_id, client)
        place = attempt_limit.known_browser(fingerprint) if fingerprint else attempt_limit.SIGN_IN
        return pending_id, owner_id, await attempt_limit.begin(tx, settings, realm, owner_id, place)


async def _check(
    tx: Transaction,
    settings: Settings,
    realm: Realm,
    pending_id: UUID,
    owner_id: UUID,
    answer: Answer,
    attempt: Attempt,
    client: Client,
) -> None:
    # The account's row first, as everybody does, so that nobody waits in a circle.
    if await sign_in.arriving(tx, realm, owner_id) is None:
        raise ChallengeOver
    is_right = (
        await verify_code.use_app_code(tx, settings, realm, owner_id, answer.code)
        if answer.code
        else await verify_code.use_recovery_code(tx, settings, realm, owner_id, answer.recovery_code, client)
    )
    if not is_right:
        LOGINS.labels("failed").inc()
        log.info("second_factor_wrong", realm=realm, account=str(owner_id))
        expired = bool(answer.code) and await verify_code.has_expired(tx, settings, realm, owner_id, answer.code)
        raise WrongCode("clock_slow" if expired else None)
    await waiting.spend(tx, realm, pending_id)
    await attempt_limit.right(tx, attempt)
