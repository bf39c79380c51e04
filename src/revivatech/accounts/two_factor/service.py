"""Setting up, changing and turning off the second factor: each with proof, each told by mail."""

from uuid import UUID

from revivatech.accounts.contracts import Client, Realm
from revivatech.accounts.emails.links import service as links
from revivatech.accounts.emails.links.service import OPENING
from revivatech.accounts.secrets.password_rules import hash_new, known_of
from revivatech.accounts.secrets.passwords import SHORTEST
from revivatech.accounts.sessions import service as sessions
from revivatech.accounts.sessions.mfa_policy import needs_second_factor
from revivatech.accounts.sessions.queries import sign_in
from revivatech.accounts.two_factor import (
    attempt_limit,
    queries,
    reauthentication,
    recovery,
    totp,
    verify_code,
)
from revivatech.accounts.two_factor.contracts import (
    EmailNotVerified,
    Enrolment,
    FactorKept,
    FactorOff,
    FactorState,
    NewPasswordNeeded,
    NothingBegun,
    RecoveryCodes,
    WrongNewCode,
)
from revivatech.accounts.two_factor.reauthentication import ProofNeeded
from revivatech.db import Database, Reader, Transaction
from revivatech.kit.errors import FieldError, NotSignedIn
from revivatech.kit.i18n import marked
from revivatech.settings import Settings
from revivatech.shop import service as shop

# A phone's clock that is wrong by up to an hour is told at set-up.
CLOCK_STEPS = 120


async def state(reader: Reader, settings: Settings, realm: Realm, owner_id: UUID) -> FactorState:
    """Return what the account has set up. Raises NotSignedIn when it has just gone."""
    owner = await _owner(reader, realm, owner_id)
    found = await queries.state(reader, realm, owner_id)
    return FactorState(
        enabled=owner.two_factor_enabled,
        since=found.proven_at,
        recovery_codes_left=found.recovery_codes_left,
        passkeys=found.passkeys,
        required=needs_second_factor(settings, realm, owner.role),
    )


async def enable(
    db: Database, settings: Settings, realm: Realm, owner_id: UUID, *, password: str, address: str | None
) -> Enrolment:
    """A fresh secret to be proven within 15 minutes; one that counts already goes on counting until then (R32).

    Raises ProofNeeded, TooManyFailures, EmailNotVerified (R14).
    """
    await reauthentication.prove(db, settings, realm, owner_id, password=password, address=address)
    secret = totp.new_secret()
    async with db.transaction() as tx:
        owner = await _hold(tx, realm, owner_id)
        if not owner.email_verified or owner.email is None:
            raise EmailNotVerified
        await queries.set_candidate(tx, realm, owner_id, totp.encrypt(settings, realm, owner_id, secret))
        issuer = (await shop.current(tx)).name
    uri = totp.address_of(secret, issuer, owner.email)
    return Enrolment(totp.grouped(secret), uri, totp.qr_svg(uri))


async def verify(
    db: Database,
    settings: Settings,
    realm: Realm,
    owner_id: UUID,
    session_id: UUID,
    *,
    code: str,
    current_code: str,
    client: Client,
) -> RecoveryCodes:
    """Turn the second factor on, or move it to the new app; fresh recovery codes come back, shown this once.

    Where one is on already, `current_code` proves it (R38). Every other session of the account ends. Raises
    WrongNewCode, ProofNeeded, TooManyFailures, NothingBegun.
    """
    is_move = await verify_code.is_asked(db, realm, owner_id)
    if is_move:
        await _prove_current(db, settings, realm, owner_id, current_code, client)
    async with db.transaction() as tx:
        attempt = await attempt_limit.begin(tx, settings, realm, owner_id, attempt_limit.SET_UP)
    async with db.transaction() as tx:
        if (await _hold(tx, realm, owner_id)).two_factor_enabled != is_move:
            # Turned on or off a moment ago, elsewhere: what was proven here is not what is asked now.
            raise NothingBegun
        step = await _step_of_candidate(tx, settings, realm, owner_id, code)
        await queries.promote(tx, realm, owner_id, step)
        await queries.set_enabled(tx, realm, owner_id, is_enabled=True)
        codes = await _new_codes(tx, settings, realm, owner_id)
        await attempt_limit.right(tx, attempt)
        await sessions.end_others(tx, realm, owner_id, session_id)
        await verify_code.tell(tx, realm, owner_id, "second_factor_on", client)
    return RecoveryCodes(codes)


async def disable(  # noqa: PLR0913 - what somebody shows, each by its name
    db: Database,
    settings: Settings,
    realm: Realm,
    owner_id: UUID,
    session_id: UUID,
    *,
    password: str,
    code: str,
    new_password: str = "",
    client: Client,
) -> None:
    """Turn the second factor off; every other session ends.

    Passkeys stay: each is two factors by itself. A password that is too short to stand alone (R1) needs `new_password`
    in its place; the code is used up only once that is settled. Raises ProofNeeded, TooManyFailures, FactorOff,
    FactorKept, NewPasswordNeeded, and InvalidInput and PasswordBlocklisted, which name `newPassword`.
    """
    proven = await reauthentication.prove_first(
        db, settings, realm, owner_id, password=password, address=client.address
    )
    async with db.read() as reader:
        _may_go_without(settings, realm, await _owner(reader, realm, owner_id))
    new_hash = await _hash_alone(db, realm, owner_id, password, new_password)
    await reauthentication.prove_second(db, settings, realm, owner_id, code)
    async with db.transaction() as tx:
        _may_go_without(settings, realm, await _hold(tx, realm, owner_id))
        now = await sign_in.account_by_id(tx, realm, owner_id)
        if now is None or now.password_hash != proven.password_hash:
            # Another one by now, of whose length nothing is known here.
            words = "The password is wrong."
            raise ProofNeeded(words, errors=[FieldError("password", words)])
        if new_hash is not None:
            await _change_password(tx, realm, owner_id, new_hash, client)
        await queries.remove_authenticator(tx, realm, owner_id)
        await queries.set_enabled(tx, realm, owner_id, is_enabled=False)
        await sessions.end_others(tx, realm, owner_id, session_id)
        await verify_code.tell(tx, realm, owner_id, "second_factor_off", client)


async def new_recovery_codes(
    db: Database, settings: Settings, realm: Realm, owner_id: UUID, *, password: str, code: str, client: Client
) -> RecoveryCodes:
    """Ten fresh codes in place of the old ones. Raises ProofNeeded, TooManyFailures, FactorOff."""
    await reauthentication.prove(db, settings, realm, owner_id, password=password, address=client.address, code=code)
    async with db.transaction() as tx:
        if not (await _hold(tx, realm, owner_id)).two_factor_enabled:
            raise FactorOff
        codes = await _new_codes(tx, settings, realm, owner_id)
        await verify_code.tell(tx, realm, owner_id, "recovery_codes_new", client)
    return RecoveryCodes(codes)


def _may_go_without(settings: Settings, realm: Realm, owner: queries.Owner) -> None:
    """Return where there is a second factor that may be turned off. Raises FactorOff, FactorKept."""
    if not owner.two_factor_enabled:
        raise FactorOff
    if needs_second_factor(settings, realm, owner.role):
        raise FactorKept


async def _hash_alone(db: Database, realm: Realm, owner_id: UUID, password: str, new_password: str) -> str | None:
    """The hash of the new password, None where none was given and the present one may stand alone."""
    if not new_password:
        if len(password) < SHORTEST:
            raise NewPasswordNeeded
        return None
    async with db.read() as reader:
        owner = await _owner(reader, realm, owner_id)
    known = await known_of(db, owner.email, owner.first_name, owner.last_name)
    return await hash_new(new_password, known, field="newPassword")


async def _change_password(tx: Transaction, realm: Realm, owner_id: UUID, password_hash: str, client: Client) -> None:
    """Give the account that password; its links end, and its owner is told (R3). The caller ends the sessions."""
    await sign_in.give_password(tx, realm, owner_id, password_hash)
    await links.end(tx, realm, owner_id, *OPENING)
    await verify_code.tell(tx, realm, owner_id, "password_changed", client, address=client.address or "")


async def _step_of_candidate(tx: Transaction, settings: Settings, realm: Realm, owner_id: UUID, code: str) -> int:
    kept = await queries.authenticator(tx, realm, owner_id, verify_code.CANDIDATE_SECONDS)
    if kept is None or kept.candidate is None or not kept.candidate_is_fresh:
        raise NothingBegun
    secret = totp.decrypt(settings, realm, owner_id, kept.candidate)
    if secret is None:
        raise NothingBegun
    step = totp.step_of(secret, totp.normal_code(code), kept.now)
    if step is None:
        # The secret was shown to this very session, so saying more gives nothing away.
        off = totp.steps_off(secret, totp.normal_code(code), kept.now, back=CLOCK_STEPS, ahead=CLOCK_STEPS)
        raise WrongNewCode(None if off is None else "clock_slow" if off < 0 else "clock_fast")
    return step


async def _prove_current(
    db: Database, settings: Settings, realm: Realm, owner_id: UUID, current_code: str, client: Client
) -> None:
    if not current_code or not await verify_code.prove_code(db, settings, realm, owner_id, current_code, client):
        words = marked("Enter a code from your current app, or a recovery code.")
        raise ProofNeeded(words, errors=[FieldError("currentCode", words)])


async def _new_codes(tx: Transaction, settings: Settings, realm: Realm, owner_id: UUID) -> list[str]:
    codes = recovery.new_codes()
    await queries.replace_codes(tx, realm, owner_id, [recovery.hashes_of(settings, code)[0] for code in codes])
    return codes


async def _hold(tx: Transaction, realm: Realm, owner_id: UUID) -> queries.Owner:
    """The account, its row locked before any other of its rows, as everybody does it."""
    await sign_in.arriving(tx, realm, owner_id)
    return await _owner(tx, realm, owner_id)


async def _owner(reader: Reader, realm: Realm, owner_id: UUID) -> queries.Owner:
    owner = await queries.owner(reader, realm, owner_id)
    if owner is None:
        raise NotSignedIn("The account is gone.")
    return owner
