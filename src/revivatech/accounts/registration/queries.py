"""The tables customer_registrations and mail_requests, and what joining changes in customers and their sessions."""

from collections.abc import Sequence
from typing import LiteralString
from uuid import UUID

from msgspec import structs
from psycopg.errors import UniqueViolation

from revivatech.accounts.contracts import EmailTaken
from revivatech.accounts.registration.contracts import Kind
from revivatech.db import Reader, Transaction, execute, fetch_all, fetch_one, fetch_value, one_changed
from revivatech.kit.structs import Value


class Joined(Value, frozen=True):
    """An account as far as joining and returning need to know it."""

    id: UUID
    email: str | None
    first_name: str
    last_name: str
    has_password: bool
    is_verified: bool
    is_disabled: bool
    two_factor_enabled: bool
    language: str


class Withdrawn(Value, frozen=True):
    """An account that has just lost its password."""

    id: UUID
    email: str


class Registration(Value, frozen=True):
    """A new account's facts; the password is hashed already."""

    email: str
    password_hash: str
    first_name: str
    last_name: str
    phone: str | None
    language: str
    timezone: str
    terms_version: str


class Request(Value, frozen=True):
    """A request for a mail; the last two show whether the owner asks: their browser, a link that was mailed before."""

    kind: Kind
    email: str
    next: str = ""
    fingerprint: bytes | None = None
    previous_link: UUID | None = None


JOINED: LiteralString = """
    SELECT id, email, first_name, last_name, password_hash IS NOT NULL AS has_password,
      email_verified_at IS NOT NULL AS is_verified, disabled_at IS NOT NULL AS is_disabled, two_factor_enabled,
      language
    FROM customers
"""


async def register(tx: Transaction, new: Registration) -> UUID | None:
    """The id of the new, unconfirmed account; None where there is one with that address."""
    customer_id: UUID | None = await fetch_value(
        tx,
        """
        INSERT INTO customers (email, password_hash, first_name, last_name, phone, language, timezone,
          terms_accepted_at, terms_version)
        VALUES (%(email)s, %(password_hash)s, %(first_name)s, %(last_name)s, %(phone)s, %(language)s,
          %(timezone)s, now(), %(terms_version)s)
        ON CONFLICT DO NOTHING RETURNING id
        """,
        structs.asdict(new),
    )
    return customer_id


async def by_email(tx: Transaction, email: str) -> Joined | None:
    """The account of that address, its row locked."""
    return await fetch_one(tx, Joined, JOINED + " WHERE email = %s FOR NO KEY UPDATE", [email])


async def by_id(tx: Transaction, customer_id: UUID) -> Joined | None:
    """The account of that id, its row locked."""
    return await fetch_one(tx, Joined, JOINED + " WHERE id = %s FOR NO KEY UPDATE", [customer_id])


async def seen_by_email(reader: Reader, email: str) -> Joined | None:
    """The account of that address as it stands, not locked."""
    return await fetch_one(reader, Joined, JOINED + " WHERE email = %s", [email])


async def read(reader: Reader, customer_id: UUID) -> Joined | None:
    """The account of that id."""
    return await fetch_one(reader, Joined, JOINED + " WHERE id = %s", [customer_id])


async def keep_registration(tx: Transaction, customer_id: UUID, new: Registration) -> None:
    """Keep what was registered once more until the address is confirmed, but the password; the last one counts."""
    await execute(
        tx,
        """
        INSERT INTO customer_registrations (customer_id, first_name, last_name, phone, language, terms_version)
        VALUES (%(customer_id)s, %(first_name)s, %(last_name)s, %(phone)s, %(language)s, %(terms_version)s)
        ON CONFLICT (customer_id) DO UPDATE SET first_name = EXCLUDED.first_name,
          last_name = EXCLUDED.last_name, phone = EXCLUDED.phone,
          language = EXCLUDED.language, terms_version = EXCLUDED.terms_version, created_at = now()
        """,
        structs.asdict(new) | {"customer_id": customer_id},
    )


async def apply_registration(tx: Transaction, customer_id: UUID) -> bool:
    """Return whether something was registered once more; it is the account's now, which has no password any more."""
    return await one_changed(
        tx,
        """
        WITH kept AS (DELETE FROM customer_registrations WHERE customer_id = %s RETURNING *)
        UPDATE customers c SET password_hash = NULL, first_name = kept.first_name,
          last_name = kept.last_name, phone = coalesce(kept.phone, c.phone), language = kept.language,
          terms_accepted_at = kept.created_at, terms_version = kept.terms_version, updated_at = now()
        FROM kept WHERE c.id = kept.customer_id
        """,
        [customer_id],
    )


async def withdraw_passwords(tx: Transaction, customer_ids: Sequence[UUID]) -> list[Withdrawn]:
    """Those of the customers who had a password for an address that nobody has confirmed; they have none now."""
    return await fetch_all(
        tx,
        Withdrawn,
        """
        UPDATE customers SET password_hash = NULL, updated_at = now()
        WHERE id = ANY (%s) AND password_hash IS NOT NULL AND email IS NOT NULL AND email_verified_at IS NULL
        RETURNING id, email
        """,
        [list(customer_ids)],
    )


async def forget_registration(tx: Transaction, customer_id: UUID) -> None:
    """Drop what was registered once more: somebody has proven the address otherwise."""
    await execute(tx, "DELETE FROM customer_registrations WHERE customer_id = %s", [customer_id])


async def verify(tx: Transaction, customer_id: UUID, email: str) -> bool:
    """Return whether the account still has that address, which is confirmed now."""
    return await one_changed(
        tx,
        """
        UPDATE customers SET email_verified_at = coalesce(email_verified_at, now()), updated_at = now()
        WHERE id = %s AND email = %s AND disabled_at IS NULL
        """,
        [customer_id, email],
    )


async def accept_terms(tx: Transaction, customer_id: UUID, version: str) -> None:
    """Note which terms the customer has accepted just now."""
    await execute(
        tx,
        "UPDATE customers SET terms_accepted_at = now(), terms_version = %s WHERE id = %s",
        [version, customer_id],
    )


async def change_email(tx: Transaction, customer_id: UUID, email: str) -> bool:
    """Make the confirmed address the account's; return whether it is, False where the account is closed.

    Raises EmailTaken where another account has it.
    """
    try:
        return await one_changed(
            tx,
            """
            UPDATE customers SET email = %s, email_verified_at = now(), updated_at = now()
            WHERE id = %s AND disabled_at IS NULL
            """,
            [email, customer_id],
        )
    except UniqueViolation:
        raise EmailTaken("Another account has this e-mail address.") from None


async def add_request(tx: Transaction, request: Request) -> UUID:
    """The id of a wish for a mail."""
    request_id: UUID = await fetch_value(
        tx,
        """
        INSERT INTO mail_requests (kind, email, next, fingerprint, previous_link)
        VALUES (%(kind)s, %(email)s, %(next)s, %(fingerprint)s, %(previous_link)s) RETURNING id
        """,
        structs.asdict(request),
    )
    return request_id


async def take_request(tx: Transaction, request_id: UUID) -> Request | None:
    """The wish, which is gone with that; None where it was answered."""
    return await fetch_one(
        tx,
        Request,
        "DELETE FROM mail_requests WHERE id = %s RETURNING kind, email, next, fingerprint, previous_link",
        [request_id],
    )


async def forget_old(tx: Transaction) -> None:
    """Delete wishes that nobody answered within a day, and what was registered once more a month ago."""
    await execute(tx, "DELETE FROM mail_requests WHERE created_at < now() - interval '1 day'")
    await execute(tx, "DELETE FROM customer_registrations WHERE created_at < now() - interval '30 days'")
