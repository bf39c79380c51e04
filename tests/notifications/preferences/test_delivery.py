"""What leaves the house: only what is wanted at that moment, and no SMS at night."""

from datetime import UTC, datetime, time
from email import message_from_bytes
from email.policy import default
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest

from revivatech.accounts import service as accounts
from revivatech.db import Database, execute, fetch_value
from revivatech.kit.actor import CustomerActor
from revivatech.mail.message import Mail, to_message
from revivatech.notifications import delivery
from revivatech.notifications import service as notifications
from revivatech.notifications.contracts import Message, Topic
from revivatech.notifications.preferences import service
from revivatech.notifications.preferences.quiet import QuietHours
from revivatech.settings import Settings
from revivatech.sms.sender import NullSms, SmsRefused
from support.people import People, Person
from support.serving import Served
from support.waiting import until_true

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
NIGHT = QuietHours(time(22), time(7))


class Outbox:
    """A sender that keeps what it is given."""

    def __init__(self) -> None:
        self.sent: list[Mail] = []

    async def send(self, mail: Mail) -> None:
        """Take it."""
        self.sent.append(mail)


class Telephone:
    """An SMS sender that keeps what it is given, or fails."""

    is_configured = True

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []
        self.trouble: Exception | None = None

    async def send(self, to: str, text: str) -> None:
        """Take it or not."""
        if self.trouble is not None:
            raise self.trouble
        self.sent.append((to, text))


async def told(db: Database, person: Person, topic: Topic = "repair_updates", priority: Any = "normal") -> UUID:
    """The id of something that the customer was told of that topic."""
    async with db.transaction() as tx:
        customer: Any = await accounts.customer(tx, person.id)
        message = Message("test", "Ready", "Come and see.", priority, url="/customer/repairs/1", topic=topic)
        return await notifications.tell(tx, customer, message)


async def prove_number(db: Database, person: Person, number: str = "+351912345678") -> None:
    """Give the customer that number, proven, and Lisbon's clock."""
    async with db.transaction() as tx:
        await execute(
            tx, "UPDATE customers SET phone = %s, timezone = 'Europe/Lisbon' WHERE id = %s", [number, person.id]
        )
        await execute(tx, "UPDATE customers SET phone_verified_at = now() WHERE id = %s", [person.id])


async def jobs(db: Database, task: str) -> list[Any]:
    """When each waiting job of that task shall run, None for at once."""
    async with db.read() as reader:
        found = await fetch_value(
            reader, "SELECT array_agg(scheduled_at) FROM procrastinate_jobs WHERE task_name = %s", [task]
        )
    return found or []


def acting(person: Person) -> CustomerActor:
    """The customer, signed in."""
    return CustomerActor(person.id, uuid4())


async def test_r132_what_was_switched_off_since_is_not_mailed(db: Database, settings: Settings, people: People) -> None:
    """The job asks again at the moment of sending: told while on, switched off before it ran."""
    outbox = Outbox()
    update, quote = await told(db, people.anna), await told(db, people.anna, "quotes")
    his = await told(db, people.ben, "quotes")
    await service.switch(db, acting(people.anna), {"quote_notifications": False})

    for one in (update, quote, his):
        await delivery.send_mail(db, outbox, settings, one)

    assert [mail.recipient for mail in outbox.sent] == [people.anna.email, people.ben.email]


async def test_r132_advertising_is_not_mailed_to_who_has_not_agreed(
    db: Database, settings: Settings, people: People
) -> None:
    """Of two customers who are told of an offer, one gets a mail: the one who said yes."""
    outbox = Outbox()
    await service.switch(db, acting(people.ben), {"marketing_emails": True})

    for person in people.customers:
        await delivery.send_mail(db, outbox, settings, await told(db, person, "marketing"))

    assert [mail.recipient for mail in outbox.sent] == [people.ben.email]


async def test_quiet_hours_do_not_hold_mail_back(db: Database, settings: Settings, people: People) -> None:
    """A mail wakes nobody: all day of quiet, and it leaves."""
    outbox = Outbox()
    await service.choose(db, acting(people.anna), {}, QuietHours(time(0, 1), time(0)), source="account")

    await delivery.send_mail(db, outbox, settings, await told(db, people.anna))

    assert len(outbox.sent) == 1


async def test_r132_every_mail_can_be_ended_by_one_click(db: Database, settings: Settings, people: People) -> None:
    """RFC 8058's two headers leave on one line each, as programs look for them, and the same link is in both bodies."""
    outbox = Outbox()
    await delivery.send_mail(db, outbox, settings, await told(db, people.anna))
    (mail,) = outbox.sent

    raw = to_message(mail, "portal@shop.example").as_bytes()
    message = message_from_bytes(raw, policy=default)
    url = str(message["List-Unsubscribe"]).strip("<>")
    assert b"\r\nList-Unsubscribe: <http" in raw
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in raw
    assert url.startswith(f"{settings.public_url}/unsubscribe/")
    assert url in mail.text
    assert f'href="{url}"' in mail.html
    assert str(people.anna.id) not in url


async def test_r132_the_link_of_a_kept_mail_works(served: Served, people: People) -> None:
    """From the telling to the click: the mail of the running program, its header, and no more mails."""

    def kept_headers() -> dict[str, str] | None:
        with psycopg.connect(served.settings.database_url) as connection:
            row = connection.execute("SELECT headers FROM kept_mails").fetchone()
        return row[0] if row else None

    async with Database(served.settings.database_url, most=2) as db:
        await told(db, people.anna)
        await until_true(kept_headers)
        link = (kept_headers() or {})["List-Unsubscribe"].strip("<>")
        async with httpx.AsyncClient() as mail_server:
            answer = await mail_server.post(link, data={"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
        async with db.read() as reader:
            assert not await service.may_send(reader, people.anna.id, "repair_updates", "email")


async def test_an_sms_goes_once_to_a_proven_number(db: Database, settings: Settings, people: People) -> None:
    """However often the job runs; with the shop's name and a link, and nothing more of the message."""
    telephone = Telephone()
    await prove_number(db, people.anna)
    one = await told(db, people.anna)

    for _ in range(2):
        await delivery.send_sms(db, telephone, settings, one, NOON)

    assert telephone.sent == [("+351912345678", f"Revivatech: Ready {settings.public_url}/customer/repairs/1")]
    assert await jobs(db, "notifications:send_sms") == [None]


async def test_no_sms_without_a_proven_number_a_vendor_or_a_wish(
    db: Database, settings: Settings, people: People
) -> None:
    """A number that somebody merely wrote down gets nothing, nor does a topic that nobody wants by SMS."""
    telephone = Telephone()
    async with db.transaction() as tx:
        await execute(tx, "UPDATE customers SET phone = '+351911111111' WHERE id = %s", [people.ben.id])
    await prove_number(db, people.anna)
    update, quote = await told(db, people.anna), await told(db, people.anna, "quotes")
    unproven = await told(db, people.ben)
    await service.switch(db, acting(people.anna), {"repair_updates": False})

    for one in (update, quote, unproven):
        await delivery.send_sms(db, telephone, settings, one, NOON)
    await service.switch(db, acting(people.anna), {"repair_updates": True})
    await delivery.send_sms(db, NullSms(), settings, update, NOON)

    assert telephone.sent == []
    # For the quote, and for the number that nobody has proven, no job was made at all.
    assert len(await jobs(db, "notifications:send_sms")) == 1


@pytest.mark.parametrize("priority", ["normal", "high"])
async def test_at_night_an_sms_waits_until_the_morning(
    db: Database, settings: Settings, people: People, priority: str
) -> None:
    """At three in Lisbon nothing leaves, whatever its priority; the job comes back at seven there, and then it does."""
    telephone = Telephone()
    await prove_number(db, people.anna)
    await service.choose(db, acting(people.anna), {}, NIGHT, source="account")
    one = await told(db, people.anna, priority=priority)

    night, morning = datetime(2026, 7, 1, 2, tzinfo=UTC), datetime(2026, 7, 1, 6, tzinfo=UTC)
    await delivery.send_sms(db, telephone, settings, one, night)
    assert telephone.sent == []
    assert sorted(await jobs(db, "notifications:send_sms"), key=str) == [morning, None]

    await delivery.send_sms(db, telephone, settings, one, morning)
    assert len(telephone.sent) == 1


async def test_what_is_switched_off_in_the_night_is_not_sent_in_the_morning(
    db: Database, settings: Settings, people: People
) -> None:
    """An SMS that was put off is judged again."""
    telephone = Telephone()
    await prove_number(db, people.anna)
    await service.choose(db, acting(people.anna), {}, NIGHT, source="account")
    one = await told(db, people.anna)
    await delivery.send_sms(db, telephone, settings, one, datetime(2026, 7, 1, 2, tzinfo=UTC))
    await service.switch(db, acting(people.anna), {"sms_notifications": False})

    await delivery.send_sms(db, telephone, settings, one, NOON)

    assert telephone.sent == []


async def test_trouble_with_the_vendor(db: Database, settings: Settings, people: People) -> None:
    """What can pass is raised, so that the queue tries again; a number that is refused costs one try."""
    telephone = Telephone()
    await prove_number(db, people.anna)
    one = await told(db, people.anna)

    telephone.trouble = TimeoutError("The vendor hangs.")
    with pytest.raises(TimeoutError):
        await delivery.send_sms(db, telephone, settings, one, NOON)
    telephone.trouble = SmsRefused("No such number.")
    await delivery.send_sms(db, telephone, settings, one, NOON)

    async with db.read() as reader:
        outcome = await fetch_value(reader, "SELECT outcome FROM notification_deliveries WHERE channel = 'sms'")
    assert outcome == "refused"
