"""The demo shop, loaded."""

import re
import time
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from psycopg.rows import dict_row

from revivatech.accounts.profile.addresses.rules import checked
from revivatech.accounts.secrets import passwords
from revivatech.db import Database
from revivatech.demo import data
from revivatech.demo.load import load
from revivatech.demo.opening import CLOSES, OPENS, SATURDAY
from revivatech.repairs.contracts import Status
from revivatech.repairs.device_numbers import Imei, imei_of
from revivatech.repairs.states import TABLE
from support.people import People

pytestmark = pytest.mark.anyio

Rows = list[dict[str, Any]]


class Demo:
    """The loaded shop, asked from outside the program."""

    def __init__(self, connection: psycopg.AsyncConnection[dict[str, Any]]) -> None:
        self._connection = connection

    async def rows(self, statement: Any, *parameters: object) -> Rows:
        """What the statement answers."""
        return await (await self._connection.execute(statement, parameters)).fetchall()

    async def value(self, statement: Any, *parameters: object) -> Any:
        """The one value that the statement answers."""
        [row] = await self.rows(statement, *parameters)
        [value] = row.values()
        return value

    async def histories(self) -> list[tuple[dict[str, Any], Rows]]:
        """Each repair with its history, oldest first."""
        entries = await self.rows("SELECT * FROM repair_status_history ORDER BY created_at, id")
        repairs = await self.rows("SELECT * FROM repairs ORDER BY created_at")
        return [(repair, [e for e in entries if e["repair_id"] == repair["id"]]) for repair in repairs]


@pytest.fixture
async def demo(db: Database, database_url: str) -> AsyncIterator[Demo]:
    """A database with the demo shop."""
    await load(db)
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True, row_factory=dict_row) as connection:
        yield Demo(connection)


# ---------------------------------------------------------------- how much there is


async def test_there_is_a_year_of_work_in_every_status(demo: Demo) -> None:
    """At least 12 customers, 60 repairs over a year, each status and several stages."""
    repairs = await demo.rows("SELECT status, stage, created_at FROM repairs")

    assert await demo.value("SELECT count(*) FROM customers") >= 12
    assert await demo.value("SELECT count(*) FROM customers WHERE is_organisation") == 1
    assert len(repairs) >= 60
    assert {row["status"] for row in repairs} == {status.value for status in Status}
    assert {"waiting_for_parts", "ready_for_pickup", "collected"} <= {row["stage"] for row in repairs}
    now = datetime.now(UTC)
    ages = [now - row["created_at"] for row in repairs]
    assert max(ages) > timedelta(days=330)
    assert min(ages) < timedelta(days=4)


async def test_there_is_work_for_the_desk(demo: Demo) -> None:
    """Something is late, something is due on the next closing, something waits for a person."""
    due = [
        row["estimated_completion"]
        for row in await demo.rows(
            "SELECT estimated_completion FROM repairs WHERE status NOT IN ('completed', 'cancelled')"
        )
    ]
    now = datetime.now(UTC)
    nearest = min(moment for moment in due if moment > now)

    assert sum(moment < now for moment in due) >= 2
    assert sum(moment.date() == nearest.date() for moment in due) >= 2
    assert await demo.value("SELECT count(*) FROM repairs WHERE technician_id IS NULL AND status = 'received'") >= 1


async def test_the_demo_customers_have_a_good_mix(demo: Demo) -> None:
    """The first one has 8 to 12 repairs, one on the demo technician's bench; both have unread news."""
    counts = await demo.rows(
        """
        SELECT c.email, count(*) AS repairs, count(DISTINCT r.status) AS statuses,
          count(*) FILTER (WHERE r.status = 'repairing' AND u.email = 'technician@demo.example') AS on_the_bench,
          (SELECT count(*) FROM customer_notifications n WHERE n.customer_id = c.id AND read_at IS NULL) AS unread,
          (SELECT count(*) FROM customer_notifications n WHERE n.customer_id = c.id AND read_at IS NOT NULL) AS read
        FROM customers c JOIN repairs r ON r.customer_id = c.id LEFT JOIN users u ON u.id = r.technician_id
        WHERE c.password_hash IS NOT NULL GROUP BY c.id ORDER BY c.email
        """
    )

    nora, rafael = counts
    assert nora["email"] == "customer@demo.example"
    assert 8 <= nora["repairs"] <= 12
    assert nora["statuses"] >= 4
    assert nora["on_the_bench"] >= 1
    assert rafael["email"] == "other-customer@demo.example"
    assert all(one["unread"] >= 1 and one["read"] >= 10 for one in counts)


async def test_customers_read_their_own_language(demo: Demo) -> None:
    """What the Portuguese-speaking customers are told has Portuguese words, and the others' has none."""
    told = await demo.rows(
        "SELECT c.language, n.title FROM customer_notifications n JOIN customers c ON c.id = n.customer_id"
    )

    titles = {language: {row["title"] for row in told if row["language"] == language} for language in ("en", "pt-BR")}
    assert any("Pronto para retirada" in title for title in titles["pt-BR"])
    assert not any("Ready to collect" in title for title in titles["pt-BR"])
    assert not any("Pronto" in title for title in titles["en"])


async def test_devices_come_back(demo: Demo) -> None:
    """Some devices were here twice, and are one row each."""
    counts = Counter(row["device_id"] for row in await demo.rows("SELECT device_id FROM repairs"))

    assert None not in counts
    assert sum(times > 1 for times in counts.values()) >= 5
    assert len(counts) == await demo.value("SELECT count(*) FROM customer_devices")


# ---------------------------------------------------------------- that it is true


async def test_every_history_is_a_legal_path(demo: Demo) -> None:
    """From received on, each step is one that the state table allows to whoever took it, up to the present status."""
    staff = {row["id"]: row["role"] for row in await demo.rows("SELECT id, role FROM users")}

    for repair, entries in await demo.histories():
        first, *rest = entries
        assert (first["status"], first["previous_status"]) == ("received", None)
        for before, after in pairwise(entries):
            step = (Status(before["status"]), Status(after["status"]))
            if after["previous_status"] is None:
                assert (after["status"], after["stage"]) == (before["status"], before["stage"])
                assert after["notes"] or after["internal_notes"]
                continue
            assert after["previous_status"] == before["status"]
            if step[0] == step[1]:
                assert after["stage"] != before["stage"]
                continue
            rule = TABLE[step[0]][step[1]]
            if after["changed_by_kind"] == "customer":
                assert rule.customer
            else:
                assert staff[after["changed_by_user"]] in rule.roles, step
        last = rest[-1] if rest else first
        assert (last["status"], last["stage"]) == (repair["status"], repair["stage"])
        assert repair["version"] == len(entries)
        assert repair["updated_at"] == last["created_at"]


async def test_everything_happened_while_the_shop_was_open(demo: Demo) -> None:
    """In order, in the past, Monday to Friday, between nine and six of the shop's clock."""
    zone = ZoneInfo(data.SHOP.timezone)
    for _, entries in await demo.histories():
        moments = [entry["created_at"] for entry in entries]
        assert moments == sorted(set(moments))
        for moment in moments:
            local = moment.astimezone(zone)
            assert moment < datetime.now(UTC)
            assert local.weekday() < SATURDAY
            assert OPENS <= local.time() < CLOSES


async def test_completed_repairs_say_when_and_prices_add_up(demo: Demo) -> None:
    """The end is the last step to completed, the total is the sum, and a price is named where one was quoted."""
    for repair, entries in await demo.histories():
        costs = [repair[name] for name in ("repair_cost", "parts_cost", "labor_cost") if repair[name] is not None]
        assert repair["total_cost"] == (sum(costs) if costs else None)
        if repair["status"] == "completed":
            entered = [e for e in entries if e["status"] == "completed" and e["previous_status"] != "completed"]
            assert repair["actual_completion"] == entered[-1]["created_at"]
            assert repair["total_cost"] is not None


async def test_quoted_prices_are_the_ones_charged(demo: Demo) -> None:
    """The amount that a quote's note names is the repair's total, unless the repair was not made."""
    for repair, entries in await demo.histories():
        quotes = [entry for entry in entries if entry["status"] == "quoted" and entry["previous_status"]]
        if not quotes or repair["total_cost"] is None:
            continue
        amounts = re.findall(r"€\s?(\d+[.,]\d\d)", quotes[-1]["notes"])
        assert str(repair["total_cost"]) in {amount.replace(",", ".") for amount in amounts}, quotes[-1]["notes"]


async def test_logs_are_gapless_and_told_in_order(demo: Demo) -> None:
    """Each customer's events run from 1 to the head; history and notifications point at their own events."""
    events = await demo.rows("SELECT * FROM customer_events ORDER BY customer_id, seq")
    heads = {row["customer_id"]: row["last_seq"] for row in await demo.rows("SELECT * FROM customer_event_heads")}
    by_place = {(event["customer_id"], event["seq"]): event for event in events}

    for customer_id, last in heads.items():
        log = [event for event in events if event["customer_id"] == customer_id]
        assert [event["seq"] for event in log] == list(range(1, last + 1))
        assert [event["created_at"] for event in log] == sorted(event["created_at"] for event in log)
    assert all(event["payload"]["seq"] == event["seq"] for event in events)
    for told in await demo.rows("SELECT * FROM customer_notifications"):
        event = by_place[told["customer_id"], told["seq"]]
        assert (event["type"], event["payload"]["id"]) == ("notification:new", str(told["id"]))
        assert event["payload"]["title"] == told["title"]
    for entry in await demo.rows("SELECT * FROM repair_status_history"):
        event = by_place[entry["customer_id"], entry["event_seq"]]
        moved = entry["previous_status"] is not None
        assert event["type"] == ("repair:status_update" if moved else "repair:updated")
        assert event["payload"]["repairId"] == str(entry["repair_id"])


async def test_nothing_is_mailed(demo: Demo) -> None:
    """A year of mails on the first start would be a year too many."""
    assert await demo.value("SELECT count(*) FROM procrastinate_jobs") == 0


# ---------------------------------------------------------------- who may come in


async def test_the_six_named_accounts_have_the_password(demo: Demo) -> None:
    """Two customers, a technician, the front desk, a manager and an admin; nobody else can sign in."""
    accounts = await demo.rows(
        """
        SELECT email, password_hash, 'customer' AS role FROM customers WHERE password_hash IS NOT NULL
        UNION ALL SELECT email, password_hash, role FROM users WHERE password_hash IS NOT NULL ORDER BY email
        """
    )

    assert {account["email"]: account["role"] for account in accounts} == {
        "customer@demo.example": "customer",
        "other-customer@demo.example": "customer",
        "technician@demo.example": "technician",
        "front-desk@demo.example": "front_desk",
        "manager@demo.example": "manager",
        "admin@demo.example": "admin",
    }
    [one] = {account["password_hash"] for account in accounts}
    assert (await passwords.check_password("Nordic-Light-2026", one)).is_right


async def test_a_shop_with_people_is_left_alone(db: Database, database_url: str, people: People) -> None:
    """The demo never mixes with real data."""
    await load(db)

    with psycopg.connect(database_url) as connection:
        found = connection.execute("SELECT count(*), min(name) FROM repairs, shop_settings").fetchone()
        assert found == (0, None)
        assert connection.execute("SELECT count(*) FROM customers").fetchone() == (len(people.customers),)


async def test_a_second_load_changes_nothing(db: Database, demo: Demo) -> None:
    """Each start may ask for it."""
    before = await demo.rows("SELECT id, version, updated_at FROM repairs ORDER BY id")
    await load(db)

    assert await demo.rows("SELECT id, version, updated_at FROM repairs ORDER BY id") == before


async def test_it_is_the_same_shop_every_time(demo: Demo) -> None:
    """Numbers, texts and prices do not depend on the day or on chance."""
    rows = await demo.rows(
        """
        SELECT repair_number FROM repairs r JOIN customers c ON c.id = r.customer_id
        WHERE c.email = 'customer@demo.example' ORDER BY r.created_at
        """
    )

    assert rows[0] == {"repair_number": "R-30D47JV"}


async def test_it_takes_less_than_a_second_of_the_processor(db: Database) -> None:
    """The first start is not felt."""
    began = time.process_time()
    await load(db)

    assert time.process_time() - began < 1


def test_what_the_demo_keeps_could_have_been_typed() -> None:
    """Every address and IMEI of the demo passes the check that a customer's own input passes."""
    for person in data.CUSTOMERS:
        assert [checked(address, "en") for address in person.addresses] == list(person.addresses)
        imeis = {repair.device.imei for repair in person.repairs if repair.device.imei}
        assert all(imei_of(imei) == Imei(imei) for imei in imeis)


async def test_the_demo_customer_has_addresses(demo: Demo) -> None:
    """Two, of which one is the default."""
    rows = await demo.rows(
        "SELECT a.is_default FROM customer_addresses a JOIN customers c ON c.id = a.customer_id WHERE c.email = %s",
        "customer@demo.example",
    )

    assert sorted(row["is_default"] for row in rows) == [False, True]
