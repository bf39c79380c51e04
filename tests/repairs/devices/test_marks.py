"""A device is found by the number on it: typed or scanned, whole or its beginning, and by nobody else's customer."""

from typing import Any
from uuid import UUID

import pytest

from revivatech.db import Database, fetch_values
from revivatech.kit.actor import CustomerActor
from revivatech.repairs import service
from revivatech.repairs.contracts import DeskFilter, RepairFilter
from revivatech.repairs.device_search import mark_of, patterns_of
from revivatech.repairs.devices import queries
from support.repairing import Actors, Bench

pytestmark = pytest.mark.anyio

SERIAL, IMEI = "5xb-0149 22/QK", "49-015420-323751-8"


async def desk(bench: Bench, q: str) -> list[UUID]:
    """What the desk finds."""
    labels = await service.labels_in(bench.db, "en")
    async with bench.db.read() as reader:
        page = await service.desk_list(reader, bench.actors.fay, labels, DeskFilter(q=q))
    return [one.repair.id for one in page.items]


async def own(bench: Bench, customer: CustomerActor, q: str) -> list[UUID]:
    """What a customer finds among the own repairs."""
    labels = await service.labels_in(bench.db, "en")
    async with bench.db.read() as reader:
        return [one.id for one in (await service.list_repairs(reader, customer, labels, RepairFilter(q=q))).items]


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("5xb-0149 22", "5XB014922"),
        ("S/N: C02-XK1", "C02XK1"),
        ("IMEI 49-0154", "490154"),
        ("sn1234", "SN1234"),
        ("anna", ""),
        ("a1", ""),
        ("%%%%1", ""),
        ("1" * 101, ""),
    ],
)
async def test_a_mark_is_letters_and_digits(text: str, mark: str) -> None:
    """Without what stands between them or in front; a name, a single word or two characters are none."""
    assert mark_of(text) == mark


async def test_an_imei_with_a_version_is_that_device() -> None:
    """The digits behind the fourteenth are the software's; what has letters is no IMEI."""
    assert patterns_of(mark_of("490154203237518 / 01")) == {"serial": "49015420323751801%", "imei": "49015420323751%"}
    assert patterns_of("C02XK1")["imei"] is None


async def test_the_desk_and_the_owner_find_a_device_by_its_number(bench: Bench, actors: Actors) -> None:
    """However it is spaced, whole or begun; another customer finds nothing, and other devices stay away."""
    serial = (await bench.take_in(actors.anna, serial_number=SERIAL)).repair.id
    imei = (await bench.take_in(actors.anna, imei=IMEI)).repair.id
    await bench.take_in(actors.ben, serial_number="9XB014922")

    for text, found in (
        ("5XB014922QK", serial),
        ("5xb-0149 22/qk", serial),
        ("5XB 0149", serial),
        ("s/n 5xb0149", serial),
        ("490154203237518", imei),
        ("49 015420 323751 8", imei),
        ("4901542032375101", imei),
        ("490154", imei),
    ):
        assert (text, await desk(bench, text)) == (text, [found])
        assert (text, await own(bench, actors.anna, text)) == (text, [found])
        assert (text, await own(bench, actors.ben, text)) == (text, [])
    assert await desk(bench, "XB014922") == []
    assert await desk(bench, "5XB%") == []


async def test_the_counter_finds_whose_device_it_is(bench: Bench, actors: Actors) -> None:
    """The device and its customer, for who may look customers up."""
    await bench.take_in(actors.anna, serial_number=SERIAL)
    async with bench.db.read() as reader:
        found = await service.find_device(reader, actors.fay, "5xb0149", limit=5)
        nothing = await service.find_device(reader, actors.fay, "Anna", limit=5)

    assert [(owner, device.serial_number) for owner, device in found] == [(actors.anna.id, SERIAL)]
    assert nothing == []


async def test_the_numbers_have_indexes(db: Database) -> None:
    """Where reading the whole table costs anything, it is not read."""
    async with db.transaction() as tx:
        await tx.connection.execute("SET LOCAL enable_seqscan = off")
        plan: list[Any] = await fetch_values(
            tx,
            "EXPLAIN " + queries.MARKED_IDS,
            patterns_of("4901542032") | {"limit": 5},
        )
    assert "customer_devices_serial" in "\n".join(plan)
    assert "customer_devices_imei" in "\n".join(plan)
