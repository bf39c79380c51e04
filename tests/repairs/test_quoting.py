"""A quote has a price: at every entrance, in the history, in what the customer reads and how they can answer."""

from decimal import Decimal
from typing import Any

import psycopg
import pytest
from msgspec import structs
from psycopg.rows import dict_row

from revivatech.kit.errors import InvalidInput
from revivatech.repairs import quoting, service
from revivatech.repairs.contracts import Repair, RepairEdit, Status, StatusChange
from revivatech.shop.contracts import ShopSettings
from support.repairing import Actors, Bench

pytestmark = pytest.mark.anyio

SHOP = ShopSettings("Lantern Repair", "hello@l.example", "+353 20 915 0140", "14 Lantern Quay", "EUR", "UTC", "en")


@pytest.fixture
async def diagnosed(bench: Bench, actors: Actors) -> Repair:
    """A repair of Anna's whose next step is a quote."""
    return await bench.lead((await bench.take_in(actors.anna)).repair, Status.DIAGNOSING)


async def quote(bench: Bench, repair: Repair, amount: str | None, status: Status = Status.QUOTED) -> Repair:
    """The repair after a quote of that amount."""
    change = StatusChange(status, repair.version, amount=Decimal(amount) if amount else None)
    return (await service.change_status(bench.db, bench.actors.tom, repair.id, change)).repair


def rows(url: str, statement: str) -> list[dict[str, Any]]:
    """What the database holds."""
    with psycopg.connect(url, row_factory=dict_row) as connection:
        return connection.execute(statement).fetchall()


PRICES = "SELECT quoted_cost FROM repair_status_history WHERE quoted_cost IS NOT NULL ORDER BY created_at"
TOLD = "SELECT title, message FROM customer_notifications ORDER BY seq DESC LIMIT 1"


async def test_a_quote_without_a_price_is_refused(bench: Bench, diagnosed: Repair, database_url: str) -> None:
    """The field is named, and nothing is stored or sent."""
    told = rows(database_url, TOLD)

    with pytest.raises(InvalidInput) as refusal:
        await quote(bench, diagnosed, None)

    assert [error.field for error in refusal.value.errors] == ["amount"]
    assert await bench.read(bench.actors.anna, diagnosed.id) == diagnosed
    assert rows(database_url, TOLD) == told


async def test_the_price_is_the_total_and_is_told(bench: Bench, diagnosed: Repair, database_url: str) -> None:
    """In the title, in the text and in the history; with the way to answer that the shop has."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("UPDATE shop_settings SET phone = '+353 20 915 0140', email = NULL")
    service.forget_known(bench.db)

    quoted = await quote(bench, diagnosed, "59")

    assert (quoted.repair_cost, quoted.total_cost) == (Decimal("59.00"), Decimal("59.00"))
    [told] = rows(database_url, TOLD)
    assert told["title"] == "Apple iPhone 13: Quote ready, €59.00"
    assert told["message"].startswith(
        "Your quote is ready: €59.00. Shall we go ahead?\n\nPlease call us on +353 20 915"
    )
    assert "approve" not in told["message"]
    assert rows(database_url, PRICES) == [{"quoted_cost": Decimal("59.00")}]


@pytest.mark.parametrize(
    ("parts", "labor", "amount", "rest"),
    [
        ("20", "30", "50", None),
        ("20", "30", "59.90", "9.90"),
        ("20", None, "59", "39.00"),
        (None, None, "0", "0.00"),
        ("20", "30", "49.99", "refused"),
    ],
)
async def test_the_price_holds_parts_and_work(
    bench: Bench, diagnosed: Repair, parts: str | None, labor: str | None, amount: str, rest: str | None
) -> None:
    """What it has besides is the flat price; less than parts and work is refused."""
    edit = RepairEdit(
        diagnosed.version,
        parts_cost=Decimal(parts) if parts else None,
        labor_cost=Decimal(labor) if labor else None,
    )
    edited = (await service.edit_repair(bench.db, bench.actors.tom, diagnosed.id, edit)).repair

    if rest == "refused":
        with pytest.raises(InvalidInput) as refusal:
            await quote(bench, edited, amount)
        assert [error.field for error in refusal.value.errors] == ["amount"]
        return
    quoted = await quote(bench, edited, amount)
    assert quoted.total_cost == Decimal(amount)
    assert quoted.repair_cost == (Decimal(rest) if rest else None)


async def test_a_repair_with_a_total_needs_no_other(bench: Bench, actors: Actors, database_url: str) -> None:
    """The agreed price of the intake is the one that is asked about."""
    repair = (await bench.take_in(actors.anna, repair_cost=Decimal("45.00"))).repair

    await quote(bench, await bench.lead(repair, Status.DIAGNOSING), None)

    assert "€45.00" in rows(database_url, TOLD)[0]["message"]
    assert rows(database_url, PRICES) == [{"quoted_cost": Decimal("45.00")}]


async def test_a_price_without_a_quote_is_refused(bench: Bench, diagnosed: Repair) -> None:
    """Nobody would be asked about it."""
    with pytest.raises(InvalidInput) as refusal:
        await quote(bench, diagnosed, "59", Status.REPAIRING)

    assert [error.field for error in refusal.value.errors] == ["amount"]


async def test_another_price_is_asked_about_again(bench: Bench, diagnosed: Repair, database_url: str) -> None:
    """By the form of the next step and by the one of prices; the history keeps each. The same one is no news."""
    quoted = await quote(bench, diagnosed, "59")
    same = await quote(bench, quoted, "59")
    raised = await quote(bench, same, "69")
    edit = RepairEdit(raised.version, parts_cost=Decimal("10.00"))
    edited = (await service.edit_repair(bench.db, bench.actors.tom, diagnosed.id, edit)).repair

    assert same == quoted
    assert edited.total_cost == Decimal("79.00")
    assert [row["quoted_cost"] for row in rows(database_url, PRICES)] == [Decimal(59), Decimal(69), Decimal(79)]
    assert rows(database_url, TOLD)[0]["title"] == "Apple iPhone 13: Quote ready, €79.00"


async def test_the_price_of_a_quote_cannot_be_removed(bench: Bench, diagnosed: Repair) -> None:
    """The customer would be asked about nothing."""
    quoted = await quote(bench, diagnosed, "59")

    with pytest.raises(InvalidInput) as refusal:
        await service.edit_repair(bench.db, bench.actors.tom, quoted.id, RepairEdit(quoted.version, repair_cost=None))

    assert [error.field for error in refusal.value.errors] == ["repairCost"]
    assert await bench.read(bench.actors.anna, quoted.id) == quoted


async def test_r108_a_quote_sent_twice_is_one(bench: Bench, diagnosed: Repair) -> None:
    """The second press is a repeat; another amount is not."""
    await quote(bench, diagnosed, "59")
    async with bench.db.read() as reader:
        for amount, is_repeat in ((Decimal("59.00"), True), (Decimal("69.00"), False)):
            change = StatusChange(Status.QUOTED, diagnosed.version, amount=amount)
            assert await service.is_repeat(reader, bench.actors.tom, diagnosed.id, change) is is_repeat


async def test_a_quote_of_unknown_price_asks_for_no_decision(bench: Bench, diagnosed: Repair) -> None:
    """An import may bring one: its page says whom to ask, in both languages, and never that it waits for approval."""
    quoted = structs.replace(await quote(bench, diagnosed, "59"), total_cost=None, repair_cost=None)
    for language, said in (("en", "Please ask us for the price."), ("pt-BR", "Fale conosco para saber o preço.")):
        progress = service.progress(quoted, await service.labels_in(bench.db, language))

        assert (progress.waiting, progress.next) == (None, "")
        assert said in progress.sentence


@pytest.mark.parametrize(
    ("known", "language", "said"),
    [
        (
            ("phone", "email"),
            "en",
            "Please call us on +353 20 915 0140 or write to hello@l.example to tell us yes or no.",
        ),
        (("phone",), "en", "Please call us on +353 20 915 0140 to tell us yes or no."),
        (("email", "address"), "en", "Please write to hello@l.example to tell us yes or no."),
        (("address",), "en", "Please tell us yes or no at the shop: 14 Lantern Quay."),
        ((), "en", "Please tell us yes or no at the shop."),
        (("phone",), "pt-BR", "Ligue para +353 20 915 0140 e diga se aprova ou não."),
        ((), "pt-BR", "Passe na loja e diga se aprova ou não."),
    ],
)
def test_only_ways_that_exist_are_named(known: tuple[str, ...], language: str, said: str) -> None:
    """A shop may have neither phone nor email."""
    missing = {name: None for name in ("phone", "email", "address") if name not in known}

    assert quoting.how_to_answer(structs.replace(SHOP, **missing), language) == said
