"""The tables customer_pending_sign_ins and staff_pending_sign_ins."""

from uuid import UUID

from revivatech.accounts.contracts import Realm
from revivatech.accounts.realms import for_realms
from revivatech.db import Reader, Transaction, execute, fetch_value, one_changed

NEW = for_realms(
    "INSERT INTO {pending} ({owner}, expires_at) VALUES (%s, now() + make_interval(secs => %s)) RETURNING id"
)
OWNER_OF = for_realms(
    "SELECT {owner} FROM {pending} WHERE id = %s AND ended_at IS NULL AND expires_at > now() AND attempts < %s"
)
COUNT = for_realms(
    """
    UPDATE {pending} SET attempts = attempts + 1
    WHERE id = %s AND ended_at IS NULL AND expires_at > now() AND attempts < %s
    RETURNING {owner}
    """
)
SPEND = for_realms("UPDATE {pending} SET ended_at = now() WHERE id = %s AND ended_at IS NULL AND expires_at > now()")
END_ALL = for_realms("UPDATE {pending} SET ended_at = now() WHERE {owner} = %s AND ended_at IS NULL")
FORGET = for_realms("DELETE FROM {pending} WHERE expires_at < now() - interval '1 day'")


async def add(tx: Transaction, realm: Realm, owner_id: UUID, seconds: int) -> UUID:
    """The id of a new waiting sign-in."""
    pending_id: UUID = await fetch_value(tx, NEW[realm], [owner_id, seconds])
    return pending_id


async def owner_of(reader: Reader, realm: Realm, pending_id: UUID, most: int) -> UUID | None:
    """Return whose the waiting sign-in is; None where it is over or has had that many tries."""
    owner_id: UUID | None = await fetch_value(reader, OWNER_OF[realm], [pending_id, most])
    return owner_id


async def count_attempt(tx: Transaction, realm: Realm, pending_id: UUID, most: int) -> UUID | None:
    """Count one more try and return whose the waiting sign-in is; None where it is over or has had that many."""
    owner_id: UUID | None = await fetch_value(tx, COUNT[realm], [pending_id, most])
    return owner_id


async def spend(tx: Transaction, realm: Realm, pending_id: UUID) -> bool:
    """Return whether this ended the waiting sign-in; of two at once, one did."""
    return await one_changed(tx, SPEND[realm], [pending_id])


async def end_all(tx: Transaction, realm: Realm, owner_id: UUID) -> None:
    """End every waiting sign-in of an account."""
    await execute(tx, END_ALL[realm], [owner_id])


async def forget_old(tx: Transaction) -> None:
    """Delete waiting sign-ins of yesterday, and challenges that have run out."""
    for statement in FORGET.values():
        await execute(tx, statement)
