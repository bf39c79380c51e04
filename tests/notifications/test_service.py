"""Telling customers, and what they have read."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest

from revivatech.accounts import service as accounts
from revivatech.accounts.contracts import Customer
from revivatech.db import Database, Transaction, execute, fetch_value
from revivatech.kit.actor import CustomerActor
from revivatech.kit.errors import InvalidInput, NotFound
from revivatech.notifications import queries, service
from revivatech.notifications.contracts import Message
from revivatech.realtime import event_log
from revivatech.realtime import queries as log_queries
from revivatech.realtime.contracts import CustomerChanged, Event
from support.people import People, Person

pytestmark = pytest.mark.anyio


async def test_telling_is_a_row_an_event_and_a_job(db: Database, people: People) -> None:
    """One commit holds the notification, the event of the same seq, and the job of its mail."""
    events: list[Event] = []
    db.on_commit(Event, lambda event: _append(events, event))

    told = await _tell(db, people.anna, "Your phone is ready", url="/customer/repairs/1")

    async with db.read() as reader:
        page = await service.list_notifications(reader, people.anna.id, unread=None, limit=10, cursor=None)
        logged = await event_log.events_since(reader, people.anna.id, 0)
        jobs = await fetch_value(reader, "SELECT jsonb_agg(args) FROM procrastinate_jobs")
    (notification,) = page.items
    assert (notification.id, notification.seq, notification.read_at) == (told, 1, None)
    assert notification.data.url == "/customer/repairs/1"
    assert [(event.seq, event.type) for event in logged.events] == [(1, "notification:new")]
    assert [(event.seq, event.customer_id) for event in events] == [(1, people.anna.id)]
    assert jobs == [{"notification_id": str(told)}]


async def test_a_rollback_tells_nobody(db: Database, people: People) -> None:
    """Nothing of it is stored, sent or deferred."""
    facts: list[object] = []
    db.on_commit(Event, lambda event: _append(facts, event))
    db.on_commit(CustomerChanged, lambda changed: _append(facts, changed))

    with pytest.raises(ZeroDivisionError):
        await _tell(db, people.anna, "never", fail=True)

    async with db.read() as reader:
        assert await queries.unread_count(reader, people.anna.id) == 0
        assert await log_queries.last_seq(reader, people.anna.id) == 0
        assert await fetch_value(reader, "SELECT count(*) FROM procrastinate_jobs") == 0
    assert facts == []


async def test_a_customer_without_an_address_gets_no_mail(db: Database, people: People) -> None:
    """The notification waits in the portal all the same."""
    async with db.transaction() as tx:
        await execute(tx, "UPDATE customers SET email = NULL WHERE id = %s", [people.anna.id])
    await _tell(db, people.anna, "ready")

    async with db.read() as reader:
        assert await queries.unread_count(reader, people.anna.id) == 1
        assert await fetch_value(reader, "SELECT count(*) FROM procrastinate_jobs") == 0


async def test_any_title_fits(db: Database, people: People) -> None:
    """A title of any length and with line ends becomes one line that the table takes."""
    await _tell(db, people.anna, "a\nb " + "x" * 400)

    async with db.read() as reader:
        (notification,) = (
            await service.list_notifications(reader, people.anna.id, unread=None, limit=1, cursor=None)
        ).items
    assert notification.title.startswith("a b x")
    assert len(notification.title) == 255


async def test_the_list_is_newest_first_and_the_owner_s(db: Database, people: People) -> None:
    """Pages follow each other without gaps or repeats, and hold nobody else's."""
    told = [await _tell(db, people.anna, str(number)) for number in range(7)]
    await _tell(db, people.ben, "his")

    seen, cursor = [], None
    async with db.read() as reader:
        while True:
            page = await service.list_notifications(reader, people.anna.id, unread=None, limit=3, cursor=cursor)
            seen += [item.id for item in page.items]
            if (cursor := page.next_cursor) is None:
                break
        with pytest.raises(InvalidInput):
            await service.list_notifications(reader, people.anna.id, unread=None, limit=3, cursor="not ours")

    assert seen == told[::-1]


async def test_reading_one_is_counted_and_told_once(db: Database, people: People) -> None:
    """The count that is left comes back and goes to the customer's other pages; reading twice changes nothing."""
    first, _ = [await _tell(db, people.anna, str(number)) for number in range(2)]
    actor = CustomerActor(people.anna.id, uuid4())

    assert await service.mark_read(db, actor, first) == 1
    assert await service.mark_read(db, actor, first) == 1

    async with db.read() as reader:
        events = (await event_log.events_since(reader, people.anna.id, 2)).events
        unread = await service.list_notifications(reader, people.anna.id, unread=True, limit=9, cursor=None)
        read = await service.list_notifications(reader, people.anna.id, unread=False, limit=9, cursor=None)
    assert [event.type for event in events] == ["notification:read"]
    assert msgspec.json.decode(msgspec.json.encode(events[0].payload)) == {"seq": 3, "unread": 1}
    assert [item.id for item in read.items] == [first]
    assert len(unread.items) == 1


async def test_r40_somebody_else_s_notification_is_not_found(db: Database, people: People) -> None:
    """Ben can neither read Anna's notification nor use it as a mark, exactly as if it did not exist."""
    hers = await _tell(db, people.anna, "hers")
    ben = CustomerActor(people.ben.id, uuid4())

    for missing in (hers, uuid4()):
        with pytest.raises(NotFound):
            await service.mark_read(db, ben, missing)
        with pytest.raises(NotFound):
            await service.mark_all_read(db, ben, missing)
        with pytest.raises(NotFound):
            await service.follow(db, ben, missing)
    async with db.read() as reader:
        assert await queries.unread_count(reader, people.anna.id) == 1


async def test_r111_read_all_leaves_what_was_not_seen(db: Database, people: People) -> None:
    """Only what the screen showed is read: what came after it stays new."""
    _, shown, later = [await _tell(db, people.anna, str(number)) for number in range(3)]
    actor = CustomerActor(people.anna.id, uuid4())

    assert await service.mark_all_read(db, actor, shown) == 1

    async with db.read() as reader:
        page = await service.list_notifications(reader, people.anna.id, unread=True, limit=9, cursor=None)
    assert [item.id for item in page.items] == [later]
    assert await service.mark_all_read(db, actor, None) == 0


async def test_r111_read_all_races_with_news(db: Database, people: People) -> None:
    """In parallel with new notifications, none that was not there before is swallowed: seen or unread, never lost."""
    actor = CustomerActor(people.anna.id, uuid4())
    for _ in range(10):
        shown = await _tell(db, people.anna, "shown")
        told = await asyncio.gather(
            _tell(db, people.anna, "news"),
            service.mark_all_read(db, actor, shown),
            _tell(db, people.anna, "more news"),
        )
        async with db.read() as reader:
            unread = await service.list_notifications(reader, people.anna.id, unread=True, limit=9, cursor=None)
        assert {item.id for item in unread.items} == {told[0], told[2]}
        await service.mark_all_read(db, actor, None)


async def test_following_one_leads_to_its_page(db: Database, people: People) -> None:
    """The page that it is about comes back, and it is read."""
    actor = CustomerActor(people.anna.id, uuid4())
    with_page = await _tell(db, people.anna, "one", url="/customer/repairs/1")
    without = await _tell(db, people.anna, "two")

    assert await service.follow(db, actor, with_page) == "/customer/repairs/1"
    assert await service.follow(db, actor, without) == "/customer/notifications"
    async with db.read() as reader:
        assert await queries.unread_count(reader, people.anna.id) == 0


async def _tell(db: Database, person: Person, title: str, *, url: str | None = None, fail: bool = False) -> UUID:
    async with db.transaction() as tx:
        told = await service.tell(tx, await _customer(tx, person), Message("test", title, "What happened.", url=url))
        if fail:
            raise ZeroDivisionError
    return told


async def _customer(tx: Transaction, person: Person) -> Customer:
    customer = await accounts.customer(tx, person.id)
    assert customer is not None
    return customer


async def _append(facts: list[Any], fact: object) -> None:
    facts.append(fact)
