"""Summaries of an account, for its owner."""

from uuid import UUID

from revivatech.accounts.contracts import CustomerProfile, StaffProfile
from revivatech.accounts.directory.queries import customers, staff
from revivatech.accounts.ports import RepairCounts
from revivatech.db import Reader
from revivatech.kit.errors import NotSignedIn
from revivatech.kit.permissions import permissions_of

# What a client may offer. What is allowed is judged where it is done, never by this list.
CUSTOMER_PERMISSIONS = ("repairs:read", "notifications:read", "profile:read", "sessions:end")


async def customer_profile(reader: Reader, customer_id: UUID, repair_counts: RepairCounts) -> CustomerProfile:
    """The customer as they see themselves. Raises NotSignedIn when the account has just gone."""
    row = await customers.profile(reader, customer_id)
    if row is None:
        raise NotSignedIn("The account is gone.")
    return CustomerProfile(
        id=row.id,
        email=row.email,
        first_name=row.first_name,
        last_name=row.last_name,
        phone=row.phone,
        phone_verified=row.phone_verified,
        avatar_url=row.avatar_url,
        language=row.language,
        timezone=row.timezone,
        email_verified=row.email_verified,
        two_factor_enabled=row.two_factor_enabled,
        created_at=row.created_at,
        last_login_at=row.last_login_at,
        repair_count=await repair_counts(reader, customer_id),
        permissions=list(CUSTOMER_PERMISSIONS),
        identifier_hash=None,
    )


async def staff_profile(reader: Reader, user_id: UUID) -> StaffProfile:
    """The staff member as they see themselves. Raises NotSignedIn when the account has just gone."""
    row = await staff.profile(reader, user_id)
    if row is None:
        raise NotSignedIn("The account is gone.")
    return StaffProfile(
        id=row.id,
        email=row.email,
        first_name=row.first_name,
        last_name=row.last_name,
        role=row.role,
        language=row.language,
        timezone=row.timezone,
        two_factor_enabled=row.two_factor_enabled,
        created_at=row.created_at,
        last_login_at=row.last_login_at,
        permissions=[*permissions_of(row.role)],
    )
