"""Types that other slices may use of accounts."""

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

import msgspec

from revivatech.kit.actor import CustomerActor, Role
from revivatech.kit.challenge import PowChallenge
from revivatech.kit.errors import Conflict, NotAllowed, NotSignedIn, TooMany
from revivatech.kit.structs import Json, Value

Realm = Literal["customer", "staff"]
EndReason = Literal["logout", "reuse", "password", "disabled", "role", "revoked"]


class Customer(Value, frozen=True):
    """A customer as other slices see them."""

    id: UUID
    email: str | None
    first_name: str
    last_name: str
    is_organisation: bool
    phone: str | None
    language: str
    timezone: str
    avatar_url: str | None = None
    theme: str | None = None
    # Whether they have chosen a password, and so see what the portal shows.
    has_portal: bool = False

    @property
    def name(self) -> str:
        """First and last name, or the organisation's."""
        return f"{self.first_name} {self.last_name}".strip()


class Claim(Value, frozen=True):
    """The key and the address under which somebody claims to be that customer."""

    customer_id: UUID
    key: str
    email: str | None


class StaffMember(Value, frozen=True):
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


class Client(Value, frozen=True):
    """The client of a request: its address and program, as far as it says.

    `device` is what a browser's long-lived cookie says, by which its owner's device is known again.
    """

    address: str | None = None
    user_agent: str | None = None
    device: str | None = None


UNKNOWN_CLIENT = Client()


class Tokens(Json, frozen=True):
    """The tokens of a client after sign-in or refresh; `expires_in` is the access token's life in seconds."""

    access_token: str
    refresh_token: str
    expires_in: int


class CustomerProfile(Json, frozen=True):
    """`user` of a customer's sign-in, and GET /profile."""

    id: UUID
    email: str | None
    first_name: str
    last_name: str
    phone: str | None
    phone_verified: bool
    avatar_url: str | None
    language: str
    timezone: str
    email_verified: bool
    two_factor_enabled: bool
    created_at: datetime
    last_login_at: datetime | None
    repair_count: int
    permissions: list[str]
    identifier_hash: str | None


class StaffProfile(Json, frozen=True):
    """`user` of a staff member's sign-in, and GET /profile."""

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
    permissions: list[str]


class CustomerSignIn(Json, frozen=True):
    """The answer to a customer's sign-in."""

    access_token: str
    refresh_token: str
    expires_in: int
    user: CustomerProfile


class StaffSignIn(Json, frozen=True):
    """The answer to a staff member's sign-in."""

    access_token: str
    refresh_token: str
    expires_in: int
    user: StaffProfile


class SecondStep(Json, frozen=True):
    """The answer to a right password where a second factor is on; the token lives 5 minutes and opens nothing else."""

    two_factor_required: Literal[True]
    challenge_token: str


class SessionView(Json, frozen=True):
    """One place where the customer is signed in; `current` marks the one that asks."""

    id: UUID
    device: str
    ip_address: str | None
    created_at: datetime
    last_used_at: datetime
    current: bool


class NewCustomer(Value, frozen=True):
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


class NewStaff(Value, frozen=True):
    """A staff member to be created."""

    email: str
    first_name: str
    last_name: str
    role: Role
    language: str = "en"
    timezone: str = "UTC"


class WrongPassword(NotSignedIn):
    """No such account, a wrong password, a disabled account: all the same to whoever asks."""

    code: ClassVar[str] = "wrong_credentials"


class TooManyFailures(TooMany):
    """Too many failed sign-ins, for this account or from this address."""

    code: ClassVar[str] = "too_many_failed_sign_ins"


class ProofOfWorkNeeded(TooMany):
    """Strangers have used up a limit that everyone shares: the request is taken with a proof of work (`challenge`)."""

    code: ClassVar[str] = "proof_of_work_needed"

    def __init__(self, challenge: PowChallenge, *, limit: int, retry_after: int) -> None:
        super().__init__(
            "There are many attempts right now. Solve the challenge and send the answer as proofOfWork (docs/api.md).",
            limit=limit,
            retry_after=retry_after,
        )
        self.extra["challenge"] = msgspec.to_builtins(challenge)


class EmailTaken(Conflict):
    """Another account has this e-mail address."""

    code: ClassVar[str] = "email_taken"


class ErasurePending(NotAllowed):
    """The account waits for its erasure: its owner may take that back and nothing else (R128)."""

    code: ClassVar[str] = "erasure_pending"
    page: ClassVar[str] = "/customer/erasure"

    def __init__(self, actor: CustomerActor) -> None:
        super().__init__("This account is about to be erased. Cancel that to use it.")
        self.actor = actor


class LastAdmin(Conflict):
    """The shop would be left without anybody who may change roles."""

    code: ClassVar[str] = "last_admin"
