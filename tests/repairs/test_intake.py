"""The intake: whose device it is, what it may not lack, and one repair of one form."""

import asyncio
from typing import Literal
from uuid import uuid4

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from revivatech.kit.errors import InvalidInput
from revivatech.repairs import intake, service
from revivatech.repairs.contracts import NewRepair
from support.repairing import Actors, Bench

pytestmark = pytest.mark.anyio


def counted(url: str, table: Literal["repairs", "customer_notifications"]) -> int:
    """How many rows the table holds."""
    with psycopg.connect(url) as connection:
        found = connection.execute(SQL("SELECT count(*) FROM {}").format(Identifier(table))).fetchone()
        return found[0] if found else 0


async def test_an_intake_finds_the_customer_by_address(bench: Bench, actors: Actors) -> None:
    """An address that has an account is that customer, however it is written and whatever name was typed."""
    new = NewRepair(
        "laptop", "Lenovo", "X1", "Dark.", customer_email=" ANNA@customers.example ", customer_first_name="Ann"
    )

    one = await service.intake(bench.db, actors.fay, new)

    assert (actors.anna.id, "Anna Lind") == (one.customer_id, one.customer_name)


async def test_an_intake_makes_a_customer_of_the_counter(bench: Bench, actors: Actors) -> None:
    """Without an address each intake is a customer of its own, with the shop's language."""
    new = NewRepair("laptop", "Lenovo", "X1", "Dark.", customer_first_name="Olga", customer_phone="+47 22 33 44")

    one = await service.intake(bench.db, actors.fay, new)
    other = await service.intake(bench.db, actors.fay, new)

    assert (one.customer_name, one.customer_phone, one.customer_email) == ("Olga", "+47 22 33 44", None)
    assert one.customer_id != other.customer_id


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"customer_id": uuid4()}, "customerId"),
        ({"customer_id": None}, "customerFirstName"),
        ({"technician_id": uuid4()}, "technicianId"),
        ({"device_type": " \x00 "}, "deviceType"),
        ({"issue_description": "\n"}, "issueDescription"),
    ],
)
async def test_an_intake_that_lacks_something_names_it(
    bench: Bench, actors: Actors, facts: dict[str, object], field: str
) -> None:
    """The refusal names the field, and nothing was taken in."""
    with pytest.raises(InvalidInput) as refusal:
        await bench.take_in(actors.anna, **facts)

    assert [field] == [error.field for error in refusal.value.errors]


async def test_the_same_form_sent_twice_is_one_repair(bench: Bench, actors: Actors, database_url: str) -> None:
    """Ten parallel intakes with one key answer one repair; another person's key of the same text is another."""
    form = NewRepair("laptop", "Lenovo", "X1", "Dark.", customer_id=actors.anna.id, key="form-1")

    sent = await asyncio.gather(*(service.intake(bench.db, actors.fay, form) for _ in range(10)))

    assert len({one.repair.id for one in sent}) == 1
    assert counted(database_url, "repairs") == 1
    assert counted(database_url, "customer_notifications") == 1

    others = await service.intake(bench.db, actors.mia, form)

    assert others.repair.id != sent[0].repair.id


async def test_r110_numbers_are_unique_under_load(bench: Bench, actors: Actors) -> None:
    """Two hundred intakes, fifty at a time, have two hundred numbers."""
    taken = []
    for _ in range(4):
        taken += await asyncio.gather(*(bench.take_in(actors.anna) for _ in range(50)))

    assert len({one.repair.repair_number for one in taken}) == 200


async def test_r110_a_number_that_is_taken_is_drawn_again(
    bench: Bench, actors: Actors, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A collision costs another draw, not the intake."""
    draws = iter(["R-0000000", "R-0000000", "R-0000001"])
    monkeypatch.setattr(intake, "human_number", lambda _: next(draws))

    first, second = await bench.take_in(actors.anna), await bench.take_in(actors.ben)

    assert (first.repair.repair_number, second.repair.repair_number) == ("R-0000000", "R-0000001")
