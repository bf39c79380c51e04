"""The tables customer_refresh_tokens and staff_refresh_tokens: a family a session, one of it alive."""

from collections.abc import Sequence
from uuid import UUID

from revivatech.accounts.contracts import Realm
from revivatech.accounts.realms import for_realms
from revivatech.db import Reader, Transaction, execute, fetch_one
from revivatech.kit.structs import Value


class Holder(Value, frozen=True):
    """The session that a refresh token belongs to."""

    session_id: UUID
    owner_id: UUID
    role: str


class SpentToken(Value, frozen=True):
    """A refresh token that was replaced already; `successor` is the hash of the candidate that replaced it."""

    session_id: UUID
    owner_id: UUID
    role: str
    is_alive: bool
    is_fresh: bool
    successor: bytes | None


ADD_TOKEN = for_realms("INSERT INTO {tokens} (token_hash, session_id) VALUES (%s, %s)")
CLAIM_TOKEN = for_realms(
    """
    UPDATE {tokens} t SET replaced_at = now() FROM {sessions} s JOIN {accounts} a ON a.id = s.{owner}
    WHERE t.token_hash = %s AND t.replaced_at IS NULL AND s.id = t.session_id
      AND s.ended_at IS NULL AND s.expires_at > now() AND a.disabled_at IS NULL
    RETURNING s.id AS session_id, a.id AS owner_id, {role} AS role
    """
)
SPENT_TOKEN = for_realms(
    """
    SELECT s.id AS session_id, a.id AS owner_id, {role} AS role,
      s.ended_at IS NULL AND s.expires_at > now() AND a.disabled_at IS NULL AS is_alive,
      t.replaced_at > now() - make_interval(secs => %(grace)s) AS is_fresh,
      (SELECT n.token_hash FROM {tokens} n
       WHERE n.session_id = t.session_id AND n.token_hash = ANY (%(candidates)s) LIMIT 1) AS successor
    FROM {tokens} t JOIN {sessions} s ON s.id = t.session_id JOIN {accounts} a ON a.id = s.{owner}
    WHERE t.token_hash = %(hash)s AND t.replaced_at IS NOT NULL
    """
)


async def add(tx: Transaction, realm: Realm, session_id: UUID, token_hash: bytes) -> None:
    """Make this the one live refresh token of the session."""
    await execute(tx, ADD_TOKEN[realm], [token_hash, session_id])


async def claim(tx: Transaction, realm: Realm, token_hash: bytes) -> Holder | None:
    """Mark the token as replaced; None unless it was the live one of a living session."""
    return await fetch_one(tx, Holder, CLAIM_TOKEN[realm], [token_hash])


async def spent(
    reader: Reader, realm: Realm, token_hash: bytes, candidates: Sequence[bytes], grace_seconds: int
) -> SpentToken | None:
    """Return what became of a replaced token; None where it never was one of ours."""
    return await fetch_one(
        reader,
        SpentToken,
        SPENT_TOKEN[realm],
        {"hash": token_hash, "candidates": list(candidates), "grace": grace_seconds},
    )
