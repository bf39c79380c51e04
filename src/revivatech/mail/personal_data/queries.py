"""Personal data of mail: the mails that were kept, and that mail does not reach them."""

from revivatech.db import Transaction, execute
from revivatech.db.personal_data import Table

KEPT_MAILS = Table(
    "kept_mails",
    "mails",
    own=("recipient", "subject", "text_body", "html_body", "headers", "created_at"),
    technical=("id", "message_id", "customer_id"),
)
TROUBLES = Table(
    "mail_troubles",
    "mail_troubles",
    own=("refused_at", "waits_since"),
    technical=("customer_id",),
    order="customer_id",
)
TABLES = (KEPT_MAILS, TROUBLES)


async def forget_troubles(tx: Transaction) -> int:
    """Return how many rows of more than a year ago were deleted."""
    return await execute(
        tx, "DELETE FROM mail_troubles WHERE greatest(refused_at, waits_since) < now() - interval '1 year'"
    )
