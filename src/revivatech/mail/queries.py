"""The tables kept_mails and mail_troubles."""

from datetime import datetime
from uuid import UUID

from msgspec import structs
from psycopg.types.json import Jsonb

from revivatech.db import Reader, Transaction, execute, fetch_all, fetch_one
from revivatech.kit.structs import Value
from revivatech.mail.message import Mail


class KeptMail(Value):
    """A mail that was kept instead of sent."""

    id: UUID
    recipient: str
    subject: str
    text_body: str
    html_body: str
    headers: dict[str, str]
    created_at: datetime


async def keep(tx: Transaction, mail: Mail) -> None:
    """Keep the mail; a second try of the same one changes nothing."""
    headers = mail.headers | ({"Reply-To": mail.reply_to} if mail.reply_to else {})
    await execute(
        tx,
        """
        INSERT INTO kept_mails (message_id, recipient, subject, text_body, html_body, headers, customer_id)
        VALUES (%(message_id)s, %(recipient)s, %(subject)s, %(text)s, %(html)s, %(headers)s, %(customer_id)s)
        ON CONFLICT (message_id) DO NOTHING
        """,
        structs.asdict(mail) | {"headers": Jsonb(headers)},
    )


async def newest(reader: Reader, limit: int) -> list[KeptMail]:
    """The mails that were kept last."""
    return await fetch_all(
        reader,
        KeptMail,
        """
        SELECT id, recipient, subject, text_body, html_body, headers, created_at FROM kept_mails
        ORDER BY created_at DESC, id DESC LIMIT %s
        """,
        [limit],
    )


async def one(reader: Reader, mail_id: UUID) -> KeptMail | None:
    """The kept mail of that id."""
    return await fetch_one(
        reader,
        KeptMail,
        "SELECT id, recipient, subject, text_body, html_body, headers, created_at FROM kept_mails WHERE id = %s",
        [mail_id],
    )


class Trouble(Value):
    """Since when mail does not reach a customer: refused for good, or waiting to be tried again; one at least."""

    refused_at: datetime | None
    waits_since: datetime | None


async def note_refused(tx: Transaction, customer_id: UUID) -> None:
    """Note that a mail to the customer was refused now."""
    await execute(
        tx,
        """
        INSERT INTO mail_troubles (customer_id, refused_at) VALUES (%s, now())
        ON CONFLICT (customer_id) DO UPDATE SET refused_at = now(), waits_since = NULL
        """,
        [customer_id],
    )


async def note_waiting(tx: Transaction, customer_id: UUID) -> None:
    """Note that a mail to the customer waits, from now unless one does already."""
    await execute(
        tx,
        """
        INSERT INTO mail_troubles AS t (customer_id, waits_since) VALUES (%s, now())
        ON CONFLICT (customer_id) DO UPDATE SET waits_since = coalesce(t.waits_since, now())
        """,
        [customer_id],
    )


async def end_trouble(tx: Transaction, customer_id: UUID) -> None:
    """Delete the customer's row."""
    await execute(tx, "DELETE FROM mail_troubles WHERE customer_id = %s", [customer_id])


async def trouble(reader: Reader, customer_id: UUID) -> Trouble | None:
    """The customer's row."""
    return await fetch_one(
        reader, Trouble, "SELECT refused_at, waits_since FROM mail_troubles WHERE customer_id = %s", [customer_id]
    )
