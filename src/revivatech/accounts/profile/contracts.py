"""Types of a profile."""

from typing import Annotated, ClassVar, Literal
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType

from revivatech.kit.errors import Conflict, Refusal
from revivatech.kit.i18n import Language
from revivatech.kit.structs import Body, Value

LONGEST_NAME = 100
Name = Annotated[str, Meta(max_length=LONGEST_NAME)]
DashboardPart = Literal["stats", "activity", "actions", "appointments"]
# As the dashboard comes.
DASHBOARD: tuple[DashboardPart, ...] = ("stats", "activity", "actions", "appointments")


class ProfileEdit(Body, frozen=True):
    """A change; a missing field stays as it is, a `phone` of null is taken away."""

    first_name: Name | UnsetType = UNSET
    last_name: Name | UnsetType = UNSET
    phone: (
        Annotated[str, Meta(max_length=40, description="As people write it; answered as E.164.")] | UnsetType | None
    ) = UNSET
    language: Language | UnsetType = UNSET
    timezone: Annotated[str, Meta(max_length=50, description="A name of the IANA database.")] | UnsetType = UNSET


class Profile(Value):
    """The profile as its page shows it."""

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
    dashboard: tuple[DashboardPart, ...]


class WrongCode(Refusal):
    """The code is not the one that was sent; the try is counted."""

    code: ClassVar[str] = "wrong_code"
    status: ClassVar[int] = 422
    title: ClassVar[str] = "Unprocessable Content"


class CodeOver(Refusal):
    """There is no code that could still be given: none was asked for, it is too old, or was tried too often."""

    code: ClassVar[str] = "code_over"
    status: ClassVar[int] = 410
    title: ClassVar[str] = "Gone"


class NothingToProve(Conflict):
    """There is no number, it was proven before, or it is none that takes an SMS."""

    code: ClassVar[str] = "nothing_to_prove"
