"""What is written down of changes to accounts, and that it stays as it was written."""

from uuid import uuid4

import psycopg
import pytest
import structlog

from revivatech.accounts.audit import service as audit
from revivatech.accounts.contracts import Client, NewStaff
from revivatech.accounts.personal_data import queries as retention
from revivatech.accounts.staff_accounts import administration, service
from revivatech.db import Database
from revivatech.kit.actor import SYSTEM, Role, StaffActor
from revivatech.kit.errors import InvalidInput, NotAllowed
from support.people import People

pytestmark = pytest.mark.anyio

HERE = Client("203.0.113.7", "a test")


async def entries(db: Database) -> list[tuple[str, str, str]]:
    """Who did what to whom, the newest first."""
    async with db.read() as reader:
        page = await audit.entries(reader, cursor=None, limit=50)
    return [(one.actor_name, one.action, one.user_name or str(one.customer_id)) for one in page.items]


async def test_r148_each_change_says_who_where_and_in_which_request(db: Database, people: People) -> None:
    """A row with actor, subject, address and request, and a line of the log with the same; a refusal leaves neither."""
    ada = StaffActor(people.ada.id, uuid4(), Role.ADMIN)
    with structlog.testing.capture_logs() as lines, structlog.contextvars.bound_contextvars(request_id="r-1"):
        await service.change_role(db, ada, people.tom.id, Role.MANAGER, HERE)
        with pytest.raises(NotAllowed):
            await service.change_role(db, ada, people.ada.id, Role.MANAGER, HERE)
        await service.change_role(db, ada, people.tom.id, Role.MANAGER, HERE)
    async with db.read() as reader:
        page = await audit.entries(reader, cursor=None, limit=50)

    assert len(page.items) == 1, "the same role again is no change"
    entry = page.items[0]
    assert (entry.action, entry.actor_name, entry.user_name) == ("role_changed", "Ada Novak", "Tom Berg")
    assert entry.facts == {"before": "technician", "after": "manager"}
    assert (entry.ip_address, entry.request_id) == ("203.0.113.7", "r-1")
    assert [(line["event"], line["actor"], line["address"]) for line in lines if line["event"] == "role_changed"] == [
        ("role_changed", str(people.ada.id), "203.0.113.7")
    ]


async def test_every_kind_of_change_leaves_its_entry(db: Database, people: People) -> None:
    """Accounts made, invited, closed, opened; customers closed and opened."""
    ada = StaffActor(people.ada.id, uuid4(), Role.ADMIN)
    await administration.create_staff(
        db, SYSTEM, NewStaff("bo@shop.example", "Bo", "", Role.TECHNICIAN), "fifteen letters and more"
    )
    nia = await service.invite(db, ada, NewStaff("nia@shop.example", "Nia", "", Role.TECHNICIAN), HERE)
    await service.invite_again(db, ada, nia.id, HERE)
    async with db.transaction() as tx:
        await service.withdraw(tx, ada, nia.id, HERE)
    async with db.transaction() as tx:
        await service.close(tx, ada, people.tom.id, HERE)
    await service.reopen(db, ada, people.tom.id, HERE)
    mia = StaffActor(people.mia.id, uuid4(), Role.MANAGER)
    await administration.disable_customer(db, mia, people.anna.id, HERE)
    await administration.enable_customer(db, mia, people.anna.id, HERE)

    assert await entries(db) == [
        ("Mia Sato", "customer_enabled", str(people.anna.id)),
        ("Mia Sato", "customer_disabled", str(people.anna.id)),
        ("Ada Novak", "staff_enabled", "Tom Berg"),
        ("Ada Novak", "staff_disabled", "Tom Berg"),
        ("Ada Novak", "invitation_withdrawn", "Nia "),
        ("Ada Novak", "staff_invited_again", "Nia "),
        ("Ada Novak", "staff_invited", "Nia "),
        ("", "staff_created", "Bo "),
    ]


async def test_the_log_is_only_ever_added_to(db: Database, people: People, database_url: str) -> None:
    """PostgreSQL itself refuses to rewrite or delete an entry; its address alone may be forgotten."""
    await service.change_role(db, SYSTEM, people.tom.id, Role.MANAGER, HERE)
    with psycopg.connect(database_url, autocommit=True) as connection:
        for statement in (
            "UPDATE staff_audit_log SET action = 'nothing'",
            "UPDATE staff_audit_log SET ip_address = '198.51.100.1'",
            "UPDATE staff_audit_log SET ip_address = NULL, facts = '{}'",
            "DELETE FROM staff_audit_log",
            "TRUNCATE staff_audit_log",
        ):
            with pytest.raises(psycopg.errors.RaiseException):
                connection.execute(statement)
        assert connection.execute("UPDATE staff_audit_log SET ip_address = NULL").rowcount == 1


async def test_addresses_are_forgotten_after_90_days(db: Database, people: People, database_url: str) -> None:
    """An older entry keeps everything but where it came from; one of two years ago goes, a fresh one stays whole."""
    for role in (Role.MANAGER, Role.FRONT_DESK, Role.TECHNICIAN):
        await service.change_role(db, SYSTEM, people.tom.id, role, HERE)
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("ALTER TABLE staff_audit_log DISABLE TRIGGER USER")
        for after, age in (("manager", "3 years"), ("front_desk", "91 days")):
            connection.execute(
                "UPDATE staff_audit_log SET created_at = created_at - %s::interval WHERE facts ->> 'after' = %s",
                [age, after],
            )
        connection.execute("ALTER TABLE staff_audit_log ENABLE TRIGGER USER")
    async with db.transaction() as tx:
        forgotten = await retention.forget_addresses(tx, 90) + await retention.forget_entries(tx)
    async with db.read() as reader:
        page = await audit.entries(reader, cursor=None, limit=50)

    assert forgotten == 3, "two addresses, then the one entry"
    assert [(one.facts["after"], one.ip_address) for one in page.items] == [
        ("technician", "203.0.113.7"),
        ("front_desk", None),
    ]


async def test_the_log_is_read_in_pages(db: Database, people: People) -> None:
    """Each entry once, the newest first; a cursor of somewhere else is refused."""
    for number in range(5):
        role = Role.MANAGER if number % 2 == 0 else Role.FRONT_DESK
        await service.change_role(db, SYSTEM, people.tom.id, role, HERE)
    seen = []
    cursor = None
    async with db.read() as reader:
        while True:
            page = await audit.entries(reader, cursor=cursor, limit=2)
            seen += [one.id for one in page.items]
            cursor = page.next_cursor
            if cursor is None:
                break
        with pytest.raises(InvalidInput):
            await audit.entries(reader, cursor="nonsense", limit=2)

    assert len(seen) == len(set(seen)) == 5
