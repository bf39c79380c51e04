"""Reading the SMS that were kept, and forgetting them."""

from revivatech.db import Database, Transaction
from revivatech.sms import queries
from revivatech.sms.queries import KeptText

SHOWN = 20


async def kept_sms(db: Database) -> list[KeptText]:
    """The last twenty SMS that were kept, newest first."""
    async with db.read() as reader:
        return await queries.newest(reader, SHOWN)


async def forget_old(tx: Transaction) -> None:
    """Forget kept SMS after a day: long before an erasure is carried out."""
    await queries.forget_old(tx)
