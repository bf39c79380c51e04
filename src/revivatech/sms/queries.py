"""The table kept_sms."""

from datetime import datetime
from uuid import UUID

from revivatech.db import Reader, Transaction, execute, fetch_all
from revivatech.kit.structs import Value


class KeptText(Value):
    """An SMS that was kept instead of sent."""

    id: UUID
    recipient: str
    body: str
    created_at: datetime


async def keep(tx: Transaction, recipient: str, body: str) -> None:
    """Keep the SMS."""
    await execute(tx, "INSERT INTO kept_sms (recipient, body) VALUES (%s, %s)", [recipient, body])


async def newest(reader: Reader, limit: int) -> list[KeptText]:
    """The SMS that were kept last."""
    return await fetch_all(
        reader,
        KeptText,
        "SELECT id, recipient, body, created_at FROM kept_sms ORDER BY created_at DESC, id DESC LIMIT %s",
        [limit],
    )


async def forget_old(tx: Transaction) -> None:
    """Delete the SMS of more than a day ago."""
    await execute(tx, "DELETE FROM kept_sms WHERE created_at < now() - interval '1 day'")
