"""The tables customer_sessions and staff_sessions: begun, used, ended, forgotten."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from revivatech.accounts.contracts import Client, EndReason, Realm
from revivatech.accounts.realms import for_realms
from revivatech.db import Reader, Transaction, execute, fetch_all, fetch_one, fetch_value, fetch_values, one_changed
from revivatech.kit.structs import Value


class LiveSession(Value, frozen=True):
    """The state that a request is compared with: role, the hash of a browser session's secret, second factor."""

    role: str
    secret_hash: bytes | None
    two_factor_enabled: bool


class Ended(Value, frozen=True):
    """A session that has just ended, and whose it was."""

    id: UUID
    owner_id: UUID


class Session(Value, frozen=True):
    """A session as its owner may see it."""

    id: UUID
    ip_address: str | None
    user_agent: str | None
    created_at: datetime
    last_used_at: datetime


NEW_SESSION = for_realms(
    """
    INSERT INTO {sessions} ({owner}, secret_hash, ip_address, user_agent, expires_at, ends_at)
    VALUES (%(owner)s, %(secret_hash)s, %(address)s::inet, %(user_agent)s,
      now() + make_interval(secs => %(idle)s), now() + make_interval(secs => %(most)s))
    RETURNING id
    """
)
# The use of a session is written at most every half minute; the row that is read is the one before that.
USE_SESSION = for_realms(
    """
    WITH used AS (
      UPDATE {sessions} SET last_used_at = now(), expires_at = least(now() + make_interval(secs => %(idle)s), ends_at)
      WHERE id = %(id)s AND {owner} = %(owner)s AND ended_at IS NULL AND expires_at > now()
        AND last_used_at < now() - interval '30 seconds'
    )
    SELECT {role} AS role, s.secret_hash, a.two_factor_enabled FROM {sessions} s JOIN {accounts} a ON a.id = s.{owner}
    WHERE s.id = %(id)s AND s.{owner} = %(owner)s AND s.ended_at IS NULL AND s.expires_at > now()
      AND a.disabled_at IS NULL
    """
)
EXTEND = for_realms(
    """
    UPDATE {sessions} SET last_used_at = now(), expires_at = least(now() + make_interval(secs => %(idle)s), ends_at)
    WHERE id = %(id)s AND ended_at IS NULL
    """
)
END_SESSION = for_realms(
    """
    UPDATE {sessions} SET ended_at = now(), end_reason = %(reason)s
    WHERE id = %(id)s AND {owner} = %(owner)s AND ended_at IS NULL
      AND (%(secret_hash)s::bytea IS NULL OR secret_hash = %(secret_hash)s)
    RETURNING id, {owner} AS owner_id
    """
)
END_SESSION_OF_TOKEN = for_realms(
    """
    UPDATE {sessions} SET ended_at = now(), end_reason = %(reason)s
    WHERE id = (SELECT session_id FROM {tokens} WHERE token_hash = %(token_hash)s) AND ended_at IS NULL
    RETURNING id, {owner} AS owner_id
    """
)
END_OF_EVERYONE = for_realms(
    """
    UPDATE {sessions} SET ended_at = now(), end_reason = 'revoked'
    WHERE ended_at IS NULL AND expires_at > now() RETURNING id, {owner} AS owner_id
    """
)
END_SESSIONS = for_realms(
    """
    UPDATE {sessions} SET ended_at = now(), end_reason = %(reason)s
    WHERE {owner} = %(owner)s AND ended_at IS NULL AND id IS DISTINCT FROM %(but)s::uuid
    RETURNING id, {owner} AS owner_id
    """
)
SESSIONS = for_realms(
    """
    SELECT id, host(ip_address) AS ip_address, user_agent, created_at, last_used_at FROM {sessions}
    WHERE {owner} = %s AND ended_at IS NULL AND expires_at > now()
    ORDER BY last_used_at DESC, id LIMIT 100
    """
)
OVER = for_realms(
    """
    SELECT asked.id FROM unnest(%s::uuid[]) AS asked (id)
    LEFT JOIN {sessions} s ON s.id = asked.id AND s.ended_at IS NULL AND s.expires_at > now()
    LEFT JOIN {accounts} a ON a.id = s.{owner} AND a.disabled_at IS NULL
    WHERE a.id IS NULL
    """
)
IS_LIVING = for_realms(
    """
    SELECT 1 FROM {sessions} WHERE id = %(id)s AND {owner} = %(owner)s AND ended_at IS NULL AND expires_at > now()
    """
)
FORGET_SESSIONS = for_realms(
    """
    DELETE FROM {sessions}
    WHERE ends_at < now() - interval '30 days' OR ended_at < now() - interval '30 days'
      OR expires_at < now() - interval '30 days'
    """
)


async def add(
    tx: Transaction,
    realm: Realm,
    owner_id: UUID,
    client: Client,
    *,
    secret_hash: bytes | None,
    idle_seconds: int,
    most_seconds: int,
) -> UUID:
    """The id of a new session of that account."""
    session_id: UUID = await fetch_value(
        tx,
        NEW_SESSION[realm],
        {
            "owner": owner_id,
            "secret_hash": secret_hash,
            "address": client.address,
            "user_agent": client.user_agent,
            "idle": idle_seconds,
            "most": most_seconds,
        },
    )
    return session_id


async def use(tx: Transaction, realm: Realm, owner_id: UUID, session_id: UUID, idle_seconds: int) -> LiveSession | None:
    """The session if it lives and its account may sign in, now with its life extended; None otherwise."""
    return await fetch_one(
        tx, LiveSession, USE_SESSION[realm], {"id": session_id, "owner": owner_id, "idle": idle_seconds}
    )


async def extend(tx: Transaction, realm: Realm, session_id: UUID, idle_seconds: int) -> bool:
    """Return whether the session still lives; its idle time starts anew."""
    return await one_changed(tx, EXTEND[realm], {"id": session_id, "idle": idle_seconds})


async def end(
    tx: Transaction,
    realm: Realm,
    owner_id: UUID,
    session_id: UUID,
    reason: EndReason,
    *,
    secret_hash: bytes | None = None,
) -> Ended | None:
    """The session that this ended; None where it was over, is not that owner's, or bears another secret."""
    return await fetch_one(
        tx,
        Ended,
        END_SESSION[realm],
        {"id": session_id, "owner": owner_id, "reason": reason, "secret_hash": secret_hash},
    )


async def end_of_token(tx: Transaction, realm: Realm, token_hash: bytes, reason: EndReason) -> Ended | None:
    """The session that this ended, found by any refresh token of its family; None where there is none alive."""
    return await fetch_one(tx, Ended, END_SESSION_OF_TOKEN[realm], {"token_hash": token_hash, "reason": reason})


async def end_all(
    tx: Transaction, realm: Realm, owner_id: UUID, reason: EndReason, *, but: UUID | None = None
) -> list[Ended]:
    """Every session of that account that this ended: all of them, or all but one."""
    return await fetch_all(tx, Ended, END_SESSIONS[realm], {"owner": owner_id, "reason": reason, "but": but})


async def end_of_everyone(tx: Transaction, realm: Realm) -> list[Ended]:
    """End every living session of the realm and return them."""
    return await fetch_all(tx, Ended, END_OF_EVERYONE[realm])


async def living(reader: Reader, realm: Realm, owner_id: UUID) -> list[Session]:
    """The living sessions of that account, the last used first, at most 100."""
    return await fetch_all(reader, Session, SESSIONS[realm], [owner_id])


async def is_living(reader: Reader, realm: Realm, owner_id: UUID, session_id: UUID) -> bool:
    """Return whether the account has that session and it is not over."""
    return await fetch_value(reader, IS_LIVING[realm], {"id": session_id, "owner": owner_id}) is not None


async def over(reader: Reader, realm: Realm, session_ids: Sequence[UUID]) -> set[UUID]:
    """Those of the sessions that are over, unknown ones among them."""
    return set(await fetch_values(reader, OVER[realm], [list(session_ids)]))


async def forget_old(tx: Transaction) -> None:
    """Delete sessions a month after their end, with their tokens."""
    for statement in FORGET_SESSIONS.values():
        await execute(tx, statement)
