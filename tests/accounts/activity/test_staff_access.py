"""R135: who of the staff has opened whose repair is on record, and stays there."""

import asyncio
from uuid import UUID

import psycopg
import pytest

from revivatech.accounts.activity import service as activity
from revivatech.db import Database
from revivatech.db.personal_data import begin_forgetting
from support.desk import Desk, open_desk
from support.people import People
from support.serving import Served

pytestmark = pytest.mark.anyio


@pytest.fixture
async def desk(served: Served, people: People) -> Desk:
    """The shop's desk."""
    return await open_desk(served, people)


def visits(served: Served) -> list[tuple[UUID, UUID, UUID, str]]:
    """Who has opened whose what, by which name."""
    with psycopg.connect(served.settings.database_url) as connection:
        return connection.execute(
            "SELECT user_id, customer_id, object_id, object_name FROM staff_access_log ORDER BY id"
        ).fetchall()


@pytest.mark.parametrize(
    ("path", "is_page"),
    [
        ("/staff/repairs/{}", True),
        ("/api/staff/repairs/{}", False),
        ("/api/staff/repairs/{}/timeline", False),
    ],
)
async def test_r135_opening_a_repair_is_recorded(
    served: Served, people: People, desk: Desk, path: str, *, is_page: bool
) -> None:
    """By page or by API: who, whose, what. The list of all repairs opens none."""
    repair = (await desk.take_in(people.anna))["repair"]
    headers = await (served.sign_in_browser(people.tom) if is_page else served.sign_in(people.tom))
    listed = await served.client.get("/staff" if is_page else "/api/staff/repairs", headers=headers)
    assert repair["repairNumber"] in listed.text
    assert visits(served) == []

    answer = await served.client.get(path.format(repair["id"]), headers=headers)

    assert answer.status_code == 200
    assert visits(served) == [(people.tom.id, people.anna.id, UUID(repair["id"]), repair["repairNumber"])]


async def test_r135_reloads_do_not_flood_the_record(served: Served, people: People, desk: Desk) -> None:
    """Ten looks at once and more later are one row an hour; a colleague's look is another; so is the next hour's."""
    repair = (await desk.take_in(people.anna))["repair"]
    tom, fay = await served.sign_in(people.tom), await served.sign_in(people.fay)
    path = f"/api/staff/repairs/{repair['id']}"

    await asyncio.gather(*(served.client.get(path, headers=tom) for _ in range(10)))
    await served.client.get(path, headers=tom)
    await served.client.get(path, headers=fay)

    assert sorted(visit[0] for visit in visits(served)) == sorted([people.tom.id, people.fay.id])
    with psycopg.connect(served.settings.database_url) as connection:
        connection.execute("ALTER TABLE staff_access_log DISABLE TRIGGER USER")
        connection.execute("UPDATE staff_access_log SET hour = hour - interval '1 hour'")
        connection.execute("ALTER TABLE staff_access_log ENABLE TRIGGER USER")
    await served.client.get(path, headers=tom)

    assert [visit[0] for visit in visits(served)].count(people.tom.id) == 2


async def test_r135_a_repair_that_is_not_there_leaves_no_record(served: Served, people: People) -> None:
    """A guess opens nothing."""
    headers = await served.sign_in(people.tom)

    answer = await served.client.get(f"/api/staff/repairs/{people.anna.id}", headers=headers)

    assert answer.status_code == 404
    assert visits(served) == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE staff_access_log SET user_id = customer_id",
        "UPDATE staff_access_log SET created_at = now()",
        "DELETE FROM staff_access_log",
        "TRUNCATE staff_access_log",
        "DELETE FROM customers WHERE first_name = 'Ben'",
        "SET LOCAL revivatech.forgetting = 'on'; UPDATE staff_access_log SET object_name = 'another'",
        "SET LOCAL revivatech.forgetting = 'on'; TRUNCATE staff_access_log",
    ],
)
async def test_r135_the_record_is_append_only(db: Database, people: People, statement: str) -> None:
    """The program's own role cannot rewrite or shorten it, not even by way of the customer."""
    await fill(db, people)

    with (
        psycopg.connect(db.url) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"),
    ):
        connection.execute(statement)

    assert count(db) == 2


async def test_r135_what_is_two_years_old_is_forgotten_and_nothing_else(db: Database, people: People) -> None:
    """In a transaction that forgets; in any other the same call is refused."""
    await fill(db, people)
    with psycopg.connect(db.url) as connection:
        connection.execute("ALTER TABLE staff_access_log DISABLE TRIGGER USER")
        connection.execute(
            "UPDATE staff_access_log SET created_at = now() - interval '2 years 1 hour' WHERE customer_id = %s",
            [people.anna.id],
        )
        connection.execute("ALTER TABLE staff_access_log ENABLE TRIGGER USER")

    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        async with db.transaction() as tx:
            await activity.forget_old_visits(tx)
    assert count(db) == 2
    async with db.transaction() as tx:
        await begin_forgetting(tx)
        assert await activity.forget_old_visits(tx) == 1

    assert count(db) == 1


async def fill(db: Database, people: People) -> None:
    """Tom has opened something of Anna's and of Ben's."""
    async with db.transaction() as tx:
        for customer in people.customers:
            await tx.connection.execute(
                """
                INSERT INTO staff_access_log (customer_id, user_id, object_kind, object_id, object_name)
                VALUES (%s, %s, 'repair', uuidv7(), 'R-0000000')
                """,
                [customer.id, people.tom.id],
            )


def count(db: Database) -> int:
    """How many rows there are."""
    with psycopg.connect(db.url) as connection:
        row = connection.execute("SELECT count(*) FROM staff_access_log").fetchone()
    assert row
    return int(row[0])
