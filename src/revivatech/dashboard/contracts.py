"""What the dashboard shows that no slice owns yet, and the overview as one value."""

from datetime import datetime
from uuid import UUID

from revivatech.kit.structs import Json, Value
from revivatech.repairs.contracts import ActivityItem, Outlook, Repair, Stats, Trend


class Appointment(Json):
    """An appointment that is to come."""

    id: UUID
    title: str
    starts_at: datetime
    place: str


class RepairInSight(Value):
    """A repair with the answers to what a person asks of it."""

    repair: Repair
    outlook: Outlook


class Overview(Value):
    """Everything on the dashboard: what waits for the customer, what is under way, figures, news, appointments."""

    waiting: list[RepairInSight]
    under_way: list[RepairInSight]
    stats: Stats
    trend: Trend
    activity: list[ActivityItem]
    appointments: list[Appointment]
