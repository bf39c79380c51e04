"""The table kept_sms, cleaned: a code is over within minutes, and the SMS with it within a day."""

from revivatech.db import Transaction, execute


async def forget_old(tx: Transaction) -> int:
    """Return how many SMS of more than a day ago were deleted."""
    return await execute(tx, "DELETE FROM kept_sms WHERE created_at < now() - interval '1 day'")
