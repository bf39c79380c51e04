"""What is shown as told was sent (R157)."""

from datetime import UTC, datetime
from html import unescape
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest

from revivatech.db import Database
from revivatech.mail.message import Mail
from revivatech.mail.sender import MailRefused
from revivatech.notifications import delivery
from revivatech.repairs import service
from revivatech.repairs.contracts import NewRepair, Repair, StaffTimelineItem, Status
from revivatech.settings import Settings
from revivatech.sms.sender import SmsRefused
from support.people import People
from support.repairing import Actors, Bench, actors_of
from support.serving import SAME_ORIGIN, Served

pytestmark = pytest.mark.anyio

PHONE = "+353 87 123 4567"


class Post:
    """A mail server and an SMS service that do as they are told."""

    is_configured = True

    def __init__(self, trouble: Exception | None = None) -> None:
        self._trouble = trouble

    async def send(self, *mail: Mail | str) -> None:
        """Take it, or not."""
        if self._trouble is not None:
            raise self._trouble
        assert mail


async def newest(bench: Bench, repair: Repair) -> StaffTimelineItem:
    """The newest entry of the history, as the desk reads it."""
    async with bench.db.read() as reader:
        return (await service.desk_timeline(reader, await service.labels_in(bench.db, "en"), repair.id))[-1]


def what(item: StaffTimelineItem) -> dict[str, str]:
    """What became of its news, by channel."""
    assert item.notices is not None
    return {one.channel: one.state for one in item.notices}


def change(url: str, statement: str, *values: object) -> None:
    """Change what no verb of the portal changes."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement, values)


def notification(url: str) -> UUID:
    """The newest notification."""
    with psycopg.connect(url) as connection:
        row: Any = connection.execute("SELECT id FROM customer_notifications ORDER BY seq DESC LIMIT 1").fetchone()
    return UUID(str(row[0]))


async def walk_in(bench: Bench) -> Repair:
    """The repair of somebody who left a telephone number only."""
    new = NewRepair(
        device_type="phone",
        device_brand="",
        device_model="",
        issue_description="Dark.",
        customer_first_name="Petra",
        customer_phone=PHONE,
    )
    return (await service.intake(bench.db, bench.actors.fay, new)).repair


# ------------------------------------------------------------------ what is known


async def test_r157_a_walk_in_with_a_phone_number_alone_is_not_notified(bench: Bench) -> None:
    """Nothing was sent and nothing will be: the desk is asked to call."""
    taken = await newest(bench, await walk_in(bench))

    assert (what(taken), taken.customer_notified, taken.needs_call) == ({}, False, True)


async def test_r157_a_mail_counts_once_it_was_handed_over(
    bench: Bench, actors: Actors, settings: Settings, database_url: str
) -> None:
    """Until then it waits, which is neither told nor a reason to call."""
    change(database_url, "UPDATE customers SET password_hash = NULL WHERE id = %s", actors.anna.id)
    repair = (await bench.take_in(actors.anna)).repair
    waiting = await newest(bench, repair)

    await delivery.send_mail(bench.db, Post(), settings, notification(database_url))
    sent = await newest(bench, repair)

    assert (what(waiting), waiting.customer_notified, waiting.needs_call) == ({"email": "waiting"}, False, False)
    assert (what(sent), sent.customer_notified, sent.needs_call) == ({"email": "sent"}, True, False)
    assert sent.notices
    assert sent.notices[0].recipient == "a…@c….example"


async def test_r157_a_refused_mail_asks_for_a_call(
    bench: Bench, actors: Actors, settings: Settings, database_url: str
) -> None:
    """The mailbox said no, and there is no portal account."""
    change(database_url, "UPDATE customers SET password_hash = NULL WHERE id = %s", actors.anna.id)
    repair = (await bench.take_in(actors.anna)).repair

    await delivery.send_mail(bench.db, Post(MailRefused("550")), settings, notification(database_url))
    refused = await newest(bench, repair)

    assert (what(refused), refused.customer_notified, refused.needs_call) == ({"email": "refused"}, False, True)


async def test_r157_mail_that_is_not_wanted_is_not_told(
    bench: Bench, actors: Actors, settings: Settings, database_url: str
) -> None:
    """Somebody with an account who wants no mail reads it in the portal."""
    change(
        database_url,
        "INSERT INTO customer_channel_choices (customer_id, topic, channel, is_on)"
        " VALUES (%s, 'repair_updates', 'email', false)",
        actors.anna.id,
    )
    repair = (await bench.take_in(actors.anna)).repair
    await delivery.send_mail(bench.db, Post(), settings, notification(database_url))

    item = await newest(bench, repair)

    assert (what(item), item.customer_notified) == ({"email": "unwanted", "portal": "sent"}, True)


@pytest.mark.parametrize(
    ("post", "state", "is_told"),
    [(Post(), "sent", True), (Post(SmsRefused("no")), "refused", False)],
    ids=["sent", "refused"],
)
async def test_r157_a_text_counts_once_it_was_sent(
    bench: Bench, settings: Settings, database_url: str, post: Post, state: str, is_told: bool
) -> None:
    """One that the provider refuses asks for a call."""
    repair = await walk_in(bench)
    change(
        database_url,
        "UPDATE customers SET phone_verified_at = now() WHERE first_name = 'Petra'",
    )
    change(
        database_url,
        "INSERT INTO customer_channel_choices (customer_id, topic, channel, is_on)"
        " SELECT id, 'repair_updates', 'sms', true FROM customers WHERE first_name = 'Petra'",
    )
    moved = await bench.move(repair, Status.DIAGNOSING)
    waiting = await newest(bench, moved)

    await delivery.send_sms(bench.db, post, settings, notification(database_url), datetime.now(UTC))
    item = await newest(bench, moved)

    assert what(waiting) == {"sms": "waiting"}
    assert (what(item), item.customer_notified, item.needs_call) == ({"sms": state}, is_told, not is_told)
    assert item.notices
    assert item.notices[0].recipient == "…567"


async def test_r157_an_address_that_is_gone_was_not_written_to(
    bench: Bench, actors: Actors, settings: Settings, database_url: str
) -> None:
    """Erased before the mail left: it is not said to have been sent."""
    change(database_url, "UPDATE customers SET password_hash = NULL WHERE id = %s", actors.anna.id)
    repair = (await bench.take_in(actors.anna)).repair
    change(database_url, "UPDATE customers SET email = NULL WHERE id = %s", actors.anna.id)

    await delivery.send_mail(bench.db, Post(), settings, notification(database_url))
    item = await newest(bench, repair)

    assert (what(item), item.customer_notified, item.needs_call) == ({"email": "unavailable"}, False, True)


async def test_r157_a_change_without_news_asks_for_no_call(bench: Bench) -> None:
    """An internal note is for the shop; nobody is missing it."""
    repair = await bench.move(await walk_in(bench), Status.RECEIVED, internal_notes="Wet inside.")

    item = await newest(bench, repair)

    assert (item.notices, item.customer_notified, item.needs_call) == (None, False, False)


# ------------------------------------------------------------------ what is said and done at the desk


async def page(served: Served, headers: dict[str, str], path: str) -> str:
    """A page's text."""
    answer = await served.client.get(path, headers=headers)
    assert answer.status_code == 200
    return " ".join(unescape(answer.text).split())


async def test_r157_the_desk_says_whom_to_call_and_notes_the_call(served: Served, db: Database, people: People) -> None:
    """In both languages; the button works without scripts, and the first call counts."""
    bench = Bench(db, actors_of(people))
    repair = await walk_in(bench)
    fay, mia = await served.sign_in_browser(people.fay), await served.sign_in_browser(people.mia)
    here = f"/staff/repairs/{repair.id}"

    before = await page(served, fay, here)
    portuguese = await page(served, {**fay, "Cookie": f"{fay['Cookie']}; language=pt-BR"}, here)
    entry = (await newest(bench, repair)).item.id
    for headers in (fay, mia):
        answer = await served.client.post(
            f"{here}/called", data={"entry": str(entry)}, headers={**headers, **SAME_ORIGIN}
        )
        assert answer.status_code == 303
    after = await page(served, fay, here)

    assert "Not notified: no email, no portal account. Call +353 87 123 4567." in before
    assert "This reaches nobody" in before
    assert "Não avisado" in portuguese
    assert "Called by Fay Silva" in after
    assert "Not notified" not in after
    assert "customer told" not in before + after
    assert (await newest(bench, repair)).customer_notified


async def test_r157_technicians_are_asked_to_call_without_the_number(
    served: Served, db: Database, people: People
) -> None:
    """They may not look up customers: the front desk has the number."""
    repair = await walk_in(Bench(db, actors_of(people)))

    text = await page(served, await served.sign_in_browser(people.tom), f"/staff/repairs/{repair.id}")

    assert "Not notified" in text
    assert "123 4567" not in text


async def test_r157_a_call_by_the_api(served: Served, db: Database, people: People) -> None:
    """The timeline comes back; an entry of another repair, and one without news, cannot be called about."""
    bench = Bench(db, actors_of(people))
    repair, other = await walk_in(bench), await walk_in(bench)
    quiet = await newest(bench, await bench.move(other, Status.RECEIVED, internal_notes="Wet."))
    headers = await served.sign_in(people.fay)
    entry = (await newest(bench, repair)).item.id

    async def called(entry_id: object) -> httpx.Response:
        return await served.client.post(
            f"/api/staff/repairs/{repair.id}/called", json={"entryId": str(entry_id)}, headers=headers
        )

    assert (await called(quiet.item.id)).status_code == 404
    done = await called(entry)
    assert done.status_code == 200
    assert done.json()["items"][-1]["calledBy"] == "Fay Silva"
    assert done.json()["items"][-1]["customerNotified"] is True
    assert (
        await served.client.post(f"/api/staff/repairs/{repair.id}/called", json={}, headers=headers)
    ).status_code == 422
    assert not (await newest(bench, other)).customer_notified
