"""The table credential_changes, and the credentials of accounts as a whole."""

from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from revivatech.accounts.contracts import Realm
from revivatech.accounts.credential_journal.state import Passkey, State
from revivatech.accounts.realms import for_realms
from revivatech.db import Reader, Transaction, execute, fetch_all, fetch_one, fetch_value, fetch_values
from revivatech.kit.structs import Value

# Asked by the worker every few seconds, through its own connections.
PENDING: LiteralString = "SELECT EXISTS (SELECT FROM credential_changes WHERE journaled_at IS NULL) AS is_pending"
# One after the other: what two processes that start together find must not be done twice.
REPLAYING = 7_346_216_003
MOST_AT_ONCE = 500


class Change(Value, frozen=True):
    """The newest change of an account that is not in the journal yet."""

    realm: Realm
    owner_id: UUID
    changed_at: datetime


class Account(Value, frozen=True):
    """The account's own row, as far as it says how one signs in."""

    email: str | None
    email_verified_at: datetime | None
    password_hash: str | None
    disabled_at: datetime | None
    role: str | None
    two_factor_enabled: bool
    is_erased: bool


class Authenticator(Value, frozen=True):
    """The secret that an app shares with us, encrypted."""

    secret: bytes | None
    proven_at: datetime | None
    last_step: int


# What differs between the realms beyond the tables' names.
ACCOUNT: dict[Realm, LiteralString] = {
    "customer": """
        SELECT email, email_verified_at, password_hash, disabled_at, NULL::text AS role, two_factor_enabled,
          erased_at IS NOT NULL AS is_erased
        FROM customers WHERE id = %s FOR NO KEY UPDATE
    """,
    "staff": """
        SELECT email, NULL::timestamptz AS email_verified_at, password_hash, disabled_at, role, two_factor_enabled,
          false AS is_erased
        FROM users WHERE id = %s FOR NO KEY UPDATE
    """,
}
AUTHENTICATOR = for_realms("SELECT secret, proven_at, last_step FROM {authenticators} WHERE {owner} = %s")
CODES = for_realms("SELECT code_hash FROM {recovery} WHERE {owner} = %s AND used_at IS NULL ORDER BY code_hash")
PASSKEYS = for_realms(
    """
    SELECT id, credential_id, public_key, sign_count, transports, name, created_at FROM {passkeys}
    WHERE {owner} = %s ORDER BY id
    """
)
PARK: dict[Realm, LiteralString] = {
    "customer": "UPDATE customers SET email = NULL WHERE id = %s",
    "staff": "UPDATE users SET email = id || '@restoring.invalid' WHERE id = %s",
}
TAKEN = for_realms("SELECT EXISTS (SELECT FROM {accounts} WHERE email = %s AND id <> %s)")
WRITE: dict[Realm, LiteralString] = {
    "customer": """
        UPDATE customers SET email = %(email)s, email_verified_at = %(email_verified_at)s,
          password_hash = %(password_hash)s, disabled_at = %(disabled_at)s, two_factor_enabled = %(two_factor_enabled)s
        WHERE id = %(owner)s
    """,
    "staff": """
        UPDATE users SET email = %(email)s, password_hash = %(password_hash)s, disabled_at = %(disabled_at)s,
          two_factor_enabled = %(two_factor_enabled)s, role = %(role)s
        WHERE id = %(owner)s
    """,
}
CLEAR_AUTHENTICATOR = for_realms("DELETE FROM {authenticators} WHERE {owner} = %s")
ADD_AUTHENTICATOR = for_realms(
    "INSERT INTO {authenticators} ({owner}, secret, proven_at, last_step) VALUES (%s, %s, %s, %s)"
)
KEEP_CODES = for_realms("DELETE FROM {recovery} WHERE {owner} = %s AND code_hash <> ALL (%s)")
REOPEN_CODES = for_realms("UPDATE {recovery} SET used_at = NULL WHERE {owner} = %s AND used_at IS NOT NULL")
ADD_CODES = for_realms(
    """
    INSERT INTO {recovery} ({owner}, code_hash) SELECT %s, hash FROM unnest(%s::bytea[]) AS kept (hash)
    ON CONFLICT DO NOTHING
    """
)
KEEP_PASSKEYS = for_realms("DELETE FROM {passkeys} WHERE {owner} = %s AND id <> ALL (%s)")
ADD_PASSKEY = for_realms(
    """
    INSERT INTO {passkeys} ({owner}, id, credential_id, public_key, sign_count, transports, name, created_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (id) DO UPDATE SET sign_count = greatest({passkeys}.sign_count, excluded.sign_count)
    """
)
LAST_CHANGES = {
    "customer": """
        SELECT 'customer' AS realm, customer_id AS owner_id, max(changed_at) AS changed_at
        FROM credential_changes WHERE customer_id = ANY (%s) GROUP BY customer_id
    """,
    "staff": """
        SELECT 'staff' AS realm, user_id AS owner_id, max(changed_at) AS changed_at
        FROM credential_changes WHERE user_id = ANY (%s) GROUP BY user_id
    """,
}
JOURNALED: tuple[LiteralString, ...] = (
    """
    DELETE FROM credential_changes c USING unnest(%s::uuid[], %s::timestamptz[]) AS done (owner_id, changed_at)
    WHERE coalesce(c.customer_id, c.user_id) = done.owner_id AND c.changed_at < done.changed_at
    """,
    """
    UPDATE credential_changes c SET journaled_at = now()
    FROM unnest(%s::uuid[], %s::timestamptz[]) AS done (owner_id, changed_at)
    WHERE coalesce(c.customer_id, c.user_id) = done.owner_id AND c.changed_at = done.changed_at
    """,
)
EXISTING = for_realms("SELECT id FROM {accounts} WHERE id = ANY (%s)")
END_PENDING = for_realms("UPDATE {pending} SET ended_at = now() WHERE ended_at IS NULL AND expires_at > now()")
END_LINKS = for_realms("UPDATE {links} SET used_at = now() WHERE used_at IS NULL AND expires_at > now()")


# ------------------------------------------------------------------ writing the journal


async def pending(reader: Reader) -> list[Change]:
    """Return the newest change of some accounts whose changes are not in the journal yet."""
    return await fetch_all(
        reader,
        Change,
        """
        SELECT CASE WHEN user_id IS NULL THEN 'customer' ELSE 'staff' END AS realm,
          coalesce(customer_id, user_id) AS owner_id, max(changed_at) AS changed_at
        FROM credential_changes WHERE journaled_at IS NULL
        GROUP BY customer_id, user_id ORDER BY max(changed_at) LIMIT %s
        """,
        [MOST_AT_ONCE],
    )


async def journaled(tx: Transaction, changes: Sequence[Change]) -> None:
    """Note that the journal has these changes; of each account the newest row is kept, for a comparison later."""
    done = [[change.owner_id for change in changes], [change.changed_at for change in changes]]
    for statement in JOURNALED:
        await execute(tx, statement, done)


async def state(tx: Transaction, realm: Realm, owner_id: UUID) -> State | None:
    """Return the account's credentials, its row locked; None where it is gone or erased."""
    account = await fetch_one(tx, Account, ACCOUNT[realm], [owner_id])
    if account is None or account.is_erased:
        return None
    app = await fetch_one(tx, Authenticator, AUTHENTICATOR[realm], [owner_id]) or Authenticator(None, None, 0)
    return State(
        email=account.email,
        email_verified_at=account.email_verified_at,
        password_hash=account.password_hash,
        disabled_at=account.disabled_at,
        role=account.role,
        two_factor_enabled=account.two_factor_enabled,
        secret=app.secret,
        proven_at=app.proven_at,
        last_step=app.last_step,
        recovery_codes=await fetch_values(tx, CODES[realm], [owner_id]),
        passkeys=await fetch_all(tx, Passkey, PASSKEYS[realm], [owner_id]),
    )


# ------------------------------------------------------------------ after a restore


async def end_pending(tx: Transaction, realm: Realm) -> int:
    """End the sign-ins of the realm that wait for a second factor, and return how many there were."""
    return await execute(tx, END_PENDING[realm])


async def end_links(tx: Transaction, realm: Realm) -> int:
    """End the mailed links of the realm that still worked, and return how many there were."""
    return await execute(tx, END_LINKS[realm])


async def note_replay(tx: Transaction, realm: Realm, owner_id: UUID, changed_at: datetime) -> None:
    """Have the account count as changed after that moment, whatever the clock says: it is as new as the journal."""
    owner = [owner_id, None] if realm == "customer" else [None, owner_id]
    await execute(
        tx,
        """
        INSERT INTO credential_changes (customer_id, user_id, changed_at)
        VALUES (%s, %s, greatest(clock_timestamp(), %s::timestamptz + interval '1 microsecond'))
        """,
        [*owner, changed_at],
    )


async def hold_replay(tx: Transaction) -> None:
    """Wait until no other process replays."""
    await execute(tx, "SELECT pg_advisory_xact_lock(%s)", [REPLAYING])


async def last_changes(reader: Reader, realm: Realm, owner_ids: Sequence[UUID]) -> dict[UUID, datetime]:
    """Return when the database has last seen a change of those accounts, where it has."""
    rows = await fetch_all(reader, Change, LAST_CHANGES[realm], [list(owner_ids)])
    return {row.owner_id: row.changed_at for row in rows}


async def existing(reader: Reader, realm: Realm, owner_ids: Sequence[UUID]) -> set[UUID]:
    """Return those of the ids that are accounts."""
    return set(await fetch_values(reader, EXISTING[realm], [list(owner_ids)]))


async def park_email(tx: Transaction, realm: Realm, owner_id: UUID) -> None:
    """Take the account's address away for now, so that another one may have it."""
    await execute(tx, PARK[realm], [owner_id])


async def is_taken(reader: Reader, realm: Realm, email: str, owner_id: UUID) -> bool:
    """Return whether another account has that address."""
    return bool(await fetch_value(reader, TAKEN[realm], [email, owner_id]))


async def write(tx: Transaction, realm: Realm, owner_id: UUID, new: State) -> None:
    """Make these the credentials of the account, and no others."""
    await execute(
        tx,
        WRITE[realm],
        {
            "owner": owner_id,
            "email": new.email,
            "email_verified_at": new.email_verified_at,
            "password_hash": new.password_hash,
            "disabled_at": new.disabled_at,
            "two_factor_enabled": new.two_factor_enabled,
            "role": new.role,
        },
    )
    await execute(tx, CLEAR_AUTHENTICATOR[realm], [owner_id])
    if new.secret is not None:
        await execute(tx, ADD_AUTHENTICATOR[realm], [owner_id, new.secret, new.proven_at, new.last_step])
    await execute(tx, KEEP_CODES[realm], [owner_id, new.recovery_codes])
    await execute(tx, REOPEN_CODES[realm], [owner_id])
    await execute(tx, ADD_CODES[realm], [owner_id, new.recovery_codes])
    await execute(tx, KEEP_PASSKEYS[realm], [owner_id, [passkey.id for passkey in new.passkeys]])
    for one in new.passkeys:
        values = [one.id, one.credential_id, one.public_key, one.sign_count, one.transports, one.name, one.created_at]
        await execute(tx, ADD_PASSKEY[realm], [owner_id, *values])
