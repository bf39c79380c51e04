"""Proof that it is really the owner who asks, before anything that would hand the account over."""

from typing import ClassVar
from uuid import UUID

from revivatech.accounts import queries, throttle
from revivatech.accounts.contracts import Realm
from revivatech.accounts.passwords import check_password
from revivatech.db import Database
from revivatech.kit.errors import FieldError, NotAllowed
from revivatech.settings import Settings


class ProofNeeded(NotAllowed):
    """The password, or the second factor, was missing or wrong; the session stays."""

    code: ClassVar[str] = "proof_needed"


async def prove(
    db: Database,
    settings: Settings,
    realm: Realm,
    owner_id: UUID,
    *,
    password: str,
    address: str | None,
) -> None:
    """Return when the password is the account's. Raises ProofNeeded (403, names `password`) and TooManyFailures.

    Counted like a sign-in, so that a stolen session is no way around the limit (R11).
    """
    async with db.read() as reader:
        account = await queries.account_by_id(reader, realm, owner_id)
    attempt = await throttle.begin(db, settings, realm, account.email if account else str(owner_id), address)
    verdict = await check_password(password, account.password_hash if account else None)
    if not verdict.is_right:
        problem = "The password is wrong."
        raise ProofNeeded(problem, errors=[FieldError("password", problem)])
    async with db.transaction() as tx:
        await throttle.succeeded(tx, attempt)
