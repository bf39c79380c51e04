"""What others may know of accounts."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from revivatech.kit.actor import Role
from revivatech.kit.structs import Json, Value

Realm = Literal["customer", "staff"]
EndReason = Literal["logout", "reuse", "password", "disabled", "role", "revoked"]


class Customer(Value):
    """A customer as other slices see them."""

    id: UUID
    email: str | None
    first_name: str
    last_name: str
    is_organisation: bool
    phone: str | None
    language: str
    timezone: str

    @property
    def name(self) -> str:
        """First and last name, or the organisation's."""
        return f"{self.first_name} {self.last_name}".strip()


class StaffMember(Value):
    """A staff member as other slices see them; the e-mail address is for colleagues, never for customers."""

    id: UUID
    email: str
    first_name: str
    last_name: str
    role: Role
    language: str
    timezone: str

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}".strip()


class Tokens(Json):
    """What a client holds after sign-in or refresh; `expires_in` is the access token's life in seconds."""

    access_token: str
    refresh_token: str
    expires_in: int


class NewCustomer(Value):
    """A customer to be created in bulk; `key` finds the row again when the same source comes a second time."""

    key: str
    email: str | None
    first_name: str
    last_name: str = ""
    is_organisation: bool = False
    phone: str | None = None
    language: str = "en"
    timezone: str = "UTC"
    created_at: datetime | None = None
