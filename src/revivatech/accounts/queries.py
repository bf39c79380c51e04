"""The tables of accounts: customers, users, their sessions and refresh tokens, failed sign-ins, the activity log.

Both realms have the same statements on tables of their own; each is composed once, from constant names.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from msgspec import structs
from psycopg.sql import SQL, Composed, Identifier
from psycopg.types.json import Jsonb

from revivatech.accounts.contracts import Client, Customer, EndReason, NewCustomer, NewStaff, Realm, StaffMember
from revivatech.db import Question, Reader, Transaction, execute, fetch_all, fetch_one, fetch_value, one_changed
from revivatech.kit.actor import Role
from revivatech.kit.structs import Value


def for_realms(template: LiteralString) -> dict[Realm, Composed]:
    """The statement for each realm."""
    return {
        "customer": SQL(template).format(
            accounts=Identifier("customers"),
            sessions=Identifier("customer_sessions"),
            tokens=Identifier("customer_refresh_tokens"),
            links=Identifier("customer_links"),
            pending=Identifier("customer_pending_sign_ins"),
            authenticators=Identifier("customer_authenticators"),
            recovery=Identifier("customer_recovery_codes"),
            passkeys=Identifier("customer_passkeys"),
            devices=Identifier("customer_known_devices"),
            owner=Identifier("customer_id"),
            # Who has asked to be erased may sign in and do nothing but take it back.
            role=SQL("CASE WHEN a.erasure_at IS NULL THEN 'customer' ELSE 'erasing' END"),
        ),
        "staff": SQL(template).format(
            accounts=Identifier("users"),
            sessions=Identifier("staff_sessions"),
            tokens=Identifier("staff_refresh_tokens"),
            links=Identifier("staff_links"),
            pending=Identifier("staff_pending_sign_ins"),
            authenticators=Identifier("staff_authenticators"),
            recovery=Identifier("staff_recovery_codes"),
            passkeys=Identifier("staff_passkeys"),
            devices=Identifier("staff_known_devices"),
            owner=Identifier("user_id"),
            role=SQL("a.role"),
        ),
    }


# ------------------------------------------------------------------ signing in


class Account(Value, frozen=True):
    """What a sign-in needs to know of an account."""

    id: UUID
    password_hash: str


class OwnAccount(Value, frozen=True):
    """What proving an account once more needs to know of it."""

    id: UUID
    email: str
    password_hash: str


class Arriving(Value, frozen=True):
    """An account that is about to be signed in."""

    id: UUID
    role: str
    email: str | None
    two_factor_enabled: bool


class Reservation(Value, frozen=True):
    """One counter of failed sign-ins, with this attempt counted."""

    key: bytes
    failures: int
    window_started_at: datetime
    seconds_left: int


ACCOUNT = for_realms(
    """
    SELECT a.id, a.password_hash FROM {accounts} a
    WHERE a.email = %s AND a.disabled_at IS NULL AND a.password_hash IS NOT NULL
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
ARRIVED = for_realms("UPDATE {accounts} SET last_login_at = now() WHERE id = %s")
RESERVE: LiteralString = """
    INSERT INTO login_failures AS f (key, window_started_at, failures)
    SELECT key, now(), 1 FROM unnest(%(keys)s::bytea[]) AS asked (key) ORDER BY key
    ON CONFLICT (key) DO UPDATE SET
      failures = CASE WHEN f.window_started_at <= now() - make_interval(secs => %(window)s)
        THEN 1 ELSE f.failures + 1 END,
      window_started_at = CASE WHEN f.window_started_at <= now() - make_interval(secs => %(window)s)
        THEN now() ELSE f.window_started_at END
    RETURNING key, failures, window_started_at,
      greatest(1, ceil(extract(epoch FROM window_started_at - now()) + %(window)s))::integer AS seconds_left
"""
GIVE_BACK: LiteralString = """
    WITH mine AS (
      SELECT f.key FROM login_failures f
      JOIN unnest(%(keys)s::bytea[], %(windows)s::timestamptz[]) AS asked (key, window_started_at)
        USING (key, window_started_at)
      WHERE f.failures > 0 ORDER BY f.key FOR UPDATE OF f
    )
    UPDATE login_failures f SET failures = f.failures - 1 FROM mine WHERE f.key = mine.key
"""


async def account_by_email(reader: Reader, realm: Realm, email: str) -> Account | None:
    """The account that may sign in with this address, if there is one."""
    return await fetch_one(reader, Account, ACCOUNT[realm], [email])


async def account_by_id(reader: Reader, realm: Realm, account_id: UUID) -> OwnAccount | None:
    """The account of that id, None where it may not sign in with a password."""
    return await fetch_one(reader, OwnAccount, ACCOUNT_BY_ID[realm], [account_id])


async def still_proven(tx: Transaction, realm: Realm, account: Account, better_hash: str | None) -> bool:
    """Whether the account is as it was when its password was proven; its row is locked, a better hash kept."""
    return await one_changed(
        tx, STILL_PROVEN[realm], {"id": account.id, "seen": account.password_hash, "better": better_hash}
    )


async def arriving(tx: Transaction, realm: Realm, account_id: UUID) -> Arriving | None:
    """The account, locked; None where it may not sign in."""
    return await fetch_one(tx, Arriving, ARRIVING[realm], [account_id])


async def arrived(tx: Transaction, realm: Realm, account_id: UUID) -> None:
    """Note that the account is signed in now."""
    await execute(tx, ARRIVED[realm], [account_id])


async def reserve_failures(tx: Transaction, keys: Sequence[bytes], window_seconds: int) -> list[Reservation]:
    """The counters with this attempt counted; their rows are locked, in the same order by everybody."""
    return await fetch_all(tx, Reservation, RESERVE, {"keys": list(keys), "window": window_seconds})


async def give_back_failures(tx: Transaction, reservations: Sequence[Reservation]) -> None:
    """Take this attempt out of its counters again, unless their window is over."""
    await execute(
        tx,
        GIVE_BACK,
        {
            "keys": [reservation.key for reservation in reservations],
            "windows": [reservation.window_started_at for reservation in reservations],
        },
    )


# ------------------------------------------------------------------ sessions


class LiveSession(Value, frozen=True):
    """What admission compares: the role, for a browser's session the hash of its secret, and the second factor."""

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
FORGET_SESSIONS = for_realms(
    """
    DELETE FROM {sessions}
    WHERE ends_at < now() - interval '30 days' OR ended_at < now() - interval '30 days'
      OR expires_at < now() - interval '30 days'
    """
)


async def new_session(
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


async def use_session(
    tx: Transaction, realm: Realm, owner_id: UUID, session_id: UUID, idle_seconds: int
) -> LiveSession | None:
    """The session if it lives and its account may sign in, now with its life extended; None otherwise."""
    return await fetch_one(
        tx, LiveSession, USE_SESSION[realm], {"id": session_id, "owner": owner_id, "idle": idle_seconds}
    )


async def end_session(
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


async def end_session_of_token(tx: Transaction, realm: Realm, token_hash: bytes, reason: EndReason) -> Ended | None:
    """The session that this ended, found by any refresh token of its family; None where there is none alive."""
    return await fetch_one(tx, Ended, END_SESSION_OF_TOKEN[realm], {"token_hash": token_hash, "reason": reason})


async def end_sessions(
    tx: Transaction, realm: Realm, owner_id: UUID, reason: EndReason, *, but: UUID | None = None
) -> list[Ended]:
    """Every session of that account that this ended: all of them, or all but one."""
    return await fetch_all(tx, Ended, END_SESSIONS[realm], {"owner": owner_id, "reason": reason, "but": but})


async def sessions_of(reader: Reader, realm: Realm, owner_id: UUID) -> list[Session]:
    """The living sessions of that account, the last used first, at most 100."""
    return await fetch_all(reader, Session, SESSIONS[realm], [owner_id])


async def over(reader: Reader, realm: Realm, session_ids: Sequence[UUID]) -> set[UUID]:
    """Those of the sessions that are over, unknown ones among them."""
    rows = await fetch_all(reader, Id, OVER[realm], [list(session_ids)])
    return {row.id for row in rows}


async def forget_old(tx: Transaction) -> None:
    """Delete sessions a month after their end, with their tokens, and failed sign-ins of yesterday."""
    for statement in FORGET_SESSIONS.values():
        await execute(tx, statement)
    await execute(tx, "DELETE FROM login_failures WHERE window_started_at < now() - interval '1 day'")


class Id(Value, frozen=True):
    """A row that is only named."""

    id: UUID


# ------------------------------------------------------------------ refresh tokens


class Holder(Value, frozen=True):
    """Whose session a refresh token belongs to."""

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
EXTEND = for_realms(
    """
    UPDATE {sessions} SET last_used_at = now(), expires_at = least(now() + make_interval(secs => %(idle)s), ends_at)
    WHERE id = %(id)s AND ended_at IS NULL
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


async def add_refresh_token(tx: Transaction, realm: Realm, session_id: UUID, token_hash: bytes) -> None:
    """Make this the one live refresh token of the session."""
    await execute(tx, ADD_TOKEN[realm], [token_hash, session_id])


async def claim_refresh_token(tx: Transaction, realm: Realm, token_hash: bytes) -> Holder | None:
    """Mark the token as replaced; None unless it was the live one of a living session."""
    return await fetch_one(tx, Holder, CLAIM_TOKEN[realm], [token_hash])


async def extend_session(tx: Transaction, realm: Realm, session_id: UUID, idle_seconds: int) -> bool:
    """Whether the session still lives; its idle time starts anew."""
    return await one_changed(tx, EXTEND[realm], {"id": session_id, "idle": idle_seconds})


async def spent_token(
    reader: Reader, realm: Realm, token_hash: bytes, candidates: Sequence[bytes], grace_seconds: int
) -> SpentToken | None:
    """What became of a replaced token; None where it never was one of ours."""
    return await fetch_one(
        reader,
        SpentToken,
        SPENT_TOKEN[realm],
        {"hash": token_hash, "candidates": list(candidates), "grace": grace_seconds},
    )


# ------------------------------------------------------------------ people


class CustomerRow(Value, frozen=True):
    """A customer's profile as it is stored."""

    id: UUID
    email: str | None
    first_name: str
    last_name: str
    phone: str | None
    phone_verified: bool
    avatar_url: str | None
    language: str
    timezone: str
    email_verified: bool
    two_factor_enabled: bool
    created_at: datetime
    last_login_at: datetime | None


class StaffRow(Value, frozen=True):
    """A staff member's profile as it is stored."""

    id: UUID
    email: str
    first_name: str
    last_name: str
    role: Role
    language: str
    timezone: str
    two_factor_enabled: bool
    created_at: datetime
    last_login_at: datetime | None


class KeyAndId(Value, frozen=True):
    """The id of a customer who was asked for by key."""

    key: str
    id: UUID


class EmailAndHash(Value, frozen=True):
    """An account's address and password hash."""

    email: str
    password_hash: str


CUSTOMER: LiteralString = """
    SELECT id, email, first_name, last_name, is_organisation, phone, language, timezone,
      '/api/customer/avatar/' || avatar_id AS avatar_url, theme
    FROM customers
"""
STAFF: LiteralString = "SELECT id, email, first_name, last_name, role, language, timezone FROM users"

# Whoever runs the portal and gives a customer a password vouches for the address.
SET_PASSWORD: dict[Realm, LiteralString] = {
    "customer": """
    UPDATE customers SET password_hash = %s, email_verified_at = coalesce(email_verified_at, now())
    WHERE email = %s RETURNING id
    """,
    "staff": "UPDATE users SET password_hash = %s WHERE email = %s RETURNING id",
}
DISABLE = for_realms("UPDATE {accounts} SET disabled_at = coalesce(disabled_at, now()) WHERE id = %s RETURNING id")
ENSURE_CUSTOMERS: LiteralString = """
    WITH given AS (
      SELECT * FROM unnest(%(key)s::text[], %(email)s::text[], %(first_name)s::text[], %(last_name)s::text[],
        %(is_organisation)s::boolean[], %(phone)s::text[], %(language)s::text[], %(timezone)s::text[],
        %(created_at)s::timestamptz[])
      AS given (key, email, first_name, last_name, is_organisation, phone, language, timezone, created_at)
    ), known AS (
      SELECT DISTINCT ON (key) key, id FROM (
        SELECT given.key, c.id, 1 AS choice FROM given JOIN customers c ON c.import_key = given.key
        UNION ALL
        SELECT given.key, c.id, 2 FROM given JOIN customers c ON c.email = given.email
      ) AS found
      ORDER BY key, choice
    ), made AS (
      INSERT INTO customers
        (import_key, email, first_name, last_name, is_organisation, phone, language, timezone, created_at)
      SELECT key, email, first_name, last_name, is_organisation, phone, language, timezone,
        coalesce(created_at, now())
      FROM given WHERE NOT EXISTS (SELECT FROM known WHERE known.key = given.key)
      ON CONFLICT DO NOTHING
      RETURNING import_key AS key, id
    )
    SELECT key, id FROM known UNION ALL SELECT key, id FROM made
"""


async def customer_row(reader: Reader, customer_id: UUID) -> CustomerRow | None:
    """The customer's own data."""
    return await fetch_one(
        reader,
        CustomerRow,
        """
        SELECT id, email, first_name, last_name, phone, phone_verified_at IS NOT NULL AS phone_verified,
          '/api/customer/avatar/' || avatar_id AS avatar_url, language, timezone,
          email_verified_at IS NOT NULL AS email_verified, two_factor_enabled, created_at, last_login_at
        FROM customers WHERE id = %s
        """,
        [customer_id],
    )


async def staff_row(reader: Reader, user_id: UUID) -> StaffRow | None:
    """The staff member's own data."""
    row = await fetch_one(
        reader,
        StaffRow,
        """
        SELECT id, email, first_name, last_name, role, language, timezone, two_factor_enabled, created_at,
          last_login_at
        FROM users WHERE id = %s
        """,
        [user_id],
    )
    return row and structs.replace(row, role=Role(row.role))


async def customers_by_id(reader: Reader, ids: Sequence[UUID]) -> list[Customer]:
    """Those customers, in no order."""
    return await fetch_all(reader, Customer, CUSTOMER + " WHERE id = ANY (%s)", [list(ids)])


def customer_question(customer_id: UUID) -> Question[Customer]:
    """That customer; no row where there is none."""
    return Question(Customer, CUSTOMER + " WHERE id = %(customer_id)s", {"customer_id": customer_id})


async def customer_by_email(reader: Reader, email: str) -> Customer | None:
    """The customer with that address, in its normal form."""
    return await fetch_one(reader, Customer, CUSTOMER + " WHERE email = %s", [email])


async def find_customers(reader: Reader, patterns: Sequence[str], limit: int) -> list[Customer]:
    """Customers whose name, address or telephone matches every LIKE pattern (lower case), the newest first."""
    return await fetch_all(
        reader,
        Customer,
        CUSTOMER + " WHERE search_text LIKE ALL (%s::text[]) ORDER BY id DESC LIMIT %s",
        [list(patterns), limit],
    )


async def staff_by_id(reader: Reader, ids: Sequence[UUID]) -> list[StaffMember]:
    """Those staff members, disabled ones too, in no order."""
    return _with_roles(await fetch_all(reader, StaffMember, STAFF + " WHERE id = ANY (%s)", [list(ids)]))


async def active_staff(reader: Reader) -> list[StaffMember]:
    """Everybody who can be given work, by name."""
    return _with_roles(
        await fetch_all(reader, StaffMember, STAFF + " WHERE disabled_at IS NULL ORDER BY first_name, last_name, id")
    )


async def all_staff(reader: Reader) -> list[StaffMember]:
    """Everybody who works or worked here, by name."""
    return _with_roles(await fetch_all(reader, StaffMember, STAFF + " ORDER BY first_name, last_name, id"))


def _with_roles(rows: list[StaffMember]) -> list[StaffMember]:
    """The rows with what the table holds as text as a role."""
    return [structs.replace(row, role=Role(row.role)) for row in rows]


async def ensure_customers(tx: Transaction, customers: Sequence[NewCustomer]) -> dict[str, UUID]:
    """The ids by key; missing where another transaction has just made a customer with the same key or address."""
    columns = {name: [getattr(new, name) for new in customers] for name in NewCustomer.__struct_fields__}
    return {row.key: row.id for row in await fetch_all(tx, KeyAndId, ENSURE_CUSTOMERS, columns)}


async def nobody_yet(reader: Reader) -> bool:
    """Whether there is no account of either kind."""
    return bool(
        await fetch_value(reader, "SELECT NOT EXISTS (SELECT FROM customers) AND NOT EXISTS (SELECT FROM users)")
    )


async def new_staff(tx: Transaction, new: NewStaff, password_hash: str | None) -> UUID | None:
    """The id of the new staff member, who cannot sign in without a hash; None where the address is taken."""
    user_id: UUID | None = await fetch_value(
        tx,
        """
        INSERT INTO users (email, password_hash, first_name, last_name, role, language, timezone)
        VALUES (%(email)s, %(password_hash)s, %(first_name)s, %(last_name)s, %(role)s, %(language)s, %(timezone)s)
        ON CONFLICT DO NOTHING RETURNING id
        """,
        {name: getattr(new, name) for name in NewStaff.__struct_fields__} | {"password_hash": password_hash},
    )
    return user_id


async def set_password(tx: Transaction, realm: Realm, email: str, password_hash: str) -> UUID | None:
    """The id of the account whose password this now is; None where there is no such account."""
    account_id: UUID | None = await fetch_value(tx, SET_PASSWORD[realm], [password_hash, email])
    return account_id


async def disable(tx: Transaction, realm: Realm, account_id: UUID) -> bool:
    """Whether there is such an account; it may not sign in any more."""
    return await one_changed(tx, DISABLE[realm], [account_id])


async def enable_customer(tx: Transaction, customer_id: UUID) -> bool:
    """Whether there is such a customer; they may sign in again."""
    return await one_changed(tx, "UPDATE customers SET disabled_at = NULL WHERE id = %s", [customer_id])


async def lock_admins(tx: Transaction) -> list[UUID]:
    """The ids of the admins who can sign in, locked, so that two of them cannot remove each other at once."""
    rows = await fetch_all(
        tx,
        Id,
        """
        SELECT id FROM users WHERE role = 'admin' AND disabled_at IS NULL AND password_hash IS NOT NULL
        ORDER BY id FOR UPDATE
        """,
    )
    return [row.id for row in rows]


async def change_role(tx: Transaction, user_id: UUID, role: Role) -> bool:
    """Whether there is such a staff member; that is their role now."""
    return await one_changed(tx, "UPDATE users SET role = %s WHERE id = %s", [role, user_id])


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


# ------------------------------------------------------------------ the activity log


async def note_activity(
    tx: Transaction, customer_id: UUID, kind: str, description: str, metadata: dict[str, str], client: Client
) -> None:
    """Append to what the customer's account has seen."""
    await execute(
        tx,
        """
        INSERT INTO customer_activity_log
          (customer_id, activity_type, description, metadata, ip_address, user_agent)
        VALUES (%s, %s, %s, %s, %s::inet, %s)
        """,
        [customer_id, kind, description, Jsonb(metadata), client.address, client.user_agent],
    )
