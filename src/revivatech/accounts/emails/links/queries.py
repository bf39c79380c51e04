"""The tables customer_links and staff_links."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from revivatech.accounts.contracts import Realm
from revivatech.accounts.realms import for_realms
from revivatech.db import Reader, Transaction, execute, fetch_one, fetch_value
from revivatech.kit.structs import Value


class Link(Value, frozen=True):
    """A link that works: whose it is, and the address that it went to."""

    id: UUID
    owner_id: UUID
    email: str
    expires_at: datetime


NEW = for_realms(
    """
    INSERT INTO {links} ({owner}, purpose, email, expires_at)
    VALUES (%s, %s, %s, now() + make_interval(secs => %s)) RETURNING id
    """
)
END = for_realms("UPDATE {links} SET used_at = now() WHERE {owner} = %s AND purpose = ANY (%s) AND used_at IS NULL")
LIVING = for_realms(
    """
    SELECT id, {owner} AS owner_id, email, expires_at FROM {links}
    WHERE id = %s AND purpose = %s AND used_at IS NULL AND expires_at > now()
    """
)
SPEND = for_realms(
    """
    UPDATE {links} SET used_at = now()
    WHERE id = %s AND purpose = %s AND used_at IS NULL AND expires_at > now()
    RETURNING id, {owner} AS owner_id, email, expires_at
    """
)
EVER = for_realms("SELECT id, {owner} AS owner_id, email, expires_at FROM {links} WHERE id = %s")
FORGET = for_realms("DELETE FROM {links} WHERE expires_at < now() - interval '30 days'")


async def add(tx: Transaction, realm: Realm, owner_id: UUID, purpose: str, email: str, seconds: int) -> UUID:
    """The id of a new link; there may be no other of that purpose alive."""
    link_id: UUID = await fetch_value(tx, NEW[realm], [owner_id, purpose, email, seconds])
    return link_id


async def end(tx: Transaction, realm: Realm, owner_id: UUID, purposes: Sequence[str]) -> None:
    """End the account's living links of those purposes."""
    await execute(tx, END[realm], [owner_id, list(purposes)])


async def living(reader: Reader, realm: Realm, link_id: UUID, purpose: str) -> Link | None:
    """The link, None where it is spent, over or of another purpose."""
    return await fetch_one(reader, Link, LIVING[realm], [link_id, purpose])


async def spend(tx: Transaction, realm: Realm, link_id: UUID, purpose: str) -> Link | None:
    """The link, spent by this; None where it was before, is over or of another purpose."""
    return await fetch_one(tx, Link, SPEND[realm], [link_id, purpose])


async def ever(reader: Reader, realm: Realm, link_id: UUID) -> Link | None:
    """Return the link, alive or not, None where it was deleted."""
    return await fetch_one(reader, Link, EVER[realm], [link_id])


async def forget_old(tx: Transaction) -> None:
    """Delete links a month after their end."""
    for statement in FORGET.values():
        await execute(tx, statement)
