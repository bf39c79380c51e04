"""Outcomes of mail: noted for the shop and the customer while it does not reach them, and for nobody else."""

from uuid import UUID

from revivatech.db import Database, Reader, Transaction
from revivatech.mail import queries
from revivatech.mail.message import Mail
from revivatech.mail.queries import Trouble
from revivatech.mail.sender import MailRefused, Sender

__all__ = ["Trouble", "end_trouble", "send", "trouble_of"]


async def send(db: Database, sender: Sender, mail: Mail, customer_id: UUID | None) -> None:
    """Hand the mail over; where that fails, note it of the customer, whose present address it is for.

    None notes nothing. Raises what the sender raises. Whoever notes the mail as sent calls `end_trouble` with it.
    """
    try:
        await sender.send(mail)
    except Exception as error:
        if customer_id is not None:
            async with db.transaction() as tx:
                if isinstance(error, MailRefused):
                    await queries.note_refused(tx, customer_id)
                else:
                    await queries.note_waiting(tx, customer_id)
        raise


async def end_trouble(tx: Transaction, customer_id: UUID) -> None:
    """Forget what was noted: a mail was taken, or there is another address."""
    await queries.end_trouble(tx, customer_id)


async def trouble_of(reader: Reader, customer_id: UUID) -> Trouble | None:
    """Since when mail does not reach the customer; None where nothing is known against it."""
    return await queries.trouble(reader, customer_id)
