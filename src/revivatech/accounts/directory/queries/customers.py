"""The table customers: who they are, one by one and many at once, and made where they are missing."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from revivatech.accounts.contracts import Claim, Customer, NewCustomer
from revivatech.accounts.directory.queries.search import name_conditions, pattern_conditions, pattern_parameters
from revivatech.db import Query, Reader, Transaction, execute, fetch_all, fetch_one, joined
from revivatech.kit.structs import Value


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


class KeyAndId(Value, frozen=True):
    """The id of a customer who was asked for by key."""

    key: str
    id: UUID


CUSTOMER: LiteralString = """
    SELECT id, email, first_name, last_name, is_organisation, phone, language, timezone,
      '/api/customer/avatar/' || avatar_id AS avatar_url, theme, password_hash IS NOT NULL AS has_portal
    FROM customers
"""
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


async def profile(reader: Reader, customer_id: UUID) -> CustomerRow | None:
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


async def by_id(reader: Reader, ids: Sequence[UUID]) -> list[Customer]:
    """Those customers, in no order."""
    return await fetch_all(reader, Customer, CUSTOMER + " WHERE id = ANY (%s)", [list(ids)])


def question(customer_id: UUID) -> Query[Customer]:
    """That customer; no row where there is none."""
    return Query(Customer, CUSTOMER + " WHERE id = %(customer_id)s", {"customer_id": customer_id})


async def by_email(reader: Reader, email: str) -> Customer | None:
    """The customer with that address, in its normal form."""
    return await fetch_one(reader, Customer, CUSTOMER + " WHERE email = %s", [email])


async def find(reader: Reader, patterns: Sequence[str], limit: int, *, by_name_alone: bool = False) -> list[Customer]:
    """Return the customers whose name, email or phone matches every LIKE pattern (lower case), the newest first."""
    return await fetch_all(
        reader,
        Customer,
        joined(
            CUSTOMER,
            "WHERE",
            pattern_conditions(patterns),
            name_conditions(patterns) if by_name_alone else "",
            "ORDER BY id DESC LIMIT %(limit)s",
        ),
        {"limit": limit, **pattern_parameters(patterns)},
    )


async def correct_imported(tx: Transaction, described: Mapping[UUID, NewCustomer]) -> None:
    """Set key, address, name and number of those who are known by an import alone and may be the same person."""
    await execute(
        tx,
        """
        WITH given AS (
          SELECT * FROM unnest(%(id)s::uuid[], %(key)s::text[], %(email)s::text[], %(first_name)s::text[],
            %(last_name)s::text[], %(is_organisation)s::boolean[], %(phone)s::text[])
          AS given (id, key, email, first_name, last_name, is_organisation, phone)
        )
        UPDATE customers c
        SET import_key = g.key, email = g.email, first_name = g.first_name, last_name = g.last_name, phone = g.phone
        FROM given g
        WHERE c.id = g.id AND c.import_key IS NOT NULL AND c.import_key <> g.key
          AND c.password_hash IS NULL AND c.email IS NULL AND NOT (c.is_organisation OR g.is_organisation)
          AND (
            c.phone = g.phone
            OR (lower(c.first_name), lower(c.last_name)) = (lower(g.first_name), lower(g.last_name))
          )
          AND NOT EXISTS (
            SELECT FROM customers o WHERE o.id <> c.id AND (o.import_key = g.key OR o.email = g.email)
          )
          AND NOT EXISTS (
            SELECT FROM given o WHERE o.id <> g.id AND (o.key = g.key OR o.email = g.email)
          )
        """,
        {"id": list(described)}
        | {
            name: [getattr(one, name) for one in described.values()]
            for name in ("key", "email", "first_name", "last_name", "is_organisation", "phone")
        },
    )


async def known_claims(reader: Reader, claims: Sequence[Claim]) -> set[tuple[UUID, str]]:
    """Return the customer and the key of each claim whose key or address is that customer's."""
    rows = await fetch_all(
        reader,
        KeyAndId,
        """
        SELECT g.key, c.id FROM unnest(%s::uuid[], %s::text[], %s::text[]) AS g (id, key, email)
        JOIN customers c ON c.id = g.id AND (c.import_key = g.key OR c.email = g.email)
        """,
        [[one.customer_id for one in claims], [one.key for one in claims], [one.email for one in claims]],
    )
    return {(row.id, row.key) for row in rows}


async def ensure(tx: Transaction, customers: Sequence[NewCustomer]) -> dict[str, UUID]:
    """The ids by key; missing where another transaction has just made a customer with the same key or address."""
    columns = {name: [getattr(new, name) for new in customers] for name in NewCustomer.__struct_fields__}
    return {row.key: row.id for row in await fetch_all(tx, KeyAndId, ENSURE_CUSTOMERS, columns)}
