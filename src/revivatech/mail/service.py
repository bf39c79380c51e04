"""Reading the mails that were kept."""

from uuid import UUID

from revivatech.db import Database
from revivatech.mail import queries
from revivatech.mail.queries import KeptMail

SHOWN = 100


async def kept_mails(db: Database) -> list[KeptMail]:
    """The last hundred mails that were kept, newest first."""
    async with db.read() as reader:
        return await queries.newest(reader, SHOWN)


async def kept_mail(db: Database, mail_id: UUID) -> KeptMail | None:
    """The kept mail of that id."""
    async with db.read() as reader:
        return await queries.one(reader, mail_id)
