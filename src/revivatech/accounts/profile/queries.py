"""Profiles in the table customers, and the table phone_codes."""

from collections.abc import Sequence
from typing import LiteralString
from uuid import UUID

from revivatech.db import Query, Reader, Transaction, execute, fetch_all, fetch_one, fetch_value, one_changed
from revivatech.kit.structs import Value


class Stored(Value):
    """The stored facts that a customer may change."""

    first_name: str
    last_name: str
    is_organisation: bool
    email: str | None
    phone: str | None
    phone_verified: bool
    language: str
    timezone: str
    avatar_id: UUID | None
    theme: str | None
    dashboard_parts: list[str] | None


class Phone(Value):
    """A customer's number, and whether it was proven."""

    phone: str | None
    is_verified: bool


class Code(Value):
    """A code that was asked for: whose, for which number."""

    id: UUID
    customer_id: UUID
    phone: str


class CodeToSend(Value):
    """The facts for an SMS with a code."""

    id: UUID
    phone: str
    language: str


class AvatarId(Value):
    """A picture that a customer has now."""

    id: UUID


STORED: LiteralString = """
    SELECT first_name, last_name, is_organisation, email, phone, phone_verified_at IS NOT NULL AS phone_verified,
      language, timezone, avatar_id, theme, dashboard_parts
    FROM customers WHERE id = %s
"""


async def stored(reader: Reader, customer_id: UUID) -> Stored | None:
    """The profile as it stands; None where the account is gone."""
    return await fetch_one(reader, Stored, STORED, [customer_id])


async def locked(tx: Transaction, customer_id: UUID) -> Stored | None:
    """The profile, its row locked until the transaction ends."""
    return await fetch_one(tx, Stored, STORED + " FOR UPDATE", [customer_id])


async def write(tx: Transaction, customer_id: UUID, profile: Stored) -> None:
    """Replace what a person writes of themselves; the row is locked by the caller."""
    await execute(
        tx,
        """
        UPDATE customers SET first_name = %s, last_name = %s, phone = %s, language = %s, timezone = %s WHERE id = %s
        """,
        [profile.first_name, profile.last_name, profile.phone, profile.language, profile.timezone, customer_id],
    )


async def set_theme(tx: Transaction, customer_id: UUID, theme: str) -> bool:
    """Return whether that is another theme than before."""
    return await one_changed(
        tx,
        "UPDATE customers SET theme = %(theme)s WHERE id = %(id)s AND theme IS DISTINCT FROM %(theme)s",
        {"theme": theme, "id": customer_id},
    )


async def set_dashboard(tx: Transaction, customer_id: UUID, parts: Sequence[str] | None) -> None:
    """Remember the parts of the dashboard; None is how it comes."""
    await execute(
        tx,
        "UPDATE customers SET dashboard_parts = %s WHERE id = %s",
        [list(parts) if parts is not None else None, customer_id],
    )


class Chosen(Value):
    """The parts of the dashboard that a customer has chosen; null: as it comes."""

    dashboard_parts: list[str] | None


DASHBOARD = "SELECT dashboard_parts FROM customers WHERE id = %(customer_id)s"


def dashboard(customer_id: UUID) -> Query[Chosen]:
    """Return what that customer has chosen; no row where there is no such customer."""
    return Query(Chosen, DASHBOARD, {"customer_id": customer_id})


# ------------------------------------------------------------------ the picture


async def swap_avatar(tx: Transaction, customer_id: UUID, avatar_id: UUID | None) -> UUID | None:
    """The picture that the customer had until this one (or none) took its place."""
    before: UUID | None = await fetch_value(
        tx,
        """
        UPDATE customers c SET avatar_id = %(avatar)s FROM (
          SELECT id, avatar_id FROM customers WHERE id = %(customer)s FOR UPDATE
        ) AS before
        WHERE c.id = before.id RETURNING before.avatar_id
        """,
        {"avatar": avatar_id, "customer": customer_id},
    )
    return before


async def avatar_of(reader: Reader, customer_id: UUID) -> UUID | None:
    """The customer's picture."""
    avatar_id: UUID | None = await fetch_value(reader, "SELECT avatar_id FROM customers WHERE id = %s", [customer_id])
    return avatar_id


async def known_avatars(reader: Reader, ids: Sequence[UUID]) -> set[UUID]:
    """Those of the pictures that customers have now."""
    rows = await fetch_all(
        reader, AvatarId, "SELECT avatar_id AS id FROM customers WHERE avatar_id = ANY (%s)", [list(ids)]
    )
    return {row.id for row in rows}


# ------------------------------------------------------------------ the telephone


async def phone_of(tx: Transaction, customer_id: UUID) -> Phone | None:
    """The customer's number; the row is locked."""
    return await fetch_one(
        tx,
        Phone,
        "SELECT phone, phone_verified_at IS NOT NULL AS is_verified FROM customers WHERE id = %s FOR UPDATE",
        [customer_id],
    )


async def end_codes(tx: Transaction, customer_id: UUID) -> None:
    """End the customer's code, if one lives."""
    await execute(
        tx, "UPDATE phone_codes SET ended_at = now() WHERE customer_id = %s AND ended_at IS NULL", [customer_id]
    )


async def add_code(tx: Transaction, customer_id: UUID, phone: str, seconds: int) -> UUID:
    """The id of a new code; there may be no other alive."""
    code_id: UUID = await fetch_value(
        tx,
        """
        INSERT INTO phone_codes (customer_id, phone, expires_at) VALUES (%s, %s, now() + make_interval(secs => %s))
        RETURNING id
        """,
        [customer_id, phone, seconds],
    )
    return code_id


async def living_code(reader: Reader, customer_id: UUID) -> Code | None:
    """The code that the customer may still give."""
    return await fetch_one(
        reader,
        Code,
        """
        SELECT id, customer_id, phone FROM phone_codes
        WHERE customer_id = %s AND ended_at IS NULL AND expires_at > now() AND tries < 5
        """,
        [customer_id],
    )


async def try_code(tx: Transaction, customer_id: UUID) -> Code | None:
    """The customer's code with one more try counted; None where there is none, or all its tries are used.

    The statement is the claim: of a hundred at once, five get the code.
    """
    return await fetch_one(
        tx,
        Code,
        """
        UPDATE phone_codes SET tries = tries + 1
        WHERE customer_id = %s AND ended_at IS NULL AND expires_at > now() AND tries < 5
        RETURNING id, customer_id, phone
        """,
        [customer_id],
    )


async def prove_phone(tx: Transaction, code: Code) -> bool:
    """Return whether the number of the code is still the customer's; it counts as proven then, and the code is used."""
    await end_codes(tx, code.customer_id)
    return await one_changed(
        tx,
        "UPDATE customers SET phone_verified_at = now() WHERE id = %s AND phone = %s",
        [code.customer_id, code.phone],
    )


async def code_to_send(reader: Reader, code_id: UUID) -> CodeToSend | None:
    """The code that is still to be sent; None where it was, or is over."""
    return await fetch_one(
        reader,
        CodeToSend,
        """
        SELECT p.id, p.phone, c.language FROM phone_codes p JOIN customers c ON c.id = p.customer_id
        WHERE p.id = %s AND p.sent_at IS NULL AND p.ended_at IS NULL AND p.expires_at > now() AND c.phone = p.phone
        """,
        [code_id],
    )


async def code_sent(tx: Transaction, code_id: UUID) -> None:
    """Note that the SMS was handed over."""
    await execute(tx, "UPDATE phone_codes SET sent_at = now() WHERE id = %s", [code_id])


async def forget_old_codes(tx: Transaction) -> None:
    """Delete codes a day after they were asked for."""
    await execute(tx, "DELETE FROM phone_codes WHERE created_at < now() - interval '1 day'")
