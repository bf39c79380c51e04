"""Types and refusals of staff accounts."""

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from revivatech.kit.actor import Role
from revivatech.kit.errors import Conflict
from revivatech.kit.structs import Json

StaffState = Literal["active", "invited", "disabled"]


class StaffAccount(Json):
    """A staff member's account as an admin sees it; `invited_until` is null where no invitation waits."""

    id: UUID
    email: str
    first_name: str
    last_name: str
    role: Role
    language: str
    timezone: str
    state: StaffState
    has_joined: bool
    two_factor_enabled: bool
    invited_until: datetime | None
    last_login_at: datetime | None
    created_at: datetime

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}".strip()


class CustomerAccount(Json):
    """A customer's account as the desk sees it; `unclaimed` is one without a password, as the counter makes them."""

    id: UUID
    email: str | None
    first_name: str
    last_name: str
    phone: str | None
    language: str
    timezone: str
    state: Literal["active", "unclaimed", "disabled"]
    two_factor_enabled: bool
    last_login_at: datetime | None
    created_at: datetime

    @property
    def name(self) -> str:
        """First and last name, or the organisation's."""
        return f"{self.first_name} {self.last_name}".strip()


class AlreadyJoined(Conflict):
    """The person has a password already: there is nothing to invite them to."""

    code: ClassVar[str] = "already_joined"


class NotJoined(Conflict):
    """The person has no password yet: an invitation is their way in."""

    code: ClassVar[str] = "not_joined"
