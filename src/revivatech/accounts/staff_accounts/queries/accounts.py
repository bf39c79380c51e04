"""The table users, as admins and their owners change it."""

from collections.abc import Sequence
from typing import Literal, LiteralString
from uuid import UUID

from msgspec import structs

from revivatech.accounts.directory.queries.search import pattern_conditions, pattern_parameters
from revivatech.accounts.staff_accounts.contracts import CustomerAccount, StaffAccount
from revivatech.db import Reader, Transaction, execute, fetch_all, fetch_one, fetch_value, joined, one_changed
from revivatech.kit.actor import Role
from revivatech.kit.paging import Position
from revivatech.kit.structs import Value

ACCOUNTS: LiteralString = """
    SELECT u.id, u.email, u.first_name, u.last_name, u.role, u.language, u.timezone,
      CASE WHEN u.disabled_at IS NOT NULL THEN 'disabled' WHEN u.password_hash IS NULL THEN 'invited' ELSE 'active' END
        AS state,
      u.password_hash IS NOT NULL AS has_joined, u.two_factor_enabled,
      (SELECT l.expires_at FROM staff_links l
       WHERE l.user_id = u.id AND l.purpose = 'invitation' AND l.used_at IS NULL AND l.expires_at > now())
        AS invited_until,
      u.last_login_at, u.created_at
    FROM users u
"""


class Member(Value, frozen=True):
    """The facts of a staff account that a change needs."""

    id: UUID
    email: str
    first_name: str
    last_name: str
    role: Role
    has_joined: bool
    is_disabled: bool
    two_factor_enabled: bool


MEMBERS: LiteralString = """
    SELECT id, email, first_name, last_name, role, password_hash IS NOT NULL AS has_joined,
      disabled_at IS NOT NULL AS is_disabled, two_factor_enabled
    FROM users
"""


async def accounts(reader: Reader) -> list[StaffAccount]:
    """Everybody, by name; those who have left at the end."""
    rows = await fetch_all(
        reader,
        StaffAccount,
        ACCOUNTS + " ORDER BY u.disabled_at IS NOT NULL, lower(u.first_name), lower(u.last_name), u.id",
    )
    return [structs.replace(row, role=Role(row.role)) for row in rows]


async def account(reader: Reader, user_id: UUID) -> StaffAccount | None:
    """That person's account."""
    row = await fetch_one(reader, StaffAccount, ACCOUNTS + " WHERE u.id = %s", [user_id])
    return row and structs.replace(row, role=Role(row.role))


async def member(reader: Reader, user_id: UUID) -> Member | None:
    """That person."""
    return _with_role(await fetch_one(reader, Member, MEMBERS + " WHERE id = %s", [user_id]))


async def lock(tx: Transaction, user_id: UUID) -> Member | None:
    """That person, held until the commit, so that two who change an account take turns."""
    return _with_role(await fetch_one(tx, Member, MEMBERS + " WHERE id = %s FOR UPDATE", [user_id]))


async def lock_by_email(tx: Transaction, email: str) -> Member | None:
    """The person with that address, held until the commit."""
    return _with_role(await fetch_one(tx, Member, MEMBERS + " WHERE email = %s FOR UPDATE", [email]))


def _with_role(row: Member | None) -> Member | None:
    """The row with what the table holds as text as a role."""
    return row and structs.replace(row, role=Role(row.role))


async def join(tx: Transaction, user_id: UUID, password_hash: str) -> bool:
    """Return whether the person had not joined yet; that is their password now."""
    return await one_changed(
        tx,
        "UPDATE users SET password_hash = %s WHERE id = %s AND password_hash IS NULL AND disabled_at IS NULL",
        [password_hash, user_id],
    )


async def enable(tx: Transaction, user_id: UUID) -> None:
    """Let the person sign in again."""
    await execute(tx, "UPDATE users SET disabled_at = NULL WHERE id = %s", [user_id])


async def write_own(
    tx: Transaction, user_id: UUID, *, first_name: str, last_name: str, language: str, timezone: str
) -> bool:
    """Return whether there is such a person; that is what they are called, and how they read."""
    return await one_changed(
        tx,
        "UPDATE users SET first_name = %s, last_name = %s, language = %s, timezone = %s WHERE id = %s",
        [first_name, last_name, language, timezone, user_id],
    )


async def hold_active(tx: Transaction, user_id: UUID) -> bool:
    """Return whether that person can be given work; nobody closes the account before the commit."""
    found = await fetch_value(tx, "SELECT id FROM users WHERE id = %s AND disabled_at IS NULL FOR SHARE", [user_id])
    return found is not None


# ------------------------------------------------------------------ customers, as the desk sees them


CUSTOMERS: LiteralString = """
    SELECT id, email, first_name, last_name, phone, language, timezone,
      CASE WHEN disabled_at IS NOT NULL THEN 'disabled' WHEN password_hash IS NULL THEN 'unclaimed' ELSE 'active' END
        AS state,
      two_factor_enabled, last_login_at, created_at
    FROM customers
"""


class CustomerPosition(Position, frozen=True):
    """The last customer of a page; ids follow the order in which customers came."""

    customer_id: UUID


async def customers(
    reader: Reader, patterns: Sequence[str], after: CustomerPosition | None, limit: int
) -> list[CustomerAccount]:
    """At most so many customers who match every LIKE pattern (lower case), the newest first."""
    return await fetch_all(
        reader,
        CustomerAccount,
        joined(
            CUSTOMERS,
            "WHERE",
            pattern_conditions(patterns),
            "AND id < %(after)s" if after else "",
            "ORDER BY id DESC LIMIT %(limit)s",
        ),
        {"after": after and after.customer_id, "limit": limit, **pattern_parameters(patterns)},
    )


async def customer(reader: Reader, customer_id: UUID) -> CustomerAccount | None:
    """That customer."""
    return await fetch_one(reader, CustomerAccount, CUSTOMERS + " WHERE id = %s", [customer_id])


# ------------------------------------------------------------------ requests for a mail


StaffKind = Literal["reset_password", "sign_in"]


class StaffRequest(Value, frozen=True):
    """A request for a mail; the last two show whether the owner asks: their browser, a link that was mailed before."""

    kind: StaffKind
    email: str
    next: str = ""
    fingerprint: bytes | None = None
    previous_link: UUID | None = None


async def add_request(tx: Transaction, request: StaffRequest) -> UUID:
    """Return the id of a new request for a mail."""
    request_id: UUID = await fetch_value(
        tx,
        """
        INSERT INTO staff_reset_requests (kind, email, next, fingerprint, previous_link)
        VALUES (%(kind)s, %(email)s, %(next)s, %(fingerprint)s, %(previous_link)s) RETURNING id
        """,
        structs.asdict(request),
    )
    return request_id


async def take_request(tx: Transaction, request_id: UUID) -> StaffRequest | None:
    """Return the request, which is gone with that; None where it was answered."""
    return await fetch_one(
        tx,
        StaffRequest,
        "DELETE FROM staff_reset_requests WHERE id = %s RETURNING kind, email, next, fingerprint, previous_link",
        [request_id],
    )


async def forget_old(tx: Transaction) -> None:
    """Delete the wishes for another password that nobody answered within a day."""
    await execute(tx, "DELETE FROM staff_reset_requests WHERE created_at < now() - interval '1 day'")
