"""The life of a session: begun by a sign-in, kept alive by use, ended by whoever has the right to."""

from collections.abc import Iterable
from uuid import UUID

import structlog

from revivatech.accounts.activity import service as activity
from revivatech.accounts.contracts import UNKNOWN_CLIENT, Client, EndReason, Realm, SessionView, Tokens
from revivatech.accounts.emails.notices import service as mails
from revivatech.accounts.secrets.access_tokens import LIFE_SECONDS, AccessTokens
from revivatech.accounts.secrets.credentials import (
    Presented,
    new_secret,
    successor,
    write_credential,
)
from revivatech.accounts.secrets.keys import keyring
from revivatech.accounts.secrets.user_agents import device_name
from revivatech.accounts.sessions.pending_sign_ins import service as waiting
from revivatech.accounts.sessions.queries import refresh_tokens, sign_in
from revivatech.accounts.sessions.queries import sessions as stored
from revivatech.db import Database, Reader, Transaction
from revivatech.jobs.queue import enqueue
from revivatech.kit import ids
from revivatech.kit.actor import CustomerActor, StaffActor
from revivatech.kit.errors import NotFound, NotSignedIn
from revivatech.realtime.contracts import SessionsEnded
from revivatech.settings import Settings

log = structlog.get_logger(__name__)

IDLE_SECONDS = 7 * 86_400
MOST_SECONDS = 30 * 86_400
# A client that lost the answer of its refresh may ask again for this long.
GRACE_SECONDS = 30
LONGEST_REFRESH_TOKEN = 128


# ------------------------------------------------------------------ beginning


async def begin_with_tokens(
    tx: Transaction, access: AccessTokens, realm: Realm, owner_id: UUID, role: str, client: Client
) -> tuple[UUID, Tokens]:
    """A new session of an API client, and its first tokens."""
    session_id = await stored.add(
        tx, realm, owner_id, client, secret_hash=None, idle_seconds=IDLE_SECONDS, most_seconds=MOST_SECONDS
    )
    refresh_token = ids.new_secret()
    await refresh_tokens.add(tx, realm, session_id, ids.digest(refresh_token))
    return session_id, Tokens(access.issue(realm, owner_id, session_id, role), refresh_token, LIFE_SECONDS)


async def begin_with_credential(tx: Transaction, realm: Realm, owner_id: UUID, client: Client) -> tuple[UUID, str]:
    """A new session of a browser, and the credential for its cookie."""
    secret, secret_hash = new_secret()
    session_id = await stored.add(
        tx, realm, owner_id, client, secret_hash=secret_hash, idle_seconds=IDLE_SECONDS, most_seconds=MOST_SECONDS
    )
    return session_id, write_credential(owner_id, session_id, secret)


# ------------------------------------------------------------------ refreshing


async def refresh(
    db: Database, settings: Settings, access: AccessTokens, realm: Realm, refresh_token: str, client: Client
) -> Tokens:
    """The tokens that follow: the same refresh token for everybody who asks with this one within the grace time.

    Raises NotSignedIn when the token is not one of ours or its session is over. A token that was replaced longer ago
    was stolen from its owner or from us: the session ends.
    """
    if not refresh_token.isascii() or len(refresh_token) > LONGEST_REFRESH_TOKEN:
        raise _refused()
    candidates = _successors(settings, refresh_token)
    async with db.transaction() as tx:
        holder = await refresh_tokens.claim(tx, realm, ids.digest(refresh_token))
        if holder is not None:
            fresh = next(iter(candidates.values()))
            await refresh_tokens.add(tx, realm, holder.session_id, ids.digest(fresh))
            if not await stored.extend(tx, realm, holder.session_id, IDLE_SECONDS):
                raise _refused()
            token = access.issue(realm, holder.owner_id, holder.session_id, holder.role)
            return Tokens(token, fresh, LIFE_SECONDS)
        spent = await refresh_tokens.spent(tx, realm, ids.digest(refresh_token), list(candidates), GRACE_SECONDS)
        if spent is not None and spent.is_alive:
            if spent.is_fresh and spent.successor is not None:
                token = access.issue(realm, spent.owner_id, spent.session_id, spent.role)
                return Tokens(token, candidates[spent.successor], LIFE_SECONDS)
            await _end_for_reuse(tx, realm, spent, client)
    # Raised only now: what the reuse has ended must be committed.
    raise _refused()


def _successors(settings: Settings, refresh_token: str) -> dict[bytes, str]:
    """By its hash, each token that may follow this one: a new key does not change who came before it."""
    tokens = [successor(key, refresh_token) for key in keyring(settings.secret_key, "refresh token").keys]
    return {ids.digest(token): token for token in tokens}


async def _end_for_reuse(tx: Transaction, realm: Realm, spent: refresh_tokens.SpentToken, client: Client) -> None:
    ended = await stored.end(tx, realm, spent.owner_id, spent.session_id, "reuse")
    await tell_ended(tx, [ended] if ended else [], "reuse")
    owner = await sign_in.arriving(tx, realm, spent.owner_id)
    if ended is not None and owner is not None and owner.email is not None:
        await mails.post(tx, realm, spent.owner_id, "session_reuse", owner.email)
    log.warning("refresh_token_reused", realm=realm, account=str(spent.owner_id), session=str(spent.session_id))
    if realm == "customer":
        await activity.note(tx, spent.owner_id, "session_ended_for_reuse", client, sessionId=str(spent.session_id))


def _refused() -> NotSignedIn:
    return NotSignedIn("The session has ended. Please sign in again.", headers={"WWW-Authenticate": "Bearer"})


# ------------------------------------------------------------------ ending


async def sign_out(
    db: Database,
    settings: Settings,
    realm: Realm,
    *,
    session: tuple[UUID, UUID] | None = None,
    credential: Presented | None = None,
    refresh_token: str | None = None,
    challenge_token: str | None = None,
) -> None:
    """End the sessions that the caller has proven to hold: by access token (owner and session), cookie, refresh token.

    A sign-in that waits for its second factor ends too, by its challenge token.

    What is over already stays so: being signed out is what was asked.
    """
    async with db.transaction() as tx:
        ended = []
        if session is not None:
            ended.append(await stored.end(tx, realm, *session, "logout"))
        if credential is not None:
            ended.append(await end_by_credential(tx, realm, credential))
        if refresh_token is not None and refresh_token.isascii():
            ended.append(await stored.end_of_token(tx, realm, ids.digest(refresh_token), "logout"))
        if challenge_token is not None:
            await waiting.end(tx, settings, realm, challenge_token)
        await tell_ended(tx, [one for one in ended if one is not None], "logout")


async def end_by_credential(tx: Transaction, realm: Realm, credential: Presented) -> stored.Ended | None:
    """The browser's session that this ended, None where it was over."""
    return await stored.end(
        tx, realm, credential.owner_id, credential.session_id, "logout", secret_hash=credential.secret_hash
    )


async def end_one(
    db: Database, realm: Realm, owner_id: UUID, session_id: UUID, client: Client = UNKNOWN_CLIENT
) -> None:
    """End one of the account's own sessions. Raises NotFound where it is over or somebody else's."""
    async with db.transaction() as tx:
        ended = await stored.end(tx, realm, owner_id, session_id, "revoked")
        if ended is None:
            raise NotFound
        await tell_ended(tx, [ended], "revoked")
        if realm == "customer":
            await activity.note(tx, owner_id, "session_ended", client)


async def leave_others(
    db: Database, realm: Realm, owner_id: UUID, session_id: UUID, client: Client = UNKNOWN_CLIENT
) -> None:
    """Stay signed in here alone."""
    async with db.transaction() as tx:
        ended = await end_others(tx, realm, owner_id, session_id)
        if ended and realm == "customer":
            await activity.note(tx, owner_id, "other_sessions_ended", client)


async def end_all(tx: Transaction, realm: Realm, owner_id: UUID, reason: EndReason) -> None:
    """End every session of an account, and every sign-in that waits for its second factor."""
    await waiting.end_all(tx, realm, owner_id)
    await tell_ended(tx, await stored.end_all(tx, realm, owner_id, reason), reason)


async def end_others(
    tx: Transaction, realm: Realm, owner_id: UUID, session_id: UUID, reason: EndReason = "revoked"
) -> int:
    """End every session of an account but that one; how many there were."""
    await waiting.end_all(tx, realm, owner_id)
    ended = await stored.end_all(tx, realm, owner_id, reason, but=session_id)
    await tell_ended(tx, ended, reason)
    return len(ended)


async def tell_ended(tx: Transaction, ended: Iterable[stored.Ended], reason: EndReason) -> None:
    """Have the ended sessions refused and their sockets closed at once after the commit.

    The fact acts at once; the job does the same once more, for the case that this process dies in between.
    """
    owners: dict[UUID, list[UUID]] = {}
    for one in ended:
        owners.setdefault(one.owner_id, []).append(one.id)
    for owner_id, session_ids in owners.items():
        tx.note(SessionsEnded(owner_id, tuple(session_ids), reason))
        await enqueue(
            tx,
            "accounts:forget_sessions",
            owner_id=str(owner_id),
            session_ids=",".join(str(session_id) for session_id in session_ids),
        )


# ------------------------------------------------------------------ looking


async def sessions_of(db: Database, realm: Realm, actor: CustomerActor | StaffActor) -> list[SessionView]:
    """Return where the account is signed in, the last used first."""
    async with db.read() as reader:
        rows = await stored.living(reader, realm, actor.id)
    return [
        SessionView(
            id=row.id,
            device=device_name(row.user_agent or ""),
            ip_address=row.ip_address,
            created_at=row.created_at,
            last_used_at=row.last_used_at,
            current=row.id == actor.session_id,
        )
        for row in rows
    ]


async def require_session(reader: Reader, realm: Realm, owner_id: UUID, session_id: UUID) -> None:
    """Raise NotFound unless the session is one of the account's own and not over."""
    if not await stored.is_living(reader, realm, owner_id, session_id):
        raise NotFound
