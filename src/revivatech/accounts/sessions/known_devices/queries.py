"""The tables customer_known_devices and staff_known_devices."""

from collections.abc import Sequence
from uuid import UUID

from revivatech.accounts.contracts import Realm
from revivatech.accounts.realms import for_realms
from revivatech.db import Reader, Transaction, execute, fetch_one, fetch_value
from revivatech.kit.structs import Value


class Seen(Value, frozen=True):
    """A device as it was known before this sign-in; `has_any`: whether the account had any device at all."""

    is_known: bool
    has_any: bool


# The outer SELECT reads the table as it was before the INSERT.
SEE = for_realms(
    """
    WITH seen AS (
      INSERT INTO {devices} AS d ({owner}, fingerprint) VALUES (%(owner)s, %(fingerprint)s)
      ON CONFLICT ({owner}, fingerprint) DO UPDATE SET last_seen_at = now()
    )
    SELECT
      EXISTS (SELECT FROM {devices} WHERE {owner} = %(owner)s AND fingerprint = %(fingerprint)s
        AND last_seen_at > now() - make_interval(days => %(days)s)) AS is_known,
      EXISTS (SELECT FROM {devices} WHERE {owner} = %(owner)s) AS has_any
    """
)
HAS = for_realms(
    """
    SELECT EXISTS (
      SELECT FROM {devices} d JOIN {accounts} a ON a.id = d.{owner}
      WHERE a.email = ANY (%s) AND d.fingerprint = %s AND d.last_seen_at > now() - make_interval(days => %s))
    """
)
HAS_OWNER = for_realms(
    """
    SELECT EXISTS (
      SELECT FROM {devices}
      WHERE {owner} = %s AND fingerprint = %s AND last_seen_at > now() - make_interval(days => %s))
    """
)
FORGET = for_realms("DELETE FROM {devices} WHERE last_seen_at < now() - interval '400 days'")


async def see(tx: Transaction, realm: Realm, owner_id: UUID, fingerprint: bytes, days: int) -> Seen:
    """Return what was known of the device in the last so many days; from now on it is."""
    seen = await fetch_one(tx, Seen, SEE[realm], {"owner": owner_id, "fingerprint": fingerprint, "days": days})
    assert seen is not None  # noqa: S101 - a SELECT of two EXISTS has one row
    return seen


async def has(reader: Reader, realm: Realm, emails: Sequence[str], fingerprint: bytes, days: int) -> bool:
    """Return whether the account with one of those addresses was signed in on the device in the last so many days."""
    return bool(await fetch_value(reader, HAS[realm], [list(emails), fingerprint, days]))


async def has_owner(reader: Reader, realm: Realm, owner_id: UUID, fingerprint: bytes, days: int) -> bool:
    """Return whether that account was signed in on the device in the last so many days."""
    return bool(await fetch_value(reader, HAS_OWNER[realm], [owner_id, fingerprint, days]))


async def forget_old(tx: Transaction) -> None:
    """Delete devices that were not seen for longer than their cookie lives."""
    for statement in FORGET.values():
        await execute(tx, statement)
