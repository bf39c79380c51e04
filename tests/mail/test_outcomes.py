"""That mail does not reach a customer is known while it is so: to the shop and to them, and no longer."""

from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from uuid import UUID

import psycopg
import pytest

from revivatech.accounts import service as accounts
from revivatech.accounts.emails.notices import service as notices
from revivatech.db import Database, execute, fetch_value
from revivatech.db.personal_data import begin_forgetting
from revivatech.mail import outcomes
from revivatech.mail.message import Mail
from revivatech.mail.outcomes import Trouble
from revivatech.mail.personal_data.service import kept_mails
from revivatech.mail.sender import MailRefused
from revivatech.notifications import delivery, service
from revivatech.notifications.contracts import Message
from revivatech.settings import Settings
from support.people import People, Person
from support.repairing import Bench, actors_of
from support.serving import Served
from support.waiting import until_true

pytestmark = pytest.mark.anyio

WAITING_MAILS = "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing') AND queue_name = 'mail'"


class Server:
    """A sender that does what it is told to."""

    trouble: Exception | None = None

    async def send(self, mail: Mail) -> None:
        """Take it, or not."""
        if self.trouble is not None:
            raise self.trouble
        assert mail.recipient


async def trouble_of(db: Database, person: Person) -> Trouble | None:
    """What is noted."""
    async with db.read() as reader:
        return await outcomes.trouble_of(reader, person.id)


async def tell(db: Database, person: Person) -> UUID:
    """A notification that is to be mailed."""
    async with db.transaction() as tx:
        customer: Any = await accounts.customer(tx, person.id)
        return await service.tell(tx, customer, Message("test", "Ready", "Come and see."))


async def post(db: Database, person: Person, recipient: str) -> UUID:
    """A mail about the account that is to be sent."""
    async with db.transaction() as tx:
        await notices.post(tx, "customer", person.id, "email_changed", recipient)
        mail_id: UUID = await fetch_value(tx, "SELECT max(id::text)::uuid FROM account_mails", [])
    return mail_id


async def test_a_refusal_is_noted_until_a_mail_is_taken(db: Database, settings: Settings, people: People) -> None:
    """Of that customer alone; waiting first, then refused, then nothing."""
    server = Server()
    told = await tell(db, people.anna)

    server.trouble = TimeoutError()
    for _ in range(2):
        with pytest.raises(TimeoutError):
            await delivery.send_mail(db, server, settings, told)
    waits = await trouble_of(db, people.anna)
    server.trouble = MailRefused("550 5.1.1 no such user")
    await delivery.send_mail(db, server, settings, told)
    refused = await trouble_of(db, people.anna)
    others = await trouble_of(db, people.ben)
    server.trouble = None
    await delivery.send_mail(db, server, settings, await tell(db, people.anna))

    now = datetime.now(UTC)
    assert waits is not None
    assert waits.refused_at is None
    assert waits.waits_since is not None
    assert refused is not None
    assert refused.refused_at is not None
    assert timedelta(0) <= now - refused.refused_at < timedelta(minutes=1)
    assert refused.waits_since is None
    assert others is None
    assert await trouble_of(db, people.anna) is None


async def test_only_the_present_address_counts(db: Database, settings: Settings, people: People) -> None:
    """A mail about the account to another one, refused or taken, changes nothing."""
    server = Server()
    server.trouble = MailRefused("550")
    await notices.send(db, server, settings, await post(db, people.anna, "new@customers.example"))
    assert await trouble_of(db, people.anna) is None

    await notices.send(db, server, settings, await post(db, people.anna, people.anna.email))
    noted = await trouble_of(db, people.anna)
    server.trouble = None
    async with db.transaction() as tx:
        await execute(tx, "DELETE FROM account_mails")
    await notices.send(db, server, settings, await post(db, people.anna, "new@customers.example"))

    assert noted is not None
    assert await trouble_of(db, people.anna) == noted


async def test_r133_after_a_year_it_says_nothing(db: Database, people: People) -> None:
    """What is younger stays."""
    async with db.transaction() as tx:
        await execute(
            tx,
            "INSERT INTO mail_troubles VALUES (%s, now() - interval '367 days', NULL), (%s, NULL, now())",
            [people.anna.id, people.ben.id],
        )
        await begin_forgetting(tx)
        assert await kept_mails.forget_old(tx, 90) == 1
        assert await kept_mails.forget_old(tx, 90) == 0

    assert await trouble_of(db, people.anna) is None
    assert await trouble_of(db, people.ben) is not None


async def test_the_shop_and_the_customer_read_it(served: Served, db: Database, people: People) -> None:
    """On the customer's page, on their repair's, and on their profile; nobody reads it of somebody else."""
    bench = Bench(db, actors_of(people))
    annas = (await bench.take_in(bench.actors.anna)).repair.id
    bens = (await bench.take_in(bench.actors.ben)).repair.id
    fay = await served.sign_in_browser(people.fay)
    anna, ben = await served.sign_in_browser(people.anna), await served.sign_in_browser(people.ben)
    # A mail that is taken after it would end what is noted.
    with psycopg.connect(db.url, autocommit=True) as connection:
        await until_true(lambda: connection.execute(WAITING_MAILS).fetchone() == (0,))
    async with db.transaction() as tx:
        await execute(tx, "INSERT INTO mail_troubles VALUES (%s, now(), NULL)", [people.anna.id])
    told = "refused our mail on"
    for headers, path, is_said in (
        (fay, f"/staff/customers/{people.anna.id}", told),
        (fay, f"/staff/repairs/{annas}", told),
        (fay, f"/staff/repairs/new?customer={people.anna.id}", told),
        (anna, "/customer/account", "came back"),
    ):
        assert is_said in unescape((await served.client.get(path, headers=headers)).text), path
    for headers, path in (
        (fay, f"/staff/customers/{people.ben.id}"),
        (fay, f"/staff/repairs/{bens}"),
        (ben, "/customer/account"),
        (anna, f"/customer/repairs/{annas}"),
    ):
        html = unescape((await served.client.get(path, headers=headers)).text)
        assert told not in html
        assert "came back" not in html
