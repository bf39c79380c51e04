"""A real SMTP server that takes whatever the portal sends, and the links in it."""

import asyncio
import email
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.smtp import SMTP, Envelope

from support.waiting import until_true

LINK = re.compile(r"https?://\S+")


class PostOffice:
    """What has arrived, the oldest first."""

    def __init__(self) -> None:
        self.url = ""
        self.mails: list[EmailMessage] = []

    async def handle_DATA(self, _server: object, _session: object, envelope: Envelope) -> str:  # noqa: N802 - its name
        """Take the mail."""
        assert isinstance(envelope.content, bytes)
        self.mails.append(email.message_from_bytes(envelope.content, policy=default))
        return "250 Thank you"

    def of(self, recipient: str, subject: str) -> list[str]:
        """The texts of the mails to that address whose subject holds these words."""
        bodies = [
            mail.get_body(("plain",)) for mail in self.mails if mail["To"] == recipient and subject in mail["Subject"]
        ]
        return [body.get_content() for body in bodies if body is not None]

    async def link(self, recipient: str, subject: str) -> str:
        """The first link of the newest such mail, once there is one."""
        await until_true(lambda: bool(self.of(recipient, subject)))
        found = LINK.search(self.of(recipient, subject)[-1])
        assert found
        return found[0]


@asynccontextmanager
async def post_office() -> AsyncIterator[PostOffice]:
    """An SMTP server on a free port."""
    office = PostOffice()
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(office, hostname="mail.test"), "127.0.0.1", 0)
    async with server:
        office.url = f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield office
