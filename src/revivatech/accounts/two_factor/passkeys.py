"""Passkeys: added with proof, named, removed with proof; one of them signs in by itself or is the second factor."""

from typing import Any, NoReturn
from uuid import UUID

import structlog

from revivatech.accounts.contracts import Client, Realm
from revivatech.accounts.secrets.access_tokens import AccessTokens
from revivatech.accounts.secrets.credentials import Presented
from revivatech.accounts.sessions.pending_sign_ins import service as waiting
from revivatech.accounts.sessions.pending_sign_ins import tokens as waiting_tokens
from revivatech.accounts.sessions.pending_sign_ins.service import ChallengeOver
from revivatech.accounts.sessions.queries import sign_in
from revivatech.accounts.sessions.start_session import (
    ClientArrival,
    SignInResult,
    arrive_browser,
    arrive_client,
)
from revivatech.accounts.two_factor import (
    challenges,
    queries,
    reauthentication,
    verify_code,
    webauthn_ceremonies,
)
from revivatech.accounts.two_factor.contracts import (
    EmailNotVerified,
    PasskeyNotAdded,
    PasskeyOptions,
    PasskeyRefused,
    PasskeyView,
)
from revivatech.db import Database, Reader, Transaction
from revivatech.kit.errors import Conflict, FieldError, InvalidInput, NotFound, NotSignedIn
from revivatech.kit.i18n import marked
from revivatech.kit.structs import Value
from revivatech.kit.text import one_line
from revivatech.settings import Settings
from revivatech.shop import service as shop
from revivatech.web.metrics import LOGINS

log = structlog.get_logger(__name__)

MOST = 20
LONGEST_NAME = 60


class Signed(Value, frozen=True):
    """A passkey's answer whose signature holds."""

    credential: queries.Credential
    challenge: bytes
    sign_count: int


# ------------------------------------------------------------------ one's own


async def list_of(reader: Reader, realm: Realm, owner_id: UUID) -> list[PasskeyView]:
    """The account's passkeys, the oldest first."""
    return [_view(row) for row in await queries.passkeys(reader, realm, owner_id)]


async def begin_adding(
    db: Database,
    settings: Settings,
    realm: Realm,
    owner_id: UUID,
    session_id: UUID,
    *,
    password: str,
    code: str,
    address: str | None,
) -> PasskeyOptions:
    """Return what the browser needs to make a passkey, within 5 minutes and in this session.

    Raises ProofNeeded, TooManyFailures, PasskeysUnavailable, EmailNotVerified (R14): who registered with the address of
    another would else keep a way into the account after its owner has taken it.
    """
    webauthn_ceremonies.site_of(settings)
    await reauthentication.prove(db, settings, realm, owner_id, password=password, address=address, code=code)
    async with db.read() as reader:
        owner = await queries.owner(reader, realm, owner_id)
        present = await queries.credentials(reader, realm, owner_id)
        name_of_shop = (await shop.current(reader)).name
    if owner is None:
        raise NotSignedIn("The account is gone.")
    if not owner.email_verified:
        raise EmailNotVerified
    options = await webauthn_ceremonies.registration_options(
        settings,
        challenges.make(settings, realm, "register", f"{owner_id} {session_id}"),
        shop=name_of_shop,
        owner_id=owner_id,
        email=owner.email or str(owner_id),
        name=f"{owner.first_name} {owner.last_name}".strip(),
        present=present,
    )
    return PasskeyOptions(options)


async def add(
    db: Database,
    settings: Settings,
    realm: Realm,
    owner_id: UUID,
    session_id: UUID,
    *,
    name: str,
    credential: dict[str, Any],
    client: Client,
) -> PasskeyView:
    """The new passkey. Raises PasskeyNotAdded, InvalidInput, Conflict where there are 20 already."""
    name = checked_name(name)
    subject = f"{owner_id} {session_id}"
    challenge, made = await webauthn_ceremonies.check_registration(
        settings, credential, lambda shown: challenges.holds(settings, realm, "register", subject, shown)
    )
    async with db.transaction() as tx:
        if await sign_in.arriving(tx, realm, owner_id) is None or not await challenges.spend(tx, challenge):
            raise PasskeyNotAdded
        row = await queries.add_passkey(
            tx,
            realm,
            owner_id,
            credential_id=made.credential_id,
            public_key=made.public_key,
            sign_count=made.sign_count,
            transports=made.transports,
            name=name,
            most=MOST,
        )
        if row is None:
            raise Conflict("This passkey is here already, or there are too many of them.")
        await verify_code.tell(tx, realm, owner_id, "passkey_added", client, passkey=name)
    return _view(row)


async def require_passkey(reader: Reader, realm: Realm, owner_id: UUID, passkey_id: UUID) -> None:
    """Raise NotFound unless the passkey is one of the account's own."""
    if all(row.id != passkey_id for row in await queries.passkeys(reader, realm, owner_id)):
        raise NotFound


async def rename(db: Database, realm: Realm, owner_id: UUID, passkey_id: UUID, name: str) -> PasskeyView:
    """The passkey under its new name. Raises NotFound, InvalidInput."""
    async with db.transaction() as tx:
        await require_passkey(tx, realm, owner_id, passkey_id)
        row = await queries.rename_passkey(tx, realm, owner_id, passkey_id, checked_name(name))
        if row is None:
            raise NotFound
    return _view(row)


async def remove(
    db: Database,
    settings: Settings,
    realm: Realm,
    owner_id: UUID,
    passkey_id: UUID,
    *,
    password: str,
    code: str,
    client: Client,
) -> None:
    """Have the passkey open nothing any more. Raises ProofNeeded, TooManyFailures, NotFound."""
    async with db.read() as reader:
        await require_passkey(reader, realm, owner_id, passkey_id)
    await reauthentication.prove(db, settings, realm, owner_id, password=password, address=client.address, code=code)
    async with db.transaction() as tx:
        row = await queries.remove_passkey(tx, realm, owner_id, passkey_id)
        if row is None:
            raise NotFound
        await verify_code.tell(tx, realm, owner_id, "passkey_removed", client, passkey=row.name)


# ------------------------------------------------------------------ signing in


async def sign_in_options(settings: Settings, realm: Realm) -> PasskeyOptions:
    """Return what the browser needs to sign in with any passkey it has for this site. Raises PasskeysUnavailable."""
    webauthn_ceremonies.site_of(settings)
    challenge = challenges.make(settings, realm, "sign_in", "")
    return PasskeyOptions(await webauthn_ceremonies.authentication_options(settings, challenge))


async def second_step_options(db: Database, settings: Settings, realm: Realm, challenge_token: str) -> PasskeyOptions:
    """Return what the browser needs to give a passkey as the second factor. Raises ChallengeOver, PasskeysUnavailable.

    Raises NotFound for an account without passkeys.
    """
    webauthn_ceremonies.site_of(settings)
    async with db.read() as reader:
        owner_id = await waiting.look(reader, settings, realm, challenge_token)
        allowed = await queries.credentials(reader, realm, owner_id) if owner_id else []
    if owner_id is None:
        raise ChallengeOver
    if not allowed:
        raise NotFound
    challenge = challenges.make(settings, realm, "second_step", challenge_token)
    return PasskeyOptions(await webauthn_ceremonies.authentication_options(settings, challenge, allowed))


async def arrive_client_by_passkey(
    db: Database,
    settings: Settings,
    access: AccessTokens,
    realm: Realm,
    credential: dict[str, Any],
    client: Client,
    *,
    challenge_token: str = "",
) -> ClientArrival:
    """The session of a program, by a passkey alone or as the second factor. Raises PasskeyRefused, ChallengeOver."""
    signed = await _check(db, settings, realm, credential, challenge_token)
    async with db.transaction() as tx:
        await _use(tx, settings, realm, signed, challenge_token)
        return await arrive_client(tx, settings, access, realm, signed.credential.owner_id, client, shown="both")


async def arrive_browser_by_passkey(
    db: Database,
    settings: Settings,
    realm: Realm,
    credential: dict[str, Any],
    client: Client,
    presented: Presented | None,
    *,
    challenge_token: str = "",
) -> SignInResult:
    """The session of a browser, by a passkey alone or as the second factor. Raises PasskeyRefused, ChallengeOver."""
    signed = await _check(db, settings, realm, credential, challenge_token)
    async with db.transaction() as tx:
        await _use(tx, settings, realm, signed, challenge_token)
        return await arrive_browser(tx, settings, realm, signed.credential.owner_id, client, presented, shown="both")


async def _check(
    db: Database, settings: Settings, realm: Realm, answer: dict[str, Any], challenge_token: str
) -> Signed:
    """The answer, whose challenge is ours and whose signature holds. Raises PasskeyRefused, PasskeysUnavailable."""
    webauthn_ceremonies.site_of(settings)
    purpose: challenges.Purpose = "second_step" if challenge_token else "sign_in"
    try:
        shown = await webauthn_ceremonies.look(answer)
        credential = None
        if challenges.holds(settings, realm, purpose, challenge_token, shown.challenge):
            async with db.read() as reader:
                credential = await queries.credential(reader, realm, shown.credential_id)
        if credential is None or not _is_owners(shown, credential, challenge_token):
            _refuse()
        sign_count = await webauthn_ceremonies.check_authentication(settings, answer, shown.challenge, credential)
    except PasskeyRefused:
        LOGINS.labels("failed").inc()
        log.info("passkey_refused", realm=realm)
        raise
    return Signed(credential, shown.challenge, sign_count)


def _is_owners(shown: webauthn_ceremonies.Shown, credential: queries.Credential, challenge_token: str) -> bool:
    """Return whether the device names the owner; it must where nobody else has (WebAuthn level 3, 7.2, step 6)."""
    if shown.user_handle:
        return shown.user_handle == credential.owner_id.bytes
    return bool(challenge_token)


def _refuse() -> NoReturn:
    raise PasskeyRefused


async def _use(tx: Transaction, settings: Settings, realm: Realm, signed: Signed, challenge_token: str) -> None:
    """Use up the challenge, the counter and the waiting sign-in, which must be of the passkey's owner."""
    # The account's row first, as everybody does, so that nobody waits in a circle.
    if await sign_in.arriving(tx, realm, signed.credential.owner_id) is None:
        raise PasskeyRefused
    if not await challenges.spend(tx, signed.challenge):
        raise PasskeyRefused
    if not await queries.use_passkey(tx, realm, signed.credential, signed.sign_count):
        raise PasskeyRefused
    if challenge_token:
        owner_id = await waiting.look(tx, settings, realm, challenge_token)
        pending_id = waiting_tokens.read(settings, realm, challenge_token)
        if owner_id != signed.credential.owner_id or pending_id is None:
            raise ChallengeOver
        await waiting.spend(tx, realm, pending_id)


def _view(row: queries.Passkey) -> PasskeyView:
    return PasskeyView(row.id, row.name, row.created_at, row.last_used_at)


def checked_name(text: str) -> str:
    """Return the name of a passkey as it is kept. Raises InvalidInput, which names `name`."""
    name = one_line(text)
    if not 1 <= len(name) <= LONGEST_NAME:
        problem = marked("Enter a name of 1 to 60 characters.")
        raise InvalidInput(problem, errors=[FieldError("name", problem)])
    return name
