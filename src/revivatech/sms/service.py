"""Reading the SMS that were kept."""

from revivatech.db import Database
from revivatech.sms import queries
from revivatech.sms.queries import KeptText

SHOWN = 20


async def kept_sms(db: Database) -> list[KeptText]:
    """The last twenty SMS that were kept, newest first."""
    async with db.read() as reader:
        return await queries.newest(reader, SHOWN)
