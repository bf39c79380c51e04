"""The log of what staff did to accounts."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from revivatech.kit.structs import Json

# What the log holds; a page has a sentence for each.
Action = Literal[
    "staff_created",
    "staff_invited",
    "staff_invited_again",
    "invitation_withdrawn",
    "staff_joined",
    "role_changed",
    "staff_disabled",
    "staff_enabled",
    "work_handed_over",
    "customer_invited",
    "customer_disabled",
    "customer_enabled",
    "staff_factor_reset",
    "customer_factor_reset",
    "export_asked_for_customer",
    "erasure_asked_for_customer",
    "erasure_cancelled_for_customer",
    "export_handed_over",
]


class AuditEntry(Json):
    """One thing that somebody did to a colleague's or a customer's account; `actor_id` is null for the command line."""

    id: UUID
    action: str
    actor_id: UUID | None
    actor_name: str
    user_id: UUID | None
    user_name: str
    customer_id: UUID | None
    facts: dict[str, str]
    ip_address: str | None
    request_id: str | None
    created_at: datetime
