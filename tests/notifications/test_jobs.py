"""A notification's mail: once, in the customer's language, also through failures."""

from typing import Any
from uuid import UUID

import pytest

from revivatech.accounts import service as accounts
from revivatech.db import Database, execute, fetch_value
from revivatech.mail.message import Mail
from revivatech.mail.sender import MailRefused
from revivatech.notifications import delivery, service
from revivatech.notifications.contracts import Message
from revivatech.settings import Settings
from support.people import People, Person

pytestmark = pytest.mark.anyio


class Outbox:
    """A sender that keeps what it is given, or fails."""

    def __init__(self) -> None:
        self.sent: list[Mail] = []
        self.trouble: Exception | None = None

    async def send(self, mail: Mail) -> None:
        """Take it or not."""
        if self.trouble is not None:
            raise self.trouble
        self.sent.append(mail)


async def test_a_notification_is_mailed_once(db: Database, settings: Settings, people: People) -> None:
    """However often the job runs, one mail leaves, with links of the configuration alone (R9)."""
    outbox = Outbox()
    told = await _tell(db, people.anna)

    for _ in range(3):
        await delivery.send_mail(db, outbox, settings, told)

    (mail,) = outbox.sent
    assert mail.recipient == people.anna.email
    assert mail.message_id == f"<{told}@localhost>"
    assert f"{settings.public_url}/customer/repairs/1" in mail.text
    assert f'href="{settings.public_url}/customer/repairs/1"' in mail.html


async def test_a_failed_mail_is_sent_later_under_the_same_id(db: Database, settings: Settings, people: People) -> None:
    """What the sender raises reaches the queue, which tries again; nothing is noted as sent."""
    outbox = Outbox()
    told = await _tell(db, people.anna)

    outbox.trouble = TimeoutError("The server hangs.")
    with pytest.raises(TimeoutError):
        await delivery.send_mail(db, outbox, settings, told)
    outbox.trouble = None
    await delivery.send_mail(db, outbox, settings, told)

    assert [mail.message_id for mail in outbox.sent] == [f"<{told}@localhost>"]


async def test_a_refused_mail_is_given_up(db: Database, settings: Settings, people: People) -> None:
    """An address that does not exist costs one try."""
    outbox = Outbox()
    outbox.trouble = MailRefused("No such user.")

    await delivery.send_mail(db, outbox, settings, await _tell(db, people.anna))

    async with db.read() as reader:
        outcome = await fetch_value(reader, "SELECT outcome FROM notification_deliveries WHERE channel = 'email'")
    assert outcome == "refused"


async def test_the_mail_speaks_the_customer_s_language(db: Database, settings: Settings, people: People) -> None:
    """A Brazilian customer's mail greets in Portuguese."""
    outbox = Outbox()
    async with db.transaction() as tx:
        await execute(tx, "UPDATE customers SET language = 'pt-BR' WHERE id = %s", [people.anna.id])

    await delivery.send_mail(db, outbox, settings, await _tell(db, people.anna))

    assert outbox.sent[0].text.startswith("Olá")
    assert 'lang="pt-BR"' in outbox.sent[0].html


async def test_a_customer_who_left_gets_no_mail(db: Database, settings: Settings, people: People) -> None:
    """Gone with the notification, or without an address by now: the job ends in peace."""
    outbox = Outbox()
    told = await _tell(db, people.anna)
    async with db.transaction() as tx:
        await execute(tx, "UPDATE customers SET email = NULL WHERE id = %s", [people.anna.id])
    await delivery.send_mail(db, outbox, settings, told)
    async with db.transaction() as tx:
        await execute(tx, "DELETE FROM customers WHERE id = %s", [people.anna.id])
    await delivery.send_mail(db, outbox, settings, told)

    assert outbox.sent == []


async def _tell(db: Database, person: Person) -> UUID:
    async with db.transaction() as tx:
        customer: Any = await accounts.customer(tx, person.id)
        return await service.tell(tx, customer, Message("test", "Ready", "Come and see.", url="/customer/repairs/1"))
