"""What the mails that were kept tell of a customer."""

from revivatech.db.personal import Table

KEPT_MAILS = Table(
    "kept_mails",
    "mails",
    own=("recipient", "subject", "text_body", "html_body", "headers", "created_at"),
    technical=("id", "message_id", "customer_id"),
)
TABLES = (KEPT_MAILS,)
