"""The table made_once."""

from uuid import UUID

from revivatech.db import Reader, Transaction, execute, fetch_one
from revivatech.kit.structs import Value


class Made(Value, frozen=True):
    """The thing that a request with a key has made, and the hash of that request."""

    made_id: UUID
    request_hash: bytes


async def made(reader: Reader, customer_id: UUID, what: str, key_hash: bytes) -> Made | None:
    """Return what the customer's request with that key has made."""
    return await fetch_one(
        reader,
        Made,
        "SELECT made_id, request_hash FROM made_once WHERE customer_id = %s AND what = %s AND key_hash = %s",
        [customer_id, what, key_hash],
    )


async def note(
    tx: Transaction, customer_id: UUID, what: str, key_hash: bytes, request_hash: bytes, made_id: UUID
) -> None:
    """Keep what the request has made."""
    await execute(
        tx,
        "INSERT INTO made_once (customer_id, what, key_hash, request_hash, made_id) VALUES (%s, %s, %s, %s, %s)",
        [customer_id, what, key_hash, request_hash, made_id],
    )


async def forget_old(tx: Transaction) -> None:
    """Forget the keys of two days ago: nobody retries so late."""
    await execute(tx, "DELETE FROM made_once WHERE created_at < now() - interval '2 days'")
