"""The tables of second factors: authenticators, recovery codes, passkeys and their spent challenges."""

from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from revivatech.accounts.contracts import Realm
from revivatech.accounts.realms import for_realms
from revivatech.db import Reader, Transaction, execute, fetch_all, fetch_one, fetch_value, one_changed
from revivatech.kit.structs import Value


class Owner(Value, frozen=True):
    """The facts of an account that setting up a factor needs."""

    id: UUID
    email: str | None
    first_name: str
    last_name: str
    role: str
    email_verified: bool
    two_factor_enabled: bool


class Authenticator(Value, frozen=True):
    """The secrets shared with an app, encrypted; `now` is the database's clock, in seconds since 1970."""

    secret: bytes | None
    candidate: bytes | None
    candidate_is_fresh: bool
    last_step: int
    now: float


class State(Value, frozen=True):
    """The stored factors: since when codes are asked, how many recovery codes are left, how many passkeys there are."""

    proven_at: datetime | None
    recovery_codes_left: int
    passkeys: int


class Passkey(Value, frozen=True):
    """A passkey as its owner sees it."""

    id: UUID
    name: str
    created_at: datetime
    last_used_at: datetime | None


class Credential(Value, frozen=True):
    """A passkey as its signature is checked."""

    id: UUID
    owner_id: UUID
    credential_id: bytes
    public_key: bytes
    sign_count: int
    transports: list[str]


# A colleague's address was given by the shop: there is nothing to verify.
OWNER_OF: dict[Realm, LiteralString] = {
    "customer": """
        SELECT id, email, first_name, last_name, 'customer' AS role, email_verified_at IS NOT NULL AS email_verified,
          two_factor_enabled
        FROM customers WHERE id = %s AND disabled_at IS NULL
    """,
    "staff": """
        SELECT id, email, first_name, last_name, role, true AS email_verified, two_factor_enabled
        FROM users WHERE id = %s AND disabled_at IS NULL
    """,
}
SET_ENABLED = for_realms("UPDATE {accounts} SET two_factor_enabled = %s WHERE id = %s")

AUTHENTICATOR = for_realms(
    """
    SELECT secret, candidate, coalesce(candidate_at > now() - make_interval(secs => %s), false) AS candidate_is_fresh,
      last_step, extract(epoch FROM clock_timestamp())::float8 AS now
    FROM {authenticators} WHERE {owner} = %s FOR UPDATE
    """
)
SET_CANDIDATE = for_realms(
    """
    INSERT INTO {authenticators} ({owner}, candidate, candidate_at) VALUES (%s, %s, now())
    ON CONFLICT ({owner}) DO UPDATE SET candidate = excluded.candidate, candidate_at = now()
    """
)
PROMOTE = for_realms(
    """
    UPDATE {authenticators}
    SET secret = candidate, proven_at = now(), last_step = %s, candidate = NULL, candidate_at = NULL
    WHERE {owner} = %s AND candidate IS NOT NULL
    """
)
USE_STEP = for_realms(
    "UPDATE {authenticators} SET last_step = %(step)s WHERE {owner} = %(owner)s AND last_step < %(step)s"
)
KEEP_SECRET = for_realms("UPDATE {authenticators} SET secret = %s WHERE {owner} = %s AND secret IS NOT NULL")
REMOVE = for_realms("DELETE FROM {authenticators} WHERE {owner} = %s")
STATE = for_realms(
    """
    SELECT (SELECT proven_at FROM {authenticators} WHERE {owner} = %(owner)s) AS proven_at,
      (SELECT count(*) FROM {recovery} WHERE {owner} = %(owner)s AND used_at IS NULL) AS recovery_codes_left,
      (SELECT count(*) FROM {passkeys} WHERE {owner} = %(owner)s) AS passkeys
    """
)

CLEAR_CODES = for_realms("DELETE FROM {recovery} WHERE {owner} = %s")
ADD_CODES = for_realms(
    "INSERT INTO {recovery} (code_hash, {owner}) SELECT hash, %s FROM unnest(%s::bytea[]) AS made (hash)"
)
USE_CODE = for_realms(
    "UPDATE {recovery} SET used_at = now() WHERE code_hash = ANY (%s) AND {owner} = %s AND used_at IS NULL"
)
CODES_LEFT = for_realms("SELECT count(*) FROM {recovery} WHERE {owner} = %s AND used_at IS NULL")

PASSKEYS = for_realms(
    "SELECT id, name, created_at, last_used_at FROM {passkeys} WHERE {owner} = %s ORDER BY created_at, id"
)
CREDENTIALS = for_realms(
    """
    SELECT id, {owner} AS owner_id, credential_id, public_key, sign_count, transports
    FROM {passkeys} WHERE {owner} = %s ORDER BY created_at, id
    """
)
CREDENTIAL = for_realms(
    """
    SELECT id, {owner} AS owner_id, credential_id, public_key, sign_count, transports
    FROM {passkeys} WHERE credential_id = %s
    """
)
# The account's row is locked by the caller, so that the count holds.
ADD_PASSKEY = for_realms(
    """
    INSERT INTO {passkeys} ({owner}, credential_id, public_key, sign_count, transports, name)
    SELECT %(owner)s, %(credential_id)s, %(public_key)s, %(sign_count)s, %(transports)s, %(name)s
    WHERE (SELECT count(*) FROM {passkeys} WHERE {owner} = %(owner)s) < %(most)s
    ON CONFLICT DO NOTHING
    RETURNING id, name, created_at, last_used_at
    """
)
RENAME_PASSKEY = for_realms(
    """
    UPDATE {passkeys} SET name = %s WHERE id = %s AND {owner} = %s RETURNING id, name, created_at, last_used_at
    """
)
REMOVE_PASSKEY = for_realms(
    "DELETE FROM {passkeys} WHERE id = %s AND {owner} = %s RETURNING id, name, created_at, last_used_at"
)
REMOVE_PASSKEYS = for_realms("DELETE FROM {passkeys} WHERE {owner} = %s")
# A signature is counted once: of two with the same counter, one changes the row.
USE_PASSKEY = for_realms(
    "UPDATE {passkeys} SET sign_count = %s, last_used_at = now() WHERE id = %s AND sign_count = %s"
)


async def owner(reader: Reader, realm: Realm, owner_id: UUID) -> Owner | None:
    """The account, None where it is gone or closed."""
    return await fetch_one(reader, Owner, OWNER_OF[realm], [owner_id])


async def set_enabled(tx: Transaction, realm: Realm, owner_id: UUID, *, is_enabled: bool) -> None:
    """Have a second factor asked at sign-in, or not any more."""
    await execute(tx, SET_ENABLED[realm], [is_enabled, owner_id])


async def authenticator(tx: Transaction, realm: Realm, owner_id: UUID, candidate_seconds: int) -> Authenticator | None:
    """The account's authenticator, locked; None where none was ever begun."""
    return await fetch_one(tx, Authenticator, AUTHENTICATOR[realm], [candidate_seconds, owner_id])


async def set_candidate(tx: Transaction, realm: Realm, owner_id: UUID, candidate: bytes) -> None:
    """Keep a secret that is to be proven; a present one goes on working."""
    await execute(tx, SET_CANDIDATE[realm], [owner_id, candidate])


async def promote(tx: Transaction, realm: Realm, owner_id: UUID, step: int) -> None:
    """Make the candidate the secret; the code of that step was its proof and works no more."""
    await execute(tx, PROMOTE[realm], [step, owner_id])


async def use_step(tx: Transaction, realm: Realm, owner_id: UUID, step: int) -> bool:
    """Return whether the code of that step, or a later one, was not used before; now it is."""
    return await one_changed(tx, USE_STEP[realm], {"step": step, "owner": owner_id})


async def keep_secret(tx: Transaction, realm: Realm, owner_id: UUID, secret: bytes) -> None:
    """Keep the same secret under another key."""
    await execute(tx, KEEP_SECRET[realm], [secret, owner_id])


async def remove_authenticator(tx: Transaction, realm: Realm, owner_id: UUID) -> None:
    """Forget the secret, and the recovery codes with it."""
    await execute(tx, REMOVE[realm], [owner_id])
    await execute(tx, CLEAR_CODES[realm], [owner_id])


async def state(reader: Reader, realm: Realm, owner_id: UUID) -> State:
    """Return what the account has set up."""
    found = await fetch_one(reader, State, STATE[realm], {"owner": owner_id})
    assert found is not None  # noqa: S101 - a SELECT of three values has one row
    return found


async def replace_codes(tx: Transaction, realm: Realm, owner_id: UUID, hashes: Sequence[bytes]) -> None:
    """Give the account these recovery codes and no others."""
    await execute(tx, CLEAR_CODES[realm], [owner_id])
    await execute(tx, ADD_CODES[realm], [owner_id, list(hashes)])


async def use_code(tx: Transaction, realm: Realm, owner_id: UUID, hashes: Sequence[bytes]) -> bool:
    """Return whether one of these was an unused recovery code of the account; now it is used."""
    return await one_changed(tx, USE_CODE[realm], [list(hashes), owner_id])


async def codes_left(reader: Reader, realm: Realm, owner_id: UUID) -> int:
    """Return how many recovery codes are unused."""
    return int(await fetch_value(reader, CODES_LEFT[realm], [owner_id]))


async def passkeys(reader: Reader, realm: Realm, owner_id: UUID) -> list[Passkey]:
    """The account's passkeys, the oldest first."""
    return await fetch_all(reader, Passkey, PASSKEYS[realm], [owner_id])


async def credentials(reader: Reader, realm: Realm, owner_id: UUID) -> list[Credential]:
    """The account's passkeys with their keys."""
    return await fetch_all(reader, Credential, CREDENTIALS[realm], [owner_id])


async def credential(reader: Reader, realm: Realm, credential_id: bytes) -> Credential | None:
    """The passkey of that name, None where nobody of the realm has it."""
    return await fetch_one(reader, Credential, CREDENTIAL[realm], [credential_id])


async def add_passkey(  # noqa: PLR0913 - the columns
    tx: Transaction,
    realm: Realm,
    owner_id: UUID,
    *,
    credential_id: bytes,
    public_key: bytes,
    sign_count: int,
    transports: Sequence[str],
    name: str,
    most: int,
) -> Passkey | None:
    """The new passkey; None where the account has `most` of them, or somebody has this one already."""
    return await fetch_one(
        tx,
        Passkey,
        ADD_PASSKEY[realm],
        {
            "owner": owner_id,
            "credential_id": credential_id,
            "public_key": public_key,
            "sign_count": sign_count,
            "transports": list(transports),
            "name": name,
            "most": most,
        },
    )


async def rename_passkey(tx: Transaction, realm: Realm, owner_id: UUID, passkey_id: UUID, name: str) -> Passkey | None:
    """The passkey under its new name, None where the account has none of that id."""
    return await fetch_one(tx, Passkey, RENAME_PASSKEY[realm], [name, passkey_id, owner_id])


async def remove_passkey(tx: Transaction, realm: Realm, owner_id: UUID, passkey_id: UUID) -> Passkey | None:
    """The passkey that this removed, None where the account has none of that id."""
    return await fetch_one(tx, Passkey, REMOVE_PASSKEY[realm], [passkey_id, owner_id])


async def remove_passkeys(tx: Transaction, realm: Realm, owner_id: UUID) -> None:
    """Forget all passkeys of the account."""
    await execute(tx, REMOVE_PASSKEYS[realm], [owner_id])


async def use_passkey(tx: Transaction, realm: Realm, used: Credential, sign_count: int) -> bool:
    """Set the passkey's counter; return whether it was still the one of the signature's check."""
    return await one_changed(tx, USE_PASSKEY[realm], [sign_count, used.id, used.sign_count])
