"""Where mail goes: to an SMTP server, or into the database of a shop that has none."""

from typing import Protocol
from urllib.parse import SplitResult, unquote, urlsplit

import aiosmtplib
from typing_extensions import override

from revivatech.db import Database
from revivatech.mail import queries
from revivatech.mail.message import Mail, to_message
from revivatech.settings import Settings

TIMEOUT = 20.0


class Sender(Protocol):
    """Hands a mail over."""

    async def send(self, mail: Mail) -> None:
        """Return when the mail is somebody else's duty; raise when it is still ours, and it will be tried again."""


class SmtpSender(Sender):
    """Sends by SMTP: `smtp://` begins TLS where the server offers it, `smtps://` speaks TLS from the start."""

    def __init__(self, url: str, sender: str) -> None:
        self._url: SplitResult = urlsplit(url)
        self._sender = sender

    @override
    async def send(self, mail: Mail) -> None:
        await aiosmtplib.send(
            to_message(mail, self._sender),
            hostname=self._url.hostname or "localhost",
            port=self._url.port,
            username=unquote(self._url.username) if self._url.username else None,
            password=unquote(self._url.password) if self._url.password else None,
            use_tls=self._url.scheme == "smtps",
            timeout=TIMEOUT,
        )


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
