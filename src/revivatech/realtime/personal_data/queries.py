"""Personal data of the event log."""

from revivatech.db.personal_data import Table

EVENTS = Table(
    "customer_events",
    "events",
    own=("type", "payload", "created_at"),
    technical=("customer_id", "seq"),
    order="seq",
)
HEADS = Table("customer_event_heads", "", technical=("customer_id", "last_seq"))
TABLES = (EVENTS, HEADS)
