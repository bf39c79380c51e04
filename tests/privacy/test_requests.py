"""What staff see of requests, by when they are answered, and what retention takes away."""

from datetime import datetime

import psycopg
import pytest

from revivatech.db import Database
from revivatech.privacy import metrics, retention
from revivatech.privacy.queries import exports as stored
from revivatech.privacy.retention_rules import answer_by
from revivatech.storage import files_for
from revivatech.worker import keepers_of
from support.people import People
from support.serving import Served

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("asked", "due"),
    [
        ("2026-01-31T10:00:00+00:00", "2026-02-15T10:00:00+00:00"),
        ("2026-02-01T10:00:00+00:00", "2026-02-16T10:00:00+00:00"),
        ("2026-12-20T10:00:00+00:00", "2027-01-04T10:00:00+00:00"),
    ],
)
def test_r136_the_earlier_date_counts(asked: str, due: str) -> None:
    """Fifteen days (LGPD) come before a month (GDPR)."""
    assert answer_by(datetime.fromisoformat(asked)) == datetime.fromisoformat(due)


async def test_r136_the_queue_marks_what_is_late_and_what_soon_is(served: Served, people: People) -> None:
    """Managers and admins see what is open, the most urgent first; a technician and the counter do not."""
    with psycopg.connect(served.settings.database_url) as connection:
        for customer, days, status in ((people.anna, 16, "failed"), (people.ben, 12, "failed")):
            connection.execute(
                "INSERT INTO privacy_exports (customer_id, status, created_at, ended_at) "
                "VALUES (%s, %s, now() - make_interval(days => %s), now())",
                [customer.id, status, days],
            )
        connection.execute(
            "INSERT INTO privacy_erasures (customer_id, execute_at) VALUES (%s, now() + interval '7 days')",
            [people.ben.id],
        )

    pages = {
        person.first_name: await served.client.get("/staff/privacy", headers=await served.sign_in_browser(person))
        for person in people.staff
    }

    assert {name: page.status_code for name, page in pages.items()} == {"Tom": 403, "Fay": 403, "Mia": 200, "Ada": 200}
    text = pages["Mia"].text
    assert text.index("Copy for Anna Lind") < text.index("Copy for Ben Okoro") < text.index("Erase Ben Okoro")
    assert text.count("Overdue") == 1
    assert text.count("Due soon") == 1


async def test_r136_the_figure_warns_before_the_date(db: Database, people: People) -> None:
    """Seconds to the most urgent answer of each kind; absent where nothing is open."""
    await metrics.refresh(db)
    assert next(iter(metrics.DUE.collect())).samples == []
    async with db.transaction() as tx:
        await stored.add(tx, people.anna.id)

    await metrics.refresh(db)

    (sample,) = next(iter(metrics.DUE.collect())).samples
    assert sample.labels == {"kind": "export"}
    assert 14.9 * 86_400 < sample.value <= 15 * 86_400


async def test_r133_addresses_of_the_network_go_after_their_days(served: Served, people: People, db: Database) -> None:
    """After 90 days the log and sessions say when, not from where; before that, and of sessions in use, they do."""
    anna = await served.sign_in(people.anna)
    await served.sign_in(people.mia)
    settings = served.settings
    with psycopg.connect(settings.database_url) as connection:
        for days in (89, 91, 800):
            connection.execute(
                "INSERT INTO customer_activity_log (customer_id, activity_type, description, ip_address, user_agent, "
                "created_at) VALUES (%s, 'old', '', '203.0.113.7', 'Old', now() - make_interval(days => %s))",
                [people.anna.id, days],
            )
        for table, owner, person in (("customer", "customer", people.ben), ("staff", "user", people.tom)):
            connection.execute(
                f"INSERT INTO {table}_sessions ({owner}_id, ip_address, user_agent, created_at, last_used_at, "  # noqa: S608
                "expires_at, ends_at) VALUES (%s, '203.0.113.7', 'Old', now() - interval '91 days', "
                "now() - interval '91 days', now() - interval '84 days', now() - interval '61 days')",
                [person.id],
            )

    await retention.forget_old(db, settings, keepers_of(files_for(settings)))

    with psycopg.connect(settings.database_url) as connection:
        log = connection.execute(
            "SELECT extract(day FROM now() - created_at)::integer, ip_address IS NULL AND user_agent IS NULL "
            "FROM customer_activity_log WHERE activity_type = 'old' ORDER BY 1"
        ).fetchall()
        assert log == [(89, False), (91, True)]
        for table in ("customer_sessions", "staff_sessions"):
            found = connection.execute(
                f"SELECT ip_address IS NULL FROM {table} WHERE created_at < now() - interval '90 days'"  # noqa: S608
            ).fetchall()
            assert found == [(True,)]
            fresh = connection.execute(
                f"SELECT bool_and(ip_address IS NOT NULL) FROM {table} WHERE created_at > now() - interval '1 hour'"  # noqa: S608
            ).fetchone()
            assert fresh == (True,)
    assert (await served.client.get("/api/customer/profile", headers=anna)).status_code == 200
