"""What the tables of notifications keep of a customer."""

from revivatech.db.personal import Table

NOTIFICATIONS = Table(
    "customer_notifications",
    "notifications",
    own=("type", "title", "message", "data", "priority", "read_at", "expires_at", "created_at"),
    technical=("id", "customer_id", "seq"),
    order="seq",
)
DELIVERIES = Table(
    "notification_deliveries",
    "deliveries",
    own=("channel", "reference", "sent_at"),
    technical=("notification_id", "customer_id"),
    order="sent_at, notification_id",
)
TABLES = (DELIVERIES, NOTIFICATIONS)
