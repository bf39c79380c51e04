"""Who at the desk may do what. Reopening ended work is the state table's own rule (repairs/states.py)."""

from enum import StrEnum

from revivatech.kit.actor import Role, StaffActor
from revivatech.kit.errors import NotAllowed


class Permission(StrEnum):
    """What the desk does with repairs."""

    READ = "read"
    TAKE_IN = "take_in"
    CHANGE_STATUS = "change_status"
    EDIT = "edit"
    TAKE_ON = "take_on"  # a repair for oneself
    ASSIGN = "assign"  # a repair to anybody


_BENCH = frozenset({Permission.READ, Permission.CHANGE_STATUS, Permission.EDIT, Permission.TAKE_ON})
_DESK = _BENCH | {Permission.TAKE_IN, Permission.ASSIGN}

TABLE: dict[Role, frozenset[Permission]] = {
    Role.TECHNICIAN: _BENCH,
    Role.FRONT_DESK: _DESK,
    Role.MANAGER: _DESK,
    Role.ADMIN: _DESK,
}


def may(actor: StaffActor, permission: Permission) -> bool:
    """Whether the actor's role holds that permission."""
    return permission in TABLE[actor.role]


def require(actor: StaffActor, permission: Permission) -> None:
    """Raises NotAllowed where the actor's role does not hold that permission."""
    if not may(actor, permission):
        raise NotAllowed("Your role does not allow that.")
