"""The table users: who works here, and in which role."""

from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from msgspec import structs

from revivatech.accounts.contracts import NewStaff, StaffMember
from revivatech.db import Reader, Transaction, fetch_all, fetch_one, fetch_value, fetch_values, one_changed
from revivatech.kit.actor import Role
from revivatech.kit.structs import Value


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


STAFF: LiteralString = "SELECT id, email, first_name, last_name, role, language, timezone FROM users"


async def profile(reader: Reader, user_id: UUID) -> StaffRow | None:
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


async def by_id(reader: Reader, ids: Sequence[UUID]) -> list[StaffMember]:
    """Those staff members, disabled ones too, in no order."""
    return _with_roles(await fetch_all(reader, StaffMember, STAFF + " WHERE id = ANY (%s)", [list(ids)]))


async def active(reader: Reader) -> list[StaffMember]:
    """Everybody who can be given work, by name."""
    return _with_roles(
        await fetch_all(reader, StaffMember, STAFF + " WHERE disabled_at IS NULL ORDER BY first_name, last_name, id")
    )


async def everybody(reader: Reader) -> list[StaffMember]:
    """Everybody who works or worked here, by name."""
    return _with_roles(await fetch_all(reader, StaffMember, STAFF + " ORDER BY first_name, last_name, id"))


def _with_roles(rows: list[StaffMember]) -> list[StaffMember]:
    """The rows with what the table holds as text as a role."""
    return [structs.replace(row, role=Role(row.role)) for row in rows]


async def add(tx: Transaction, new: NewStaff, password_hash: str | None) -> UUID | None:
    """The id of the new staff member, who cannot sign in without a hash; None where the address is taken."""
    user_id: UUID | None = await fetch_value(
        tx,
        """
        INSERT INTO users (email, password_hash, first_name, last_name, role, language, timezone)
        VALUES (%(email)s, %(password_hash)s, %(first_name)s, %(last_name)s, %(role)s, %(language)s, %(timezone)s)
        ON CONFLICT DO NOTHING RETURNING id
        """,
        structs.asdict(new) | {"password_hash": password_hash},
    )
    return user_id


async def lock_admins(tx: Transaction) -> list[UUID]:
    """The ids of the admins who can sign in, locked, so that two of them cannot remove each other at once."""
    return await fetch_values(
        tx,
        """
        SELECT id FROM users WHERE role = 'admin' AND disabled_at IS NULL AND password_hash IS NOT NULL
        ORDER BY id FOR UPDATE
        """,
    )


async def change_role(tx: Transaction, user_id: UUID, role: Role) -> bool:
    """Return whether there is such a staff member; that is their role now."""
    return await one_changed(tx, "UPDATE users SET role = %s WHERE id = %s", [role, user_id])
