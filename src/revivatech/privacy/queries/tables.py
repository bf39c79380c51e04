"""Personal data in the tables of privacy, column by column."""

from revivatech.db.personal_data import Table

EXPORTS = Table(
    "privacy_exports",
    "privacy/exports",
    own=("status", "size_bytes", "identity", "created_at", "ended_at", "expires_at"),
    technical=("id", "customer_id", "progress", "noted_by"),
)
# The record of an erasure names nobody, and is what proves that it was done.
ERASURES = Table(
    "privacy_erasures",
    "privacy/erasures",
    kept=("status", "identity", "created_at", "execute_at", "ended_at"),
    technical=("id", "customer_id", "kept", "noted_by"),
    stays="proves that the erasure was done",
)
CALLS = Table(
    "privacy_processor_calls",
    "",
    technical=("customer_id", "processor", "created_at", "done_at"),
    stays="has processors told until they have answered",
)
TABLES = (EXPORTS, ERASURES, CALLS)
