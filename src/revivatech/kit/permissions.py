"""Permissions of each role: the one table that the desk, the API's `permissions` and the people page read."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from revivatech.kit.actor import Actor, Role, StaffActor, SystemActor
from revivatech.kit.errors import NotAllowed


class Permission(StrEnum):
    """One thing that staff do; the value is what a client reads in `permissions`."""

    READ = "repairs:read"
    CHANGE_STATUS = "repairs:status"
    EDIT = "repairs:edit"
    TAKE_ON = "repairs:take-on"  # a repair for oneself
    TAKE_IN = "repairs:intake"
    ASSIGN = "repairs:assign"  # a repair to anybody
    REOPEN = "repairs:reopen"
    READ_CUSTOMERS = "customers:read"
    INVITE_CUSTOMERS = "customers:invite"
    DISABLE_CUSTOMERS = "customers:disable"
    RESET_FACTORS = "customers:second-factor"
    READ_PRIVACY = "privacy:requests"
    ASK_FOR_CUSTOMERS = "privacy:ask"  # a copy or an erasure, as a customer has asked at the counter or by letter
    MANAGE_STAFF = "staff:manage"
    READ_AUDIT = "staff:audit"


_BENCH = frozenset({Permission.READ, Permission.CHANGE_STATUS, Permission.EDIT, Permission.TAKE_ON})
_COUNTER = _BENCH | {Permission.TAKE_IN, Permission.ASSIGN, Permission.READ_CUSTOMERS, Permission.INVITE_CUSTOMERS}
_LEAD = _COUNTER | {
    Permission.REOPEN,
    Permission.DISABLE_CUSTOMERS,
    Permission.RESET_FACTORS,
    Permission.READ_PRIVACY,
    Permission.ASK_FOR_CUSTOMERS,
}

TABLE: Mapping[Role, frozenset[Permission]] = MappingProxyType(
    {
        Role.TECHNICIAN: _BENCH,
        Role.FRONT_DESK: _COUNTER,
        Role.MANAGER: _LEAD,
        Role.ADMIN: _LEAD | {Permission.MANAGE_STAFF, Permission.READ_AUDIT},
    }
)


def may(actor: StaffActor, permission: Permission) -> bool:
    """Return whether the actor's role holds that permission."""
    return permission in TABLE[actor.role]


def require(actor: Actor, permission: Permission) -> None:
    """Raises NotAllowed unless the program itself acts, or staff whose role holds that permission."""
    if isinstance(actor, SystemActor) or (isinstance(actor, StaffActor) and may(actor, permission)):
        return
    raise NotAllowed("Your role does not allow that.")


def roles_with(permission: Permission) -> frozenset[Role]:
    """The roles that hold that permission."""
    return frozenset(role for role in Role if permission in TABLE[role])


def permissions_of(role: Role) -> list[Permission]:
    """Return what the role holds, in the table's order."""
    return [permission for permission in Permission if permission in TABLE[role]]
