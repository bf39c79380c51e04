"""A repair is found as people write it: without accents (C03), by its number in any spelling, by its address (C17)."""

from collections.abc import Callable, Coroutine
from typing import Any
from uuid import UUID

import psycopg
import pytest

from revivatech.kit.actor import CustomerActor
from revivatech.repairs import service
from revivatech.repairs.contracts import DeskFilter, RepairFilter, StaffRepair
from revivatech.repairs.search import search_of
from support.repairing import Actors, Bench

pytestmark = pytest.mark.anyio

Find = Callable[[str], Coroutine[Any, Any, list[UUID]]]


@pytest.fixture
def desk(bench: Bench, actors: Actors) -> Find:
    """What the desk finds."""

    async def find(q: str) -> list[UUID]:
        words = await service.labels_in(bench.db, "en")
        async with bench.db.read() as reader:
            page = await service.desk_list(reader, actors.mia, words, DeskFilter(q=q))
        return [one.repair.id for one in page.items]

    return find


async def own(bench: Bench, customer: CustomerActor, q: str) -> list[UUID]:
    """What a customer finds among the own repairs."""
    words = await service.labels_in(bench.db, "en")
    async with bench.db.read() as reader:
        return [one.id for one in (await service.list_repairs(reader, customer, words, RepairFilter(q=q))).items]


async def numbered(bench: Bench, customer: CustomerActor, number: str, **facts: object) -> StaffRepair:
    """A repair of that number."""
    one = await bench.take_in(customer, **facts)
    async with bench.db.transaction() as tx:
        await tx.connection.execute("UPDATE repairs SET repair_number = %s WHERE id = %s", [number, one.repair.id])
    return one


@pytest.mark.parametrize(
    "q",
    [
        *("nao", "não", "NÃO", "na\u0303o", "electrolux", "ELECTROLUX", "Électrolux", "ECRAN casse"),
        *(
            "l'ecran",
            "l\u2019écran",
            "wi-fi",
            "wi\u2011fi",
            "\uff45\uff4c\uff45\uff43\uff54\uff52\uff4f\uff4c\uff55\uff58",
        ),
        *("lodz", "strasse", "nao\u00a0electrolux"),
    ],
)
async def test_c03_accents_case_and_keyboards_do_not_count(bench: Bench, actors: Actors, desk: Find, q: str) -> None:
    """At the desk and among the customer's own; another repair is not found."""
    text = "Não liga, l\u2019écran cassé, Wi\u2011Fi. Łódź, Straße"
    repair = (await bench.take_in(actors.anna, device_brand="Électrolux", issue_description=text)).repair
    await bench.take_in(actors.anna, device_brand="Bosch", issue_description="Dark.")

    assert await desk(q) == [repair.id]
    assert await own(bench, actors.anna, q) == [repair.id]
    assert await own(bench, actors.ben, q) == []


@pytest.mark.parametrize(
    "q",
    [
        *(
            "R-O3S5X72",
            "R03S5X72",
            "#R-03S5X72",
            "R\u201303S5X72",
            "R-03S5X72.",
            "R\u201103S5X72",
            "r 03s5x72",
            "o3s5x72",
        ),
        *(
            "Your repair R-03S5X72 is ready",
            "\uff32\uff0d\uff10\uff13\uff33\uff15\uff38\uff17\uff12",
            "R-03S5",
            "r-o3s",
        ),
        *(
            "https://portal.shop.example/customer/repairs/{id}",
            "https://portal.shop.example/staff/repairs/{id}?saved=1#x",
        ),
        *("portal.shop.example/api/staff/repairs/{id}/timeline", "{id}", "  <{id}>"),
    ],
)
async def test_c17_a_number_is_found_as_it_is_written_and_a_page_by_its_address(
    bench: Bench, actors: Actors, desk: Find, q: str
) -> None:
    """At the desk and by its customer; by nobody else."""
    repair = (await numbered(bench, actors.anna, "R-03S5X72")).repair
    await numbered(bench, actors.ben, "R-93S5X72")
    text = q.format(id=repair.id)

    assert await desk(text) == [repair.id]
    assert await own(bench, actors.anna, text) == [repair.id]
    assert await own(bench, actors.ben, text) == []


@pytest.mark.parametrize(
    "q", ["\uff05", "\uff3f", "100\uff05", "\\", "a%", "R-03S5X7_", "/repairs/a36d032d-6411-45a2-9028-32d24d874204"]
)
async def test_r53_what_folding_makes_of_a_sign_is_no_wildcard(
    bench: Bench, actors: Actors, desk: Find, q: str
) -> None:
    """A full-width percent sign stands for itself; an address of nothing finds nothing."""
    await numbered(bench, actors.anna, "R-03S5X72", issue_description="Nothing like it.")

    assert await desk(q) == []
    assert await own(bench, actors.anna, q) == []


async def test_words_and_numbers_are_found_together(bench: Bench, actors: Actors, desk: Find) -> None:
    """A word that could be a number is still a word."""
    repair = (await bench.take_in(actors.anna, device_model="R-1234567 Replaced")).repair

    assert await desk("R-1234567 replaced") == [repair.id]
    assert await desk("replaced") == [repair.id]
    assert await desk("replaced bosch") == []


def test_a_search_without_a_word_is_none() -> None:
    """Blanks and characters without a shape."""
    assert not search_of(" \u200b\u00a0")
    assert search_of("a")


async def test_c03_a_customers_name_is_folded_too(bench: Bench, actors: Actors, desk: Find, database_url: str) -> None:
    """With letters that have no accent to take away, and the apostrophe of a telephone's keyboard."""
    repair = (await bench.take_in(actors.anna)).repair
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE customers SET last_name = 'Łopes D\u2019Ávila' WHERE id = %s", [actors.anna.id])

    assert await desk("lopes d'avila") == [repair.id]
    assert await desk("LOPES D\u2019ÁVILA") == [repair.id]
