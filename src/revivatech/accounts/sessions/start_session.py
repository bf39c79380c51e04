"""The one way in once somebody's first factor was proven, by password, by a link in a mail or by a passkey.

Where a second factor is on, nothing begins yet: what comes back is a challenge, worth five minutes and one sign-in.
"""

from typing import Literal
from uuid import UUID

import structlog

from revivatech.accounts.activity import service as activity
from revivatech.accounts.contracts import Client, Realm, SecondStep, Tokens, WrongPassword
from revivatech.accounts.secrets.access_tokens import AccessTokens
from revivatech.accounts.secrets.credentials import Presented
from revivatech.accounts.sessions import service as sessions
from revivatech.accounts.sessions.known_devices import service as known
from revivatech.accounts.sessions.pending_sign_ins import service as waiting
from revivatech.accounts.sessions.queries import sign_in
from revivatech.db import Transaction
from revivatech.kit.structs import Value
from revivatech.settings import Settings
from revivatech.web.metrics import LOGINS

log = structlog.get_logger(__name__)

# What was shown so far: one factor, of which a second one may be asked, or both at once, as a passkey is.
Shown = Literal["first", "both"]


class SignInResult(Value, frozen=True):
    """A browser's sign-in: the `credential` for its cookie, or the `challenge` where a second factor is on.

    Exactly one of them is there.
    """

    credential: str | None = None
    challenge: str | None = None


class ClientArrival(Value, frozen=True):
    """A program's sign-in: its `tokens`, or the `challenge` where a second factor is on. Exactly one is there."""

    owner_id: UUID
    tokens: Tokens | None = None
    challenge: str | None = None

    def second_step(self) -> SecondStep:
        """Return what the API answers where a second factor is on."""
        assert self.challenge is not None  # noqa: S101 - asked only without tokens
        return SecondStep(two_factor_required=True, challenge_token=self.challenge)


async def arrive_browser(
    tx: Transaction,
    settings: Settings,
    realm: Realm,
    owner_id: UUID,
    client: Client,
    presented: Presented | None,
    *,
    shown: Shown = "first",
) -> SignInResult:
    """Begin a browser's session; the one that the browser came with (`presented`) ends.

    Raises WrongPassword where the account may not sign in (any more). The account's row is locked.
    """
    account = await _account(tx, realm, owner_id)
    if account.two_factor_enabled and shown == "first":
        return SignInResult(challenge=await waiting.begin(tx, settings, realm, owner_id))
    session_id, credential = await sessions.begin_with_credential(tx, realm, owner_id, client)
    if presented is not None:
        ended = await sessions.end_by_credential(tx, realm, presented)
        await sessions.tell_ended(tx, [ended] if ended else [], "logout")
    await _note(tx, realm, account, session_id, client, is_browser=True)
    return SignInResult(credential=credential)


async def arrive_client(
    tx: Transaction,
    settings: Settings,
    access: AccessTokens,
    realm: Realm,
    owner_id: UUID,
    client: Client,
    *,
    shown: Shown = "first",
) -> ClientArrival:
    """Begin the session of a program that calls the API.

    Raises WrongPassword where the account may not sign in (any more). The account's row is locked.
    """
    account = await _account(tx, realm, owner_id)
    if account.two_factor_enabled and shown == "first":
        return ClientArrival(owner_id, challenge=await waiting.begin(tx, settings, realm, owner_id))
    session_id, tokens = await sessions.begin_with_tokens(tx, access, realm, owner_id, account.role, client)
    await _note(tx, realm, account, session_id, client, is_browser=False)
    return ClientArrival(owner_id, tokens=tokens)


async def _account(tx: Transaction, realm: Realm, owner_id: UUID) -> sign_in.Arriving:
    account = await sign_in.arriving(tx, realm, owner_id)
    if account is None:
        raise WrongPassword("The e-mail address or the password is wrong.")
    return account


async def _note(
    tx: Transaction, realm: Realm, account: sign_in.Arriving, session_id: UUID, client: Client, *, is_browser: bool
) -> None:
    """Write down that somebody has signed in, and tell them where it is a device that they did not use before."""
    await sign_in.arrived(tx, realm, account.id)
    await known.note(tx, realm, account.id, account.email, client, is_browser=is_browser)
    LOGINS.labels("success").inc()
    log.info("signed_in", realm=realm, account=str(account.id), session=str(session_id))
    if realm == "customer":
        await activity.note(tx, account.id, "signed_in", client, sessionId=str(session_id))
