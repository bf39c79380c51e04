"""Types of requests that the shop wrote down."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from revivatech.kit.structs import Value


class NotedRequest(Value, frozen=True):
    """A request that somebody of the shop wrote down; `expires_at` is the end of an export's file."""

    id: UUID
    kind: Literal["export", "erasure"]
    status: str
    customer_id: UUID
    noted_by: UUID
    identity: str
    created_at: datetime
    execute_at: datetime | None
    expires_at: datetime | None
    has_email: bool

    @property
    def is_to_hand_over(self) -> bool:
        """True if its customer cannot fetch the file: without an e-mail address there is no account to sign in to."""
        return self.kind == "export" and self.status == "ready" and not self.has_email
