"""Roles that need a second factor, and where they are led until they have one."""

from typing import ClassVar

from revivatech.accounts.contracts import Realm
from revivatech.kit.actor import Role
from revivatech.kit.errors import NotAllowed
from revivatech.settings import Settings

ROLES = frozenset({Role.MANAGER, Role.ADMIN})
SET_UP_PAGE = "/staff/account/security/two-step"
# What somebody needs to set one up, to learn who they are, or to leave.
OPEN_PATHS = (
    "/staff/account/security",
    "/api/staff/profile/2fa",
    "/api/staff/auth/",
    "/staff/sign-out",
    "/staff/sign-in",
)


class SecondFactorRequired(NotAllowed):
    """The role needs a second factor, and the account has none yet."""

    code: ClassVar[str] = "second_factor_required"
    page: ClassVar[str] = SET_UP_PAGE

    def __init__(self) -> None:
        super().__init__("Your role needs two-step sign-in. Please set it up first.")


def needs_second_factor(settings: Settings, realm: Realm, role: str) -> bool:
    """Return whether an account of that role needs a second factor in this shop."""
    return realm == "staff" and settings.asks_staff_for_second_factor and role in ROLES


def is_open(path: str) -> bool:
    """Return whether the path serves somebody who still has to set up a second factor."""
    return path == "/api/staff/profile" or path.startswith(OPEN_PATHS)
