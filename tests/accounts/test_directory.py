"""Finding people, and making customers in bulk."""

import asyncio
import time
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from revivatech.accounts import service as accounts
from revivatech.accounts.contracts import NewCustomer
from revivatech.db import Database
from revivatech.kit.actor import SYSTEM, Role, StaffActor
from support.people import People

pytestmark = pytest.mark.anyio


async def ensure(db: Database, *new: NewCustomer) -> dict[str, object]:
    """The ids by key, in a transaction of their own."""
    async with db.transaction() as tx:
        return dict(await accounts.ensure_customers(tx, new))


async def test_the_same_source_twice_makes_nobody_twice(db: Database) -> None:
    """The second time the same ids come back, and what their owners changed stays."""
    long_ago = datetime(2019, 5, 4, tzinfo=UTC)
    group = NewCustomer("ords:Cardiff", None, "  Repair   Café\nCardiff ", is_organisation=True, created_at=long_ago)
    person = NewCustomer("portal:1", "Nia@Example.COM", "Nia", "Moss", phone="+44 1")
    first = await ensure(db, group, person)
    again = NewCustomer("portal:1", "nia@example.com", "Somebody else")
    assert await ensure(db, group, again) == first
    async with db.read() as reader:
        found = await accounts.customers(reader, first.values())  # type: ignore[arg-type]
        by_email = await accounts.customer_by_email(reader, " NIA@example.com ")
    assert {customer.name for customer in found.values()} == {"Repair Café Cardiff", "Nia Moss"}
    assert by_email is not None
    assert by_email.first_name == "Nia"


async def test_a_known_address_is_the_same_customer(db: Database, people: People) -> None:
    """Whoever has an account already is found by address, and two keys with one address are one person."""
    ids = await ensure(
        db,
        NewCustomer("a", people.anna.email.upper(), "Anna"),
        NewCustomer("b", "twin@example.com", "Twin"),
        NewCustomer("c", "TWIN@example.com", "Twin again"),
    )
    assert ids["a"] == people.anna.id
    assert ids["b"] == ids["c"]


async def test_two_imports_at_once_agree(db: Database) -> None:
    """Both get the same ids for the same customers."""
    new = [NewCustomer(f"key-{turn}", f"p{turn}@example.com", "P") for turn in range(200)]
    first, second = await asyncio.gather(ensure(db, *new), ensure(db, *new))
    assert first == second
    assert len(set(first.values())) == 200


async def test_ten_thousand_customers_take_seconds(db: Database) -> None:
    """An import's worth of people is a few statements, not ten thousand."""
    new = [NewCustomer(f"key-{turn}", f"p{turn}@example.com", "P", str(turn)) for turn in range(10_000)]
    started = time.perf_counter()
    ids = await ensure(db, *new)
    assert len(ids) == 10_000
    assert await ensure(db, *new) == ids
    assert time.perf_counter() - started < 10


async def test_nobody_is_nothing(db: Database) -> None:
    """Empty questions have empty answers."""
    assert await ensure(db) == {}
    async with db.read() as reader:
        assert await accounts.customers(reader, []) == {}
        assert await accounts.find_customers(reader, SYSTEM, "   ") == []


async def test_customers_are_found_by_any_words_of_theirs(
    db: Database,
    people: People,  # noqa: ARG001 - they are in the database
) -> None:
    """Name, address and telephone are searched; what LIKE would take as wildcards stands for itself."""
    await ensure(db, NewCustomer("x", "o_neil%@example.com", "Zoë", "O'Neil", phone="+353 1 555 1234"))
    async with db.read() as reader:
        for text, names in (
            ("lind", {"Anna Lind"}),
            ("LIND anna", {"Anna Lind"}),
            ("customers.example", {"Anna Lind", "Ben Okoro"}),
            ("zoë 555", {"Zoë O'Neil"}),
            ("ZOE o'neil", {"Zoë O'Neil"}),
            ("01/5551-234", {"Zoë O'Neil"}),
            ("+35315551", {"Zoë O'Neil"}),
            ("00353 (0)1 555", {"Zoë O'Neil"}),
            ("555 1234", {"Zoë O'Neil"}),
            ("555 9999", set()),
            ("o_neil%", {"Zoë O'Neil"}),
            ("%", {"Zoë O'Neil"}),
            ("_", {"Zoë O'Neil"}),
            ("\\", set()),
            ("anna okoro", set()),
        ):
            found = await accounts.find_customers(reader, SYSTEM, text)
            assert (text, {customer.name for customer in found}) == (text, names)
        assert [customer.id for customer in await accounts.find_customers(reader, SYSTEM, "example", limit=1)]


async def test_a_search_tells_a_technician_no_contact_details(db: Database, people: People) -> None:
    """Who may not read customers finds them by name alone, and what is found has neither email nor phone."""
    await ensure(db, NewCustomer("x", "o_neil%@example.com", "Zoë", "O'Neil", phone="+353 1 555 1234"))
    tom = StaffActor(people.tom.id, uuid4(), Role.TECHNICIAN)
    async with db.read() as reader:
        for text, names in (
            ("zoë O'NEIL", {"Zoë O'Neil"}),
            ("zoe", {"Zoë O'Neil"}),
            ("lind", {"Anna Lind"}),
            ("example.com", set()),
            ("o_neil%", set()),
            ("zoë 555", set()),
            ("+35315551", set()),
            ("customers.example", set()),
            ("anna customers", set()),
            ("%", set()),
        ):
            found = await accounts.find_customers(reader, tom, text)
            assert (text, {customer.name for customer in found}) == (text, names)
            assert {(customer.email, customer.phone) for customer in found} <= {(None, None)}


async def test_staff_are_listed_with_their_roles(db: Database, people: People) -> None:
    """Who left gets no work, and is still known by name."""
    async with db.transaction() as tx:
        await tx.connection.execute("UPDATE users SET disabled_at = now() WHERE id = %s", [people.tom.id])
    async with db.read() as reader:
        active = await accounts.active_staff(reader)
        known = await accounts.all_staff(reader)
        tom = await accounts.staff_member(reader, people.tom.id)
    assert [(member.first_name, member.role) for member in active] == [
        ("Ada", Role.ADMIN),
        ("Fay", Role.FRONT_DESK),
        ("Mia", Role.MANAGER),
    ]
    assert len(known) == 4
    assert tom is not None
    assert tom.role is Role.TECHNICIAN
