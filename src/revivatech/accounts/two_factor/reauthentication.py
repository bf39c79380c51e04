"""Proof that it is really the owner who asks, before anything that would hand the account over."""

from collections.abc import Mapping
from typing import ClassVar, Self
from uuid import UUID

from revivatech.accounts.contracts import Realm
from revivatech.accounts.secrets.passwords import LONGEST, check_password
from revivatech.accounts.sessions import throttle
from revivatech.accounts.sessions.queries import sign_in
from revivatech.accounts.two_factor import verify_code
from revivatech.accounts.two_factor.contracts import LONGEST_CODE
from revivatech.db import Database
from revivatech.kit.errors import FieldError, NotAllowed, Unavailable
from revivatech.kit.i18n import marked
from revivatech.kit.structs import Value
from revivatech.settings import Settings
from revivatech.web.forms import fields_of

NO_PASSWORD = marked("Enter your password.")
NO_CURRENT_PASSWORD = marked("Enter your current password.")
NO_CODE = marked("Enter a code from your app, or a recovery code.")


class ProofNeeded(NotAllowed):
    """The password, or the second factor, was missing or wrong; the session stays."""

    code: ClassVar[str] = "proof_needed"


class OwnProof(Value, frozen=True):
    """A proof of identity: the password, and a code where the account asks for one."""

    password: str
    code: str = ""

    @classmethod
    def of(cls, form: Mapping[str, object]) -> Self:
        """As it was typed; of more than a password or a code may have, so much as is never right."""
        typed = fields_of(form)
        return cls(typed["password"][: LONGEST + 1], typed["code"][: LONGEST_CODE + 1])


async def prove(
    db: Database,
    settings: Settings,
    realm: Realm,
    owner_id: UUID,
    *,
    password: str,
    address: str | None,
    code: str | None = None,
) -> None:
    """Return when the password is the account's, and the code right where one is asked.

    With a `code` (an empty one too), an account with a second factor on must prove it as well: see `prove_second`.
    Raises ProofNeeded (403, names `password` or `code`) and TooManyFailures.
    """
    if not password:
        await require_typed(db, realm, owner_id, OwnProof(password, "-" if code is None else code))
    await prove_first(db, settings, realm, owner_id, password=password, address=address)
    if code is not None:
        await prove_second(db, settings, realm, owner_id, code)


async def require_typed(db: Database, realm: Realm, owner_id: UUID, own: OwnProof) -> None:
    """Return when everything that the account is asked for was typed, right or wrong.

    Raises ProofNeeded, which names each field that was left empty.
    """
    errors = [] if own.password else [FieldError("password", NO_PASSWORD)]
    if not own.code and await verify_code.is_asked(db, realm, owner_id):
        errors.append(FieldError("code", NO_CODE))
    if errors:
        raise ProofNeeded(errors[0].message, errors=errors)


async def prove_first(
    db: Database, settings: Settings, realm: Realm, owner_id: UUID, *, password: str, address: str | None
) -> sign_in.OwnAccount:
    """The account as it is while this is its password.

    Counted like a sign-in, so that a stolen session is no way around the limit (R11). Raises ProofNeeded (403, names
    `password`) and TooManyFailures.
    """
    if not password:
        raise _needed("password", NO_PASSWORD)
    async with db.read() as reader:
        account = await sign_in.account_by_id(reader, realm, owner_id)
    attempt = await throttle.begin_proof(db, settings, realm, owner_id, address)
    kept_hash = account.password_hash if account else None
    try:
        verdict = await check_password(password, kept_hash, may_wait_longer=True)
    except Unavailable:
        async with db.transaction() as tx:
            await throttle.succeeded(tx, attempt)
        raise
    if account is None or not verdict.is_right:
        raise _needed("password", marked("The password is wrong."))
    async with db.transaction() as tx:
        await throttle.succeeded(tx, attempt)
    return account


async def prove_second(db: Database, settings: Settings, realm: Realm, owner_id: UUID, code: str) -> None:
    """Return when the account has no second factor on, or this is one of its codes, which is used up by that (R34).

    Raises ProofNeeded (403, names `code`) and TooManyFailures.
    """
    if not await verify_code.is_asked(db, realm, owner_id):
        return
    if not code:
        raise _needed("code", NO_CODE)
    if not await verify_code.prove_code(db, settings, realm, owner_id, code):
        raise _needed("code", await verify_code.why_wrong(db, settings, realm, owner_id, code))


def _needed(field: str, problem: str) -> ProofNeeded:
    return ProofNeeded(problem, errors=[FieldError(field, problem)])
