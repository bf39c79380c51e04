"""The customer's earlier requests in erasures: keys and hashes, gone after two days."""

from revivatech.db.personal_data import Table, Tables

MADE_ONCE = Table(
    "made_once",
    "",
    technical=("customer_id", "what", "key_hash", "request_hash", "made_id", "created_at"),
)

made_once = Tables("idempotency", (MADE_ONCE,))
