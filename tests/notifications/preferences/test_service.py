"""What is stored of preferences, the record of consent, and whether something may be sent."""

import asyncio
from datetime import time
from uuid import uuid4

import psycopg
import pytest

from revivatech.db import Database, execute, fetch_value
from revivatech.db.personal_data import begin_forgetting
from revivatech.kit.actor import CustomerActor
from revivatech.kit.errors import InvalidInput, NotFound
from revivatech.notifications.contracts import CHANNELS, TOPICS
from revivatech.notifications.personal_data.service import notifications as personal
from revivatech.notifications.preferences import consent, service
from revivatech.notifications.preferences.queries import ConsentRow
from revivatech.notifications.preferences.quiet import QuietHours
from revivatech.notifications.preferences.tokens import Subscription
from support.people import People, Person

pytestmark = pytest.mark.anyio

NIGHT = QuietHours(time(22), time(7))


def acting(person: Person) -> CustomerActor:
    """The customer, signed in."""
    return CustomerActor(person.id, uuid4())


async def record(db: Database, person: Person) -> list[ConsentRow]:
    """That customer's record of consent."""
    async with db.read() as reader:
        return await service.record_of_consent(reader, person.id)


async def test_r132_nobody_is_advertised_to_before_they_say_so(db: Database, people: People) -> None:
    """A customer who has chosen nothing has agreed to nothing, by no channel; nothing is stored of them."""
    async with db.read() as reader:
        for channel in CHANNELS:
            assert not await service.may_send(reader, people.anna.id, "marketing", channel)
        assert await service.may_send(reader, people.anna.id, "repair_updates", "email")
        assert await fetch_value(reader, "SELECT count(*) FROM customer_preferences") == 0
    assert await record(db, people.anna) == []


async def test_r132_the_record_says_who_when_how_and_to_which_words(db: Database, people: People) -> None:
    """Agreed on the page in Portuguese, taken back by the API: two entries, the older one with the words shown."""
    await service.choose(db, acting(people.anna), {("marketing", "email"): True}, source="account", language="pt-BR")
    await service.switch(db, acting(people.anna), {"marketing_emails": False})

    taken_back, given = await record(db, people.anna)
    assert (given.is_given, given.source, given.channel, given.text_version) == (
        True,
        "account",
        "email",
        consent.VERSION,
    )
    assert given.text
    assert given.text != consent.text("en", "Revivatech")
    assert (taken_back.is_given, taken_back.source, taken_back.text) == (False, "api", None)
    assert taken_back.created_at > given.created_at
    assert service.agreed([taken_back, given]) is None
    assert service.agreed([given]) == given
    assert await record(db, people.ben) == []


async def test_r132_what_changes_nothing_is_not_recorded(db: Database, people: People) -> None:
    """Saving the same form again agrees to nothing again, nor does a change of something else."""
    for _ in range(2):
        await service.choose(db, acting(people.anna), {("marketing", "email"): True}, source="account")
    await service.choose(db, acting(people.anna), {("quotes", "email"): False}, source="account")
    await service.switch(db, acting(people.anna), {"sms_notifications": False})

    assert [row.is_given for row in await record(db, people.anna)] == [True]


@pytest.mark.parametrize("statement", ["UPDATE customer_consents SET text = 'other'", "DELETE FROM customer_consents"])
async def test_r132_the_record_is_only_added_to(db: Database, people: People, statement: str) -> None:
    """Nobody rewrites it, also by hand."""
    await service.choose(db, acting(people.anna), {("marketing", "email"): True}, source="account")

    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        async with db.transaction() as tx:
            await execute(tx, statement)

    assert len(await record(db, people.anna)) == 1


async def test_a_switch_that_is_off_stops_what_was_agreed_to(db: Database, people: People) -> None:
    """No e-mail means no advertising by e-mail either; the consent itself stays on record."""
    await service.switch(db, acting(people.anna), {"marketing_emails": True, "email_notifications": False})

    async with db.read() as reader:
        assert not await service.may_send(reader, people.anna.id, "marketing", "email")
        assert service.agreed(await service.record_of_consent(reader, people.anna.id)) is not None


async def test_what_is_chosen_is_read_back(db: Database, people: People) -> None:
    """Cells and quiet hours are stored, of nobody else; left out, quiet hours stay; None ends them."""
    await service.choose(db, acting(people.anna), {("quotes", "sms"): True}, NIGHT, source="account")
    await service.choose(db, acting(people.anna), {("messages", "email"): False}, source="account")

    async with db.read() as reader:
        anna, ben = await service.wishes(reader, people.anna.id), await service.wishes(reader, people.ben.id)
        stored = await fetch_value(reader, "SELECT count(*) FROM customer_channel_choices")
    assert anna.quiet == NIGHT
    assert anna.choices.is_on(("quotes", "sms"))
    assert not anna.choices.is_on(("messages", "email"))
    assert stored == 2
    assert ben.choices.is_on(("messages", "email"))
    assert ben.quiet is None
    assert (await service.choose(db, acting(people.anna), {}, None, source="account")).quiet is None


async def test_quiet_hours_have_a_length(db: Database, people: People) -> None:
    """From seven until seven is refused, and nothing of the same form is stored."""
    with pytest.raises(InvalidInput):
        await service.choose(
            db, acting(people.anna), {("quotes", "sms"): True}, QuietHours(time(7), time(7)), source="api"
        )

    async with db.read() as reader:
        assert not await service.may_send(reader, people.anna.id, "quotes", "sms")


async def test_r111_changes_at_the_same_moment_all_count(db: Database, people: People) -> None:
    """Every topic switched off by a request of its own, all at once: none of them overwrites another."""
    await asyncio.gather(
        *(
            service.choose(db, acting(people.anna), {(topic, "push"): False}, source="api")
            for topic in TOPICS
            if topic != "marketing"
        )
    )

    async with db.read() as reader:
        for topic in TOPICS:
            assert not await service.may_send(reader, people.anna.id, topic, "push")


async def test_r132_a_link_ends_one_subscription_and_undo_brings_it_back(db: Database, people: People) -> None:
    """That topic by that channel of that person and nothing else, once or often."""
    subscription = Subscription(people.anna.id, "repair_updates", "email")

    for is_on in (False, False, True, True):
        await service.subscribe(db, subscription, is_on=is_on)
        async with db.read() as reader:
            assert await service.may_send(reader, people.anna.id, "repair_updates", "email") == is_on
            assert await service.may_send(reader, people.anna.id, "quotes", "email")
            assert await service.may_send(reader, people.anna.id, "repair_updates", "sms")
            assert await service.may_send(reader, people.ben.id, "repair_updates", "email")


async def test_r132_taking_back_is_recorded_whichever_way(db: Database, people: People) -> None:
    """By the link of a mail, and the undo right after it."""
    subscription = Subscription(people.anna.id, "marketing", "email")
    await service.switch(db, acting(people.anna), {"marketing_emails": True})

    await service.subscribe(db, subscription, is_on=False)
    await service.subscribe(db, subscription, is_on=True)

    assert [(row.source, row.is_given) for row in reversed(await record(db, people.anna))] == [
        ("api", True),
        ("unsubscribe", False),
        ("undo", True),
    ]


async def test_the_link_of_somebody_who_is_gone_does_nothing(db: Database) -> None:
    """No row appears and nothing fails; a customer's own change says that they are gone."""
    await service.subscribe(db, Subscription(uuid4(), "quotes", "email"), is_on=False)
    with pytest.raises(NotFound):
        await service.switch(db, CustomerActor(uuid4(), uuid4()), {"sms_notifications": False})

    async with db.read() as reader:
        assert await fetch_value(reader, "SELECT count(*) FROM customer_preferences") == 0


async def test_r127_erasure_takes_preferences_and_record_along(db: Database, people: People) -> None:
    """Nothing of the erased customer stays in the three tables; others' rows do."""
    for person in (people.anna, people.ben):
        await service.choose(db, acting(person), {("marketing", "email"): True}, NIGHT, source="account")

    async with db.transaction() as tx:
        await begin_forgetting(tx)
        await personal.erase(tx, people.anna.id, 10)

    async with db.read() as reader:
        assert (await service.wishes(reader, people.anna.id)).quiet is None
    assert await record(db, people.anna) == []
    assert len(await record(db, people.ben)) == 1
