"""Knowing a retry. Call both parts while a lock keeps the customer's other requests of that kind waiting."""

import hashlib
from typing import Self
from uuid import UUID

import msgspec

from revivatech.db import Transaction
from revivatech.idempotency import queries
from revivatech.kit.errors import KeyReused
from revivatech.kit.structs import Value


class Once(Value, frozen=True):
    """A key and what was asked under it, both as hashes; `what` is the kind of thing that is made."""

    what: str
    key_hash: bytes
    request_hash: bytes

    @classmethod
    def of(cls, what: str, key: str | None, request: object) -> Self | None:
        """Under that key, if there is one."""
        if not key:
            return None
        asked = msgspec.msgpack.encode(request, enc_hook=str)
        return cls(what, hashlib.sha256(key.encode()).digest(), hashlib.sha256(asked).digest())


async def made_before(tx: Transaction, customer_id: UUID, once: Once | None) -> UUID | None:
    """Return what the same request has made already, None for a first one. Raises KeyReused for another request."""
    found = await queries.made(tx, customer_id, once.what, once.key_hash) if once else None
    if found is None or once is None:
        return None
    if found.request_hash != once.request_hash:
        raise KeyReused("This Idempotency-Key was used for another request. Use a new one for each.")
    return found.made_id


async def note(tx: Transaction, customer_id: UUID, once: Once | None, made_id: UUID) -> None:
    """Keep what the request has made, for two days."""
    if once is not None:
        await queries.note(tx, customer_id, once.what, once.key_hash, once.request_hash, made_id)
