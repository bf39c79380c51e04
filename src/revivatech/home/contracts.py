"""Types of the dashboard: what no slice owns yet, and the overview as one value."""

from datetime import datetime
from uuid import UUID

from revivatech.kit.structs import Json, Value
from revivatech.repairs.contracts import ActivityItem, RepairWithProgress, Stats, Trend


class Appointment(Json):
    """An appointment that is to come."""

    id: UUID
    title: str
    starts_at: datetime
    place: str


class Overview(Value):
    """Everything on the dashboard: what waits for the customer, what is under way, figures, news, appointments.

    `rows` are the parts below them that the customer has chosen, by rows.
    """

    rows: list[list[str]]
    waiting: list[RepairWithProgress]
    under_way: list[RepairWithProgress]
    stats: Stats
    trend: Trend
    activity: list[ActivityItem]
    appointments: list[Appointment]
