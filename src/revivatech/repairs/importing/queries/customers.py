"""The customers of the stage: who they are, and whom of them the shop may know."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from revivatech.db import Transaction, execute, fetch_all, fetch_values
from revivatech.kit.structs import Value
from revivatech.repairs.importing.contracts import Account, Problem


class StagedCustomer(Value):
    """A customer as the first of their rows describes them, with the time of their earliest one."""

    nth: int
    key: str
    email: str | None
    first_name: str
    last_name: str
    is_organisation: bool
    phone: str | None
    language: str
    since: datetime


class Corrected(Value):
    """A customer of earlier imports, and the one key under which the file has all of their repairs that it changes."""

    customer_id: UUID
    key: str
    email: str | None
    first_name: str
    last_name: str
    is_organisation: bool
    phone: str | None
    language: str
    since: datetime


async def corrected(tx: Transaction, source: str) -> list[Corrected]:
    """Return the customers whose repairs the stage changes, each as their first row describes them now."""
    return await fetch_all(
        tx,
        Corrected,
        """
        SELECT DISTINCT ON (r.customer_id) r.customer_id, s.customer_key AS key, s.customer_email AS email,
          s.first_name, s.last_name, s.is_organisation, s.phone, s.language, s.received_at AS since
        FROM import_rows s JOIN repairs r ON r.import_source = %(source)s AND r.import_id = s.import_id
        WHERE NOT EXISTS (
          SELECT FROM import_rows o JOIN repairs p ON p.import_source = %(source)s AND p.import_id = o.import_id
          WHERE p.customer_id = r.customer_id AND o.customer_key <> s.customer_key
        )
        ORDER BY r.customer_id, s.line
        """,
        {"source": source},
    )


async def gather(tx: Transaction) -> None:
    """Number the customers of the stage, each once, as their first row describes them."""
    await execute(
        tx,
        """
        INSERT INTO import_customers
        SELECT row_number() OVER (), first.* FROM (
          SELECT DISTINCT ON (customer_key) customer_key, customer_email, first_name, last_name, is_organisation,
            phone, language, min(received_at) OVER (PARTITION BY customer_key)
          FROM import_rows ORDER BY customer_key, line
        ) first
        """,
    )
    await execute(tx, "ANALYZE import_customers")


async def staged(tx: Transaction, after: int, limit: int) -> list[StagedCustomer]:
    """The next customers of the stage after that number."""
    return await fetch_all(
        tx,
        StagedCustomer,
        """
        SELECT nth, key, email, first_name, last_name, is_organisation, phone, language, since
        FROM import_customers WHERE nth > %s ORDER BY nth LIMIT %s
        """,
        [after, limit],
    )


async def people(tx: Transaction, after: str, limit: int) -> list[StagedCustomer]:
    """The next people of the stage after that key, each once, as their first row describes them."""
    return await fetch_all(
        tx,
        StagedCustomer,
        """
        SELECT DISTINCT ON (customer_key) 0 AS nth, customer_key AS key, customer_email AS email, first_name, last_name,
          is_organisation, phone, language, received_at AS since
        FROM import_rows WHERE customer_key > %s ORDER BY customer_key, line LIMIT %s
        """,
        [after, limit],
    )


async def drop_erased(tx: Transaction, erased: Mapping[str, datetime]) -> list[Problem]:
    """The rows of what was received of those people before they were erased; they leave the stage."""
    return await fetch_all(
        tx,
        Problem,
        """
        DELETE FROM import_rows s USING unnest(%s::text[], %s::timestamptz[]) AS e (key, at)
        WHERE s.customer_key = e.key AND s.received_at <= e.at
        RETURNING s.line, s.import_id AS id, 'customer' AS field,
          'The customer had themselves erased on ' || to_char(e.at, 'YYYY-MM-DD') || ', after this repair.' AS reason
        """,
        [list(erased), list(erased.values())],
    )


async def know(tx: Transaction, ids: dict[str, UUID]) -> None:
    """Keep whose row is whose."""
    await execute(
        tx,
        """
        UPDATE import_customers c SET id = k.id
        FROM unnest(%s::text[], %s::uuid[]) AS k (key, id) WHERE c.key = k.key
        """,
        [list(ids), list(ids.values())],
    )


async def largest(tx: Transaction, limit: int) -> list[Account]:
    """The customers with the most rows in the stage."""
    return await fetch_all(
        tx,
        Account,
        """
        SELECT first_name || CASE WHEN last_name = '' THEN '' ELSE ' ' || last_name END AS name,
          customer_email AS email, count(*)::int4 AS repairs
        FROM import_rows GROUP BY 1, 2 ORDER BY repairs DESC, name LIMIT %s
        """,
        [limit],
    )


async def touched(tx: Transaction) -> list[UUID]:
    """The customers whose repairs the stage touched."""
    return await fetch_values(
        tx, "SELECT DISTINCT c.id FROM import_customers c JOIN import_rows s ON s.customer_key = c.key"
    )
