"""Bodies and answers of requests about people."""

from typing import Annotated
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType

from revivatech.accounts.contracts import NewStaff
from revivatech.accounts.service import OwnProof, Permission
from revivatech.kit.actor import Role
from revivatech.kit.email import EmailText
from revivatech.kit.i18n import DEFAULT, Language
from revivatech.kit.structs import Body, Json

Name = Annotated[str, Meta(max_length=100)]
FirstName = Annotated[str, Meta(min_length=1, max_length=100)]


class InviteBody(Body, frozen=True):
    """A new colleague, who gets a link by mail and chooses a password."""

    email: EmailText
    first_name: FirstName
    role: Role
    last_name: Name = ""
    language: Language = DEFAULT

    def newcomer(self) -> NewStaff:
        """Whom the service invites."""
        return NewStaff(self.email, self.first_name, self.last_name, self.role, self.language)


class HelperBody(Body, frozen=True):
    """The helper's own password, and a code where their account asks for one."""

    password: Annotated[str, Meta(max_length=1024)]
    code: Annotated[str, Meta(max_length=64)] = ""

    def proof(self) -> OwnProof:
        """Return what the service looks at."""
        return OwnProof(self.password, self.code)


class PersonChange(Body, frozen=True):
    """A new role, or an account closed or opened again. What is left out stays."""

    role: Role | UnsetType = UNSET
    disabled: bool | UnsetType = UNSET
    hand_over_to: Annotated[
        UUID | UnsetType | None,
        Meta(
            description="Whose work the open repairs of a closed account are; null: nobody's. Left out, with open "
            "repairs: 409 `open_work`."
        ),
    ] = UNSET


class RolePermissions(Json):
    """A role, and what it may do."""

    role: Role
    permissions: list[Permission]
