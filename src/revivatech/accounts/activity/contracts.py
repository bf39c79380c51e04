"""The activity log as its customer reads it."""

from datetime import datetime
from uuid import UUID

from revivatech.kit.structs import Json


class ActivityEntry(Json):
    """An entry in the reader's language; `device` and `ip_address` are the customer's own, never the staff's."""

    id: UUID
    type: str
    text: str
    device: str
    ip_address: str | None
    created_at: datetime
