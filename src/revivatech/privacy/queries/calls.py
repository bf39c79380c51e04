"""The table privacy_processor_calls: who else has yet to hear of an erasure."""

from datetime import datetime
from uuid import UUID

from revivatech.db import Reader, Transaction, execute, fetch_all
from revivatech.kit.structs import Value


class CallRow(Value, frozen=True):
    """Word of an erasure that a processor has not taken yet."""

    customer_id: UUID
    processor: str
    created_at: datetime


async def add(tx: Transaction, customer_id: UUID, processor: str) -> None:
    """Have the processor told, once."""
    await execute(
        tx,
        "INSERT INTO privacy_processor_calls (customer_id, processor) VALUES (%s, %s) ON CONFLICT DO NOTHING",
        [customer_id, processor],
    )


async def still_open(reader: Reader) -> list[CallRow]:
    """Whom to tell still, the oldest first."""
    return await fetch_all(
        reader,
        CallRow,
        """
        SELECT customer_id, processor, created_at FROM privacy_processor_calls WHERE done_at IS NULL
        ORDER BY created_at LIMIT 1000
        """,
    )


async def done(tx: Transaction, customer_id: UUID, processor: str) -> None:
    """Note that the processor has erased the customer."""
    await execute(
        tx,
        "UPDATE privacy_processor_calls SET done_at = now() WHERE customer_id = %s AND processor = %s",
        [customer_id, processor],
    )
