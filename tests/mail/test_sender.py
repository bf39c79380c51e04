"""Sending to a real SMTP server, and keeping where there is none."""

import asyncio
import email
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import default
from typing import Any

import msgspec
import pytest
from aiosmtpd.smtp import SMTP, Envelope
from aiosmtplib import SMTPException

from revivatech.db import Database
from revivatech.mail import service
from revivatech.mail.message import Mail
from revivatech.mail.metrics import MAILS
from revivatech.mail.sender import KeepingSender, MailRefused, SmtpSender, sender_for
from revivatech.settings import Settings, SettingsError, read_settings

pytestmark = pytest.mark.anyio

MAIL = Mail("<42@shop.example>", "anna@x.example", "Olá – pronto", "Olá!\n" + "x" * 2000 + "\n", "<p>Olá!</p>")


class Mailbox:
    """What an SMTP server received, and what it answers."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []
        self.answer_to_recipient = ""
        self.answer_to_data = "250 Thank you"
        self.url = ""

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: object, _session: object, envelope: Envelope, address: str, _options: object
    ) -> str:
        """Take the recipient or not."""
        if not self.answer_to_recipient:
            envelope.rcpt_tos.append(address)
        return self.answer_to_recipient or "250 Fine"

    async def handle_DATA(self, _server: object, _session: object, envelope: Envelope) -> str:  # noqa: N802 - likewise
        """Take the mail or not."""
        self.envelopes.append(envelope)
        return self.answer_to_data

    def read(self) -> EmailMessage:
        """The one mail that came."""
        (envelope,) = self.envelopes
        assert isinstance(envelope.content, bytes)
        return email.message_from_bytes(envelope.content, policy=default)


@pytest.fixture
async def mailbox() -> AsyncIterator[Mailbox]:
    """An SMTP server on a free port."""
    box = Mailbox()
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(box, hostname="mail.test"), "127.0.0.1", 0)
    async with server:
        box.url = f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield box


async def test_a_mail_arrives_whole(mailbox: Mailbox) -> None:
    """Sender, recipient, subject, both parts and the Message-ID are what was written, in any language."""
    await SmtpSender(mailbox.url, "Portal <portal@shop.example>").send(MAIL)

    message = mailbox.read()
    assert mailbox.envelopes[0].mail_from == "portal@shop.example"
    assert mailbox.envelopes[0].rcpt_tos == ["anna@x.example"]
    assert message["Subject"] == MAIL.subject
    assert message["Message-ID"] == MAIL.message_id
    assert message["Auto-Submitted"] == "auto-generated"
    assert _part(message, "plain") == MAIL.text
    assert _part(message, "html").strip() == MAIL.html


async def test_a_mail_is_written_as_the_standards_ask(mailbox: Mailbox) -> None:
    """RFC 5322 and 5321: a date, one of each header, lines of at most 998 bytes that end in CR LF, seven bits."""
    before = datetime.now(UTC).replace(microsecond=0)
    await SmtpSender(mailbox.url, "Oficina São João <portal@shop.example>").send(
        msgspec.structs.replace(MAIL, subject="Está pronto: " + "muito bem " * 30, html="<p>é</p>" * 2000)
    )

    content = mailbox.envelopes[0].content
    assert isinstance(content, bytes)
    message = mailbox.read()
    assert before <= message["Date"].datetime <= datetime.now(UTC)
    names = [name.lower() for name in message]
    assert len(names) == len(set(names))
    assert {"date", "from", "to", "message-id", "mime-version", "auto-submitted"} <= set(names)
    assert content.isascii()
    assert max(len(line) for line in content.split(b"\r\n")) <= 998
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert message.get_content_type() == "multipart/alternative"
    # The last is the best that the sender has (RFC 2046).
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]


async def test_a_refused_recipient_is_not_tried_again(mailbox: Mailbox) -> None:
    """No such address, or none at all: MailRefused says that trying again is useless."""
    sender = SmtpSender(mailbox.url, "portal@shop.example")
    mailbox.answer_to_recipient = "550 No such user"
    refused = MAILS.labels("refused")._value  # noqa: SLF001 - the client has no other way to ask
    before = refused.get()
    with pytest.raises(MailRefused):
        await sender.send(MAIL)
    with pytest.raises(MailRefused):
        await sender.send(msgspec.structs.replace(MAIL, recipient="nobody"))
    assert mailbox.envelopes == []
    assert refused.get() == before + 2


@pytest.mark.parametrize(
    ("recipient", "data"),
    [("450 Later", ""), ("554 5.7.1 Relay access denied", ""), ("", "451 Later"), ("", "554 Spam, we think")],
)
async def test_any_other_refusal_is_tried_again(mailbox: Mailbox, recipient: str, data: str) -> None:
    """What may pass leaves the mail to be sent later."""
    mailbox.answer_to_recipient, mailbox.answer_to_data = recipient, data or "250 Thank you"

    with pytest.raises(SMTPException):
        await SmtpSender(mailbox.url, "portal@shop.example").send(MAIL)


async def test_a_password_is_never_sent_in_clear_to_another_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a password, TLS is begun before it is sent; a server without TLS gets neither password nor mail."""
    asked: list[dict[str, Any]] = []

    async def send(_message: object, **options: Any) -> None:
        asked.append(options)

    monkeypatch.setattr("aiosmtplib.send", send)
    await SmtpSender("smtp://shop:s%40cret@mail.example:587", "p@x.example").send(MAIL)
    await SmtpSender("smtps://shop:s%40cret@mail.example", "p@x.example").send(MAIL)
    await SmtpSender("smtp://shop:secret@127.0.0.1:2525", "p@x.example").send(MAIL)

    assert [(options["use_tls"], options["start_tls"]) for options in asked] == [
        (False, True),
        (True, None),
        (False, None),
    ]
    assert (asked[0]["username"], asked[0]["password"]) == ("shop", "s@cret")


async def test_mail_without_a_server_is_kept(settings: Settings, db: Database) -> None:
    """A shop without SMTP keeps each mail once, however often it is tried, newest first."""
    sender = sender_for(settings, db)
    assert isinstance(sender, KeepingSender)

    await sender.send(MAIL)
    await sender.send(MAIL)
    await sender.send(msgspec.structs.replace(MAIL, message_id="<43@shop.example>", subject="Later"))

    mails = await service.kept_mails(db)
    assert [mail.subject for mail in mails] == ["Later", MAIL.subject]
    assert await service.kept_mail(db, mails[1].id) == mails[1]
    assert (mails[1].recipient, mails[1].text_body, mails[1].html_body) == (MAIL.recipient, MAIL.text, MAIL.html)


async def test_the_settings_choose_the_sender(settings: Settings, db: Database) -> None:
    """An SMTP address sends."""
    chosen = sender_for(msgspec.structs.replace(settings, smtp_url="smtp://mail.example"), db)
    assert isinstance(chosen, SmtpSender)


@pytest.mark.parametrize("sender", ["", "portal", "The shop", "portal@", "@shop.example"])
def test_a_sender_that_is_no_address_stops_the_program(sender: str) -> None:
    """It would have every mail refused for ever, one by one (R149)."""
    with pytest.raises(SettingsError, match="MAIL_FROM"):
        read_settings({}, mail_from=sender)


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")
