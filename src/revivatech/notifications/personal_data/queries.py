"""Personal data in the tables of notifications."""

from revivatech.db.personal_data import Table

NOTIFICATIONS = Table(
    "customer_notifications",
    "notifications",
    own=("type", "topic", "title", "message", "data", "priority", "read_at", "expires_at", "created_at"),
    technical=("id", "customer_id", "seq"),
    order="seq",
)
DELIVERIES = Table(
    "notification_deliveries",
    "deliveries",
    own=("channel", "outcome", "recipient", "reference", "sent_at"),
    technical=("notification_id", "customer_id"),
    order="notification_id, channel",
)
PREFERENCES = Table(
    "customer_preferences",
    "preferences/switches",
    own=(
        "email_notifications",
        "sms_notifications",
        "push_notifications",
        "repair_updates",
        "quote_notifications",
        "chat_notifications",
        "quiet_from",
        "quiet_to",
        "updated_at",
    ),
    technical=("customer_id",),
    order="customer_id",
)
CHOICES = Table(
    "customer_channel_choices",
    "preferences/choices",
    own=("topic", "channel", "is_on"),
    technical=("customer_id",),
    order="topic, channel",
)
CONSENTS = Table(
    "customer_consents",
    "preferences/consents",
    own=("topic", "channel", "is_given", "source", "text_version", "text", "created_at"),
    technical=("id", "customer_id"),
)
TABLES = (DELIVERIES, NOTIFICATIONS, PREFERENCES, CHOICES, CONSENTS)
