"""Personal data in the tables of accounts, column by column, and what retention removes."""

from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from revivatech.db import Reader, Transaction, execute, fetch_values, one_changed
from revivatech.db.personal_data import Table

CLAIM = "somebody's claim to the address, which nobody has proven"
CREDENTIAL = "proves who signs in; a copy would open the account"

CUSTOMER = Table(
    "customers",
    "account/profile",
    own=(
        "email",
        "first_name",
        "last_name",
        "is_organisation",
        "phone",
        "phone_verified_at",
        "language",
        "timezone",
        "theme",
        "dashboard_parts",
        "email_verified_at",
        "two_factor_enabled",
        "disabled_at",
        "last_login_at",
        "terms_accepted_at",
        "terms_version",
    ),
    hidden={"password_hash": CREDENTIAL, "import_key": "the key of another system, made of what is shown"},
    kept=("created_at",),
    technical=("id", "avatar_id", "updated_at", "search_text", "erasure_at", "erased_at"),
    blanks={
        "email": "NULL",
        "first_name": "'Erased'",
        "last_name": "''",
        "is_organisation": "false",
        "phone": "NULL",
        "phone_verified_at": "NULL",
        "language": "'en'",
        "timezone": "'UTC'",
        "theme": "NULL",
        "dashboard_parts": "NULL",
        "email_verified_at": "NULL",
        "two_factor_enabled": "false",
        "terms_accepted_at": "NULL",
        "terms_version": "NULL",
        "disabled_at": "now()",
        "last_login_at": "NULL",
        "password_hash": "NULL",
        "import_key": "NULL",
        "avatar_id": "NULL",
        "erasure_at": "NULL",
        "erased_at": "coalesce(erased_at, now())",
    },
    whose="id = %(customer)s",
)
SESSIONS = Table(
    "customer_sessions",
    "account/sessions",
    own=("ip_address", "user_agent", "created_at", "last_used_at", "expires_at", "ended_at", "end_reason"),
    hidden={"secret_hash": CREDENTIAL},
    technical=("id", "customer_id", "ends_at"),
)
REFRESH_TOKENS = Table(
    "customer_refresh_tokens",
    "",
    hidden={"token_hash": CREDENTIAL},
    technical=("session_id", "created_at", "replaced_at"),
    whose="session_id IN (SELECT id FROM customer_sessions WHERE customer_id = %(customer)s)",
)
LINKS = Table(
    "customer_links",
    "account/links",
    own=("purpose", "email", "created_at", "expires_at", "used_at"),
    technical=("id", "customer_id"),
)
MAILS = Table(
    "account_mails",
    "account/mails",
    own=("kind", "recipient", "facts", "created_at", "sent_at"),
    technical=("id", "customer_id", "user_id", "link_id"),
)
ACTIVITY = Table(
    "customer_activity_log",
    "account/activity",
    own=("activity_type", "description", "metadata", "ip_address", "user_agent", "created_at"),
    technical=("id", "customer_id"),
)

# A claim to the address that nobody has proven: it may be somebody else's.
REGISTRATIONS = Table(
    "customer_registrations",
    "",
    hidden={
        "first_name": CLAIM,
        "last_name": CLAIM,
        "phone": CLAIM,
        "language": CLAIM,
        "terms_version": CLAIM,
    },
    technical=("customer_id", "created_at"),
)
# Asked for by an address, of which a job has not looked yet whose it is.
MAIL_REQUESTS = Table(
    "mail_requests",
    "",
    hidden={"email": CLAIM, "next": CLAIM},
    technical=("id", "kind", "created_at", "fingerprint", "previous_link"),
    whose="email = (SELECT email FROM customers WHERE id = %(customer)s)",
)
PENDING_SIGN_INS = Table(
    "customer_pending_sign_ins",
    "",
    technical=("id", "customer_id", "attempts", "created_at", "expires_at", "ended_at"),
)
AUTHENTICATORS = Table(
    "customer_authenticators",
    "account/second_factor",
    own=("proven_at",),
    hidden={"secret": CREDENTIAL, "candidate": CREDENTIAL},
    technical=("customer_id", "last_step", "candidate_at"),
    order="proven_at",
)
RECOVERY_CODES = Table(
    "customer_recovery_codes",
    "account/recovery_codes",
    own=("created_at", "used_at"),
    hidden={"code_hash": CREDENTIAL},
    technical=("customer_id",),
    order="created_at, code_hash",
)
PASSKEYS = Table(
    "customer_passkeys",
    "account/passkeys",
    own=("name", "transports", "created_at", "last_used_at"),
    hidden={"credential_id": CREDENTIAL, "public_key": CREDENTIAL},
    technical=("id", "customer_id", "sign_count"),
)
KNOWN_DEVICES = Table(
    "customer_known_devices",
    "account/known_devices",
    own=("last_seen_at",),
    hidden={"fingerprint": "knows a device again without naming it"},
    technical=("customer_id",),
    order="last_seen_at, fingerprint",
)
PHONE_CODES = Table(
    "phone_codes",
    "account/phone_codes",
    own=("phone", "created_at", "sent_at"),
    technical=("id", "customer_id", "tries", "expires_at", "ended_at"),
)
ADDRESSES = Table(
    "customer_addresses",
    "account/addresses",
    own=(
        "type",
        "label",
        "street_address",
        "apartment",
        "district",
        "city",
        "state",
        "postal_code",
        "country",
        "is_default",
        "created_at",
    ),
    technical=("id", "customer_id", "version", "updated_at"),
)
STAFF_ACCESS = Table(
    "staff_access_log",
    "account/staff_access",
    own=("object_kind", "object_name", "created_at"),
    technical=("id", "customer_id", "user_id", "object_id", "hour"),
)
STAFF_AUDIT = Table(
    "staff_audit_log",
    "",
    technical=("id", "action", "actor_id", "user_id", "customer_id", "facts", "ip_address", "request_id", "created_at"),
    stays="says what the staff did, and of a customer no more than an id that names nobody after the erasure",
)

CREDENTIAL_CHANGES = Table(
    "credential_changes",
    "",
    technical=("id", "customer_id", "user_id", "changed_at", "journaled_at"),
    stays="has the account's entry removed from the journal of credentials once it is erased",
)

# Erased in this order: what refers to a row goes before it.
TABLES = (
    REFRESH_TOKENS,
    SESSIONS,
    PENDING_SIGN_INS,
    AUTHENTICATORS,
    RECOVERY_CODES,
    PASSKEYS,
    KNOWN_DEVICES,
    PHONE_CODES,
    LINKS,
    MAILS,
    REGISTRATIONS,
    MAIL_REQUESTS,
    ADDRESSES,
    STAFF_ACCESS,
    STAFF_AUDIT,
    ACTIVITY,
    CREDENTIAL_CHANGES,
    CUSTOMER,
)

BATCH = 1000
OLD_ADDRESSES: tuple[LiteralString, ...] = (
    """
    UPDATE customer_activity_log SET ip_address = NULL, user_agent = NULL WHERE id IN (
      SELECT id FROM customer_activity_log
      WHERE created_at < now() - make_interval(days => %(days)s)
        AND (ip_address IS NOT NULL OR user_agent IS NOT NULL)
      ORDER BY created_at LIMIT %(batch)s
    )
    """,
    # A session that is in use keeps its device's name: by it the owner knows the session.
    """
    UPDATE customer_sessions SET ip_address = NULL, user_agent = NULL WHERE id IN (
      SELECT id FROM customer_sessions
      WHERE created_at < now() - make_interval(days => %(days)s)
        AND last_used_at < now() - make_interval(days => %(days)s)
        AND (ip_address IS NOT NULL OR user_agent IS NOT NULL)
      ORDER BY created_at LIMIT %(batch)s
    )
    """,
    """
    UPDATE staff_sessions SET ip_address = NULL, user_agent = NULL WHERE id IN (
      SELECT id FROM staff_sessions
      WHERE created_at < now() - make_interval(days => %(days)s)
        AND last_used_at < now() - make_interval(days => %(days)s)
        AND (ip_address IS NOT NULL OR user_agent IS NOT NULL)
      ORDER BY created_at LIMIT %(batch)s
    )
    """,
    """
    UPDATE staff_audit_log SET ip_address = NULL WHERE id IN (
      SELECT id FROM staff_audit_log
      WHERE created_at < now() - make_interval(days => %(days)s) AND ip_address IS NOT NULL
      ORDER BY created_at LIMIT %(batch)s
    )
    """,
)
OLD_ENTRIES: tuple[LiteralString, ...] = (
    """
    DELETE FROM customer_activity_log WHERE id IN (
      SELECT id FROM customer_activity_log WHERE created_at < now() - interval '2 years'
      ORDER BY created_at LIMIT %(batch)s
    )
    """,
    """
    DELETE FROM staff_audit_log WHERE id IN (
      SELECT id FROM staff_audit_log WHERE created_at < now() - interval '2 years'
      ORDER BY created_at LIMIT %(batch)s
    )
    """,
)


async def forget_addresses(tx: Transaction, days: int) -> int:
    """Return how many rows lost their network address and program, at most a batch a table."""
    return sum([await execute(tx, statement, {"days": days, "batch": BATCH}) for statement in OLD_ADDRESSES])


async def forget_entries(tx: Transaction) -> int:
    """Return how many entries of both logs of more than two years ago were deleted, at most a batch a table."""
    return sum([await execute(tx, statement, {"batch": BATCH}) for statement in OLD_ENTRIES])


async def not_erased(reader: Reader, ids: Sequence[UUID]) -> list[UUID]:
    """Those of the customers whose row names somebody."""
    return await fetch_values(
        reader, "SELECT id FROM customers WHERE id = ANY (%s) AND erased_at IS NULL ORDER BY id", [list(ids)]
    )


async def set_erasure(tx: Transaction, customer_id: UUID, at: datetime | None) -> bool:
    """Return whether there is such a customer who is not erased; they will be then, or for None will not."""
    return await one_changed(
        tx, "UPDATE customers SET erasure_at = %s WHERE id = %s AND erased_at IS NULL", [at, customer_id]
    )
