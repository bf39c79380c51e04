"""Senders of mail: to an SMTP server, or into the database of a shop that has none."""

from typing import Protocol
from urllib.parse import unquote, urlsplit

import aiosmtplib
from typing_extensions import override

from revivatech.db import Database
from revivatech.mail import queries
from revivatech.mail.message import Mail, to_message
from revivatech.mail.metrics import MAILS
from revivatech.settings import Settings, is_loopback

TIMEOUT = 20.0
PERMANENT = 500


class MailRefused(Exception):  # noqa: N818 - an answer, not a fault of the program
    """This mail will never be taken, however often it is tried: there is no such address."""


class Sender(Protocol):
    """Hands a mail over."""

    async def send(self, mail: Mail) -> None:
        """Return when the mail is somebody else's duty.

        Raises MailRefused when trying again is useless; whatever else it raises leaves the mail to be tried again.
        """


class SmtpSender(Sender):
    """Sends by SMTP: `smtp://` begins TLS where the server offers it, `smtps://` speaks TLS from the start.

    A password is sent over TLS or to this machine, or not at all.
    """

    def __init__(self, url: str, sender: str) -> None:
        parts = urlsplit(url)
        self._sender = sender
        self._host = parts.hostname or "localhost"
        self._port = parts.port
        self._username = unquote(parts.username) if parts.username else None
        self._password = unquote(parts.password) if parts.password else None
        self._tls = parts.scheme == "smtps"
        # None begins TLS where it is offered.
        self._start_tls = True if self._username and not self._tls and not is_loopback(self._host) else None

    @override
    async def send(self, mail: Mail) -> None:
        outcome = "failed"
        try:
            await self._hand_over(mail)
            outcome = "sent"
        except MailRefused:
            outcome = "refused"
            raise
        finally:
            MAILS.labels(outcome).inc()

    async def _hand_over(self, mail: Mail) -> None:
        try:
            message = to_message(mail, self._sender)
        except ValueError as error:
            raise MailRefused("The recipient is no address.") from error
        try:
            await aiosmtplib.send(
                message,
                hostname=self._host,
                port=self._port,
                username=self._username,
                password=self._password,
                use_tls=self._tls,
                start_tls=self._start_tls,
                timeout=TIMEOUT,
            )
        except aiosmtplib.SMTPRecipientsRefused as error:
            if all(_is_for_ever(refused) for refused in error.recipients):
                raise MailRefused("The server does not take mail for the recipient.") from error
            raise


def _is_for_ever(refused: aiosmtplib.SMTPRecipientRefused) -> bool:
    """Return whether the recipient is at fault; 5.7 (RFC 3463) speaks of our rights there, which can be mended."""
    return refused.code >= PERMANENT and not refused.message.startswith("5.7.")


class KeepingSender(Sender):
    """Keeps each mail in the database, where the demo shows it."""

    def __init__(self, db: Database) -> None:
        self._db = db

    @override
    async def send(self, mail: Mail) -> None:
        async with self._db.transaction() as tx:
            await queries.keep(tx, mail)


def sender_for(settings: Settings, db: Database) -> Sender:
    """The sender that the settings ask for."""
    return SmtpSender(settings.smtp_url, settings.mail_from) if settings.smtp_url else KeepingSender(db)
