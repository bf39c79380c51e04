"""Statements for operators and admins, for accounts of either realm."""

from typing import LiteralString
from uuid import UUID

from revivatech.accounts.contracts import Realm
from revivatech.accounts.realms import for_realms
from revivatech.db import Reader, Transaction, fetch_all, fetch_value, one_changed
from revivatech.kit.structs import Value


class EmailAndHash(Value, frozen=True):
    """An account's address and password hash."""

    email: str
    password_hash: str


# Whoever runs the portal and gives a customer a password vouches for the address.
SET_PASSWORD: dict[Realm, LiteralString] = {
    "customer": """
    UPDATE customers SET password_hash = %s, email_verified_at = coalesce(email_verified_at, now())
    WHERE email = %s RETURNING id
    """,
    "staff": "UPDATE users SET password_hash = %s WHERE email = %s RETURNING id",
}
DISABLE = for_realms("UPDATE {accounts} SET disabled_at = coalesce(disabled_at, now()) WHERE id = %s RETURNING id")


async def nobody_yet(reader: Reader) -> bool:
    """Return whether there is no account of either kind."""
    return bool(
        await fetch_value(reader, "SELECT NOT EXISTS (SELECT FROM customers) AND NOT EXISTS (SELECT FROM users)")
    )


async def set_password(tx: Transaction, realm: Realm, email: str, password_hash: str) -> UUID | None:
    """The id of the account whose password this now is; None where there is no such account."""
    account_id: UUID | None = await fetch_value(tx, SET_PASSWORD[realm], [password_hash, email])
    return account_id


async def disable(tx: Transaction, realm: Realm, account_id: UUID) -> bool:
    """Return whether there is such an account; it may not sign in any more."""
    return await one_changed(tx, DISABLE[realm], [account_id])


async def enable_customer(tx: Transaction, customer_id: UUID) -> bool:
    """Return whether there is such a customer; they may sign in again."""
    return await one_changed(tx, "UPDATE customers SET disabled_at = NULL WHERE id = %s", [customer_id])


async def hashes_like(reader: Reader, pattern: str) -> list[EmailAndHash]:
    """The accounts of both realms with a password whose address matches the LIKE pattern."""
    return await fetch_all(
        reader,
        EmailAndHash,
        """
        SELECT email, password_hash FROM customers
        WHERE email LIKE %(pattern)s AND password_hash IS NOT NULL AND disabled_at IS NULL
        UNION ALL
        SELECT email, password_hash FROM users
        WHERE email LIKE %(pattern)s AND password_hash IS NOT NULL AND disabled_at IS NULL
        """,
        {"pattern": pattern},
    )
