"""Verification of codes, of the app and for recovery; a right one is used up by that."""

from uuid import UUID

import structlog

from revivatech.accounts.activity import service as activity
from revivatech.accounts.contracts import UNKNOWN_CLIENT, Client, Realm
from revivatech.accounts.emails.notices import service as notices
from revivatech.accounts.two_factor import (
    attempt_limit,
    queries,
    recovery,
    totp,
)
from revivatech.accounts.two_factor.contracts import CLOCK_WORDS
from revivatech.db import Database, Transaction
from revivatech.settings import Settings

log = structlog.get_logger(__name__)

# At a sign-in, codes of the last five minutes are told as expired. Those of later are not: whoever guessed one would
# learn a code that is still to come (R35).
EXPIRED_STEPS = 10
# A secret that was shown and not proven within this time is forgotten.
CANDIDATE_SECONDS = 15 * 60


async def is_asked(db: Database, realm: Realm, owner_id: UUID) -> bool:
    """Return whether the account has a second factor on."""
    async with db.read() as reader:
        owner = await queries.owner(reader, realm, owner_id)
    return owner is not None and owner.two_factor_enabled


async def prove_code(
    db: Database, settings: Settings, realm: Realm, owner_id: UUID, code: str, client: Client = UNKNOWN_CLIENT
) -> bool:
    """Return whether the code, given within a session, is right; counted before it is compared.

    Raises TooManyFailures.
    """
    async with db.transaction() as tx:
        attempt = await attempt_limit.begin(tx, settings, realm, owner_id, attempt_limit.SESSION)
    async with db.transaction() as tx:
        if not await use(tx, settings, realm, owner_id, code, client):
            log.info("second_factor_wrong", realm=realm, account=str(owner_id))
            return False
        await attempt_limit.right(tx, attempt)
    return True


async def use(
    tx: Transaction, settings: Settings, realm: Realm, owner_id: UUID, code: str, client: Client = UNKNOWN_CLIENT
) -> bool:
    """Return whether this is a code of the app or a recovery code, which works no more from now on.

    The caller has counted the try.
    """
    return await use_app_code(tx, settings, realm, owner_id, code) or await use_recovery_code(
        tx, settings, realm, owner_id, code, client
    )


async def use_app_code(tx: Transaction, settings: Settings, realm: Realm, owner_id: UUID, code: str) -> bool:
    """Return whether the app shows this code, a step before or after, unused as any later one (R33, R35)."""
    kept = await queries.authenticator(tx, realm, owner_id, CANDIDATE_SECONDS)
    if kept is None or kept.secret is None:
        return False
    secret = totp.decrypt(settings, realm, owner_id, kept.secret)
    if secret is None:
        log.error("second_factor_unreadable", realm=realm, account=str(owner_id))
        return False
    step = totp.step_of(secret, totp.normal_code(code), kept.now)
    if step is None or not await queries.use_step(tx, realm, owner_id, step):
        return False
    if not totp.has_newest_key(settings, kept.secret):
        await queries.keep_secret(tx, realm, owner_id, totp.encrypt(settings, realm, owner_id, secret))
    return True


async def has_expired(tx: Transaction, settings: Settings, realm: Realm, owner_id: UUID, code: str) -> bool:
    """Return whether the app showed this code a few minutes ago: its owner's clock is slow, or they were."""
    kept = await queries.authenticator(tx, realm, owner_id, CANDIDATE_SECONDS)
    secret = totp.decrypt(settings, realm, owner_id, kept.secret) if kept and kept.secret else None
    if kept is None or secret is None:
        return False
    off = totp.steps_off(secret, totp.normal_code(code), kept.now, back=EXPIRED_STEPS, ahead=0)
    return off is not None and off < -totp.DRIFT_STEPS


async def why_wrong(db: Database, settings: Settings, realm: Realm, owner_id: UUID, code: str) -> str:
    """Return what to say of a code that was not right, in English as the services say it."""
    async with db.transaction() as tx:
        expired = await has_expired(tx, settings, realm, owner_id, code)
    return CLOCK_WORDS["clock_slow"] if expired else "The code is wrong, or was used already."


async def use_recovery_code(
    tx: Transaction, settings: Settings, realm: Realm, owner_id: UUID, code: str, client: Client = UNKNOWN_CLIENT
) -> bool:
    """Return whether this was an unused recovery code; its owner is told how many are left (R37)."""
    hashes = recovery.hashes_of(settings, code)
    if not hashes or not await queries.use_code(tx, realm, owner_id, hashes):
        return False
    left = await queries.codes_left(tx, realm, owner_id)
    await tell(tx, realm, owner_id, "recovery_code_used", client, left=str(left))
    return True


async def tell(
    tx: Transaction,
    realm: Realm,
    owner_id: UUID,
    kind: str,
    client: Client = UNKNOWN_CLIENT,
    **facts: str,
) -> None:
    """Tell the owner by mail what happened to their account, and note it in their log."""
    owner = await queries.owner(tx, realm, owner_id)
    if owner is not None and owner.email is not None:
        await notices.post(tx, realm, owner_id, kind, owner.email, link=None, asked_by="anyone", **facts)
    log.info(kind, realm=realm, account=str(owner_id))
    if realm == "customer":
        await activity.note(tx, owner_id, kind, client, **facts)
