"""The accounts of both realms as a sign-in needs them: found, proven and held until it is done."""

from collections.abc import Sequence
from uuid import UUID

from revivatech.accounts.contracts import Realm
from revivatech.accounts.realms import for_realms
from revivatech.db import Reader, Transaction, execute, fetch_one, one_changed
from revivatech.kit.structs import Value


class Account(Value, frozen=True):
    """The facts of an account that a sign-in needs."""

    id: UUID
    password_hash: str


class OwnAccount(Value, frozen=True):
    """The facts of an account that a new proof needs."""

    id: UUID
    email: str
    password_hash: str


class Arriving(Value, frozen=True):
    """An account that is about to be signed in."""

    id: UUID
    role: str
    email: str | None
    two_factor_enabled: bool


ACCOUNT = for_realms(
    """
    SELECT a.id, a.password_hash FROM {accounts} a
    WHERE a.email = ANY (%(emails)s) AND a.disabled_at IS NULL AND a.password_hash IS NOT NULL
    ORDER BY array_position(%(emails)s, a.email) LIMIT 1
    """
)
ACCOUNT_BY_ID = for_realms(
    """
    SELECT a.id, a.email, a.password_hash FROM {accounts} a
    WHERE a.id = %s AND a.disabled_at IS NULL AND a.password_hash IS NOT NULL
    """
)
# The row's lock makes a sign-in and a disabling or a change of password take turns, so that no session outlives them.
STILL_PROVEN = for_realms(
    """
    UPDATE {accounts} a SET password_hash = coalesce(%(better)s, a.password_hash)
    WHERE a.id = %(id)s AND a.disabled_at IS NULL AND a.password_hash = %(seen)s
    """
)
ARRIVING = for_realms(
    """
    SELECT a.id, {role} AS role, a.email, a.two_factor_enabled FROM {accounts} a
    WHERE a.id = %s AND a.disabled_at IS NULL FOR UPDATE
    """
)
GIVE_PASSWORD = for_realms("UPDATE {accounts} SET password_hash = %s WHERE id = %s")
ARRIVED = for_realms("UPDATE {accounts} SET last_login_at = now() WHERE id = %s")


async def account_by_email(reader: Reader, realm: Realm, emails: Sequence[str]) -> Account | None:
    """Return the account that may sign in with this address; of the forms of an address the first that has one."""
    return await fetch_one(reader, Account, ACCOUNT[realm], {"emails": list(emails)})


async def account_by_id(reader: Reader, realm: Realm, account_id: UUID) -> OwnAccount | None:
    """The account of that id, None where it may not sign in with a password."""
    return await fetch_one(reader, OwnAccount, ACCOUNT_BY_ID[realm], [account_id])


async def still_proven(tx: Transaction, realm: Realm, account: Account, better_hash: str | None) -> bool:
    """Return whether the account is as it was when its password was proven; its row is locked, a better hash kept."""
    return await one_changed(
        tx, STILL_PROVEN[realm], {"id": account.id, "seen": account.password_hash, "better": better_hash}
    )


async def give_password(tx: Transaction, realm: Realm, account_id: UUID, password_hash: str) -> None:
    """Make this the hash of the account's password."""
    await execute(tx, GIVE_PASSWORD[realm], [password_hash, account_id])


async def arriving(tx: Transaction, realm: Realm, account_id: UUID) -> Arriving | None:
    """The account, locked; None where it may not sign in."""
    return await fetch_one(tx, Arriving, ARRIVING[realm], [account_id])


async def arrived(tx: Transaction, realm: Realm, account_id: UUID) -> None:
    """Note that the account is signed in now."""
    await execute(tx, ARRIVED[realm], [account_id])
