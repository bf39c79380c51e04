"""What the dashboard shows that no slice owns yet, and the overview as one value."""

from datetime import datetime
from uuid import UUID

from revivatech.kit.structs import Json, Value
from revivatech.repairs.contracts import ActivityItem, Repair, Stats


class Appointment(Json):
    """An appointment that is to come."""

    id: UUID
    title: str
    starts_at: datetime
    place: str


class Overview(Value):
    """Everything on the dashboard: the newest repairs with open ones first, the figures, the news, the appointments."""

    repairs: list[Repair]
    stats: Stats
    activity: list[ActivityItem]
    appointments: list[Appointment]
