"""What a person asks of a repair, answered in words that are true."""

import re
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from revivatech.kit.clock import utcnow
from revivatech.kit.i18n import LANGUAGES
from revivatech.repairs import service
from revivatech.repairs.contracts import Progress, Repair, Stage, StageView, Status
from revivatech.repairs.progress import progress
from revivatech.repairs.reference_data import Labels, ReferenceData
from revivatech.repairs.states import ROAD
from revivatech.shop.contracts import ShopSettings
from support.repairing import Actors, Bench

SHOP = ShopSettings("Shop", None, None, "Harbour Street 5", "EUR", "UTC", "en")
# What a status or stage must not claim, in any language: the table of what would be untrue.
UNTRUE = {
    "received": r"quote|collect|approve|or[çc]amento|retirada|aprova",
    "diagnosing": r"collect|approve|retirada|aprova|repairing",
    "quoted": r"collect|retirada|test",
    "approved": r"collect|quote|retirada|or[çc]amento",
    "repairing": r"collect|quote|approve|retirada|or[çc]amento|aprova",
    "waiting_for_parts": r"collect|quote|test|retirada|or[çc]amento",
    "testing": r"you can|voc[êe] j[áa] pode|is ready|est[áa] pronto",
    "completed": r"quote|test|next|em seguida|or[çc]amento",
    "ready_for_pickup": r"quote|test|next|em seguida|or[çc]amento",
    "collected": r"quote|test|next|ready|em seguida|pronto",
    "cancelled": r"quote|test|next|ready|em seguida|pronto",
}


def repair(place: StageView, status: Status, **facts: Any) -> Repair:
    """A repair at that stage."""
    now = utcnow()
    values: dict[str, Any] = dict.fromkeys(Repair.__struct_fields__) | {
        "id": UUID(int=1),
        "repair_number": "R-7K3M9QX",
        "device_type": "smartphone",
        "device_brand": "Apple",
        "device_model": "iPhone 13",
        "issue_description": "Screen",
        "repair_type": "repair",
        "priority": "normal",
        "status": status,
        "stage": place,
        "currency": "EUR",
        "warranty_months": 6,
        "unread_messages": 0,
        "created_at": now,
        "updated_at": now,
        "version": 1,
    }
    return Repair(**(values | facts))


def at(words: Labels, key: str, **facts: Any) -> Progress:
    """The progress of a repair at that stage, without its history."""
    return progress(repair(words.stages[key], words.statuses[key], **facts), words)


@pytest.mark.anyio
async def test_every_stage_says_only_what_is_true(bench: Bench) -> None:
    """In both languages: a sentence for each stage, a next step while it is open, and nothing that has not happened."""
    for language in LANGUAGES:
        words = await service.labels_in(bench.db, language)
        assert set(words.stages) == set(UNTRUE)
        for key, status in words.statuses.items():
            found = at(words, key, total_cost=Decimal("59.00") if status is Status.QUOTED else None)
            said = f"{found.sentence} {found.next}"

            assert found.sentence.endswith("."), (language, key)
            assert not re.search(UNTRUE[key], said, re.IGNORECASE), (language, key, said)
            # Where a stage of the shop's own says it, nothing is added.
            assert bool(found.next) == (key in {one.value for one in ROAD[:-1]}), (language, key)
            assert bool(found.upcoming) == (status in ROAD[:-1]), (language, key)
            assert bool(found.waiting) == (key in {"quoted", "ready_for_pickup"}), (language, key)


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("language", "testing"),
    [
        ("en", "Next, we'll tell you when it's ready to collect."),
        ("pt-BR", "Avisamos quando estiver pronto para retirada."),
    ],
)
async def test_a_repair_under_test_is_not_called_ready(bench: Bench, language: str, testing: str) -> None:
    """It promises word, not the device."""
    words = await service.labels_in(bench.db, language)

    assert at(words, "testing").next == testing


def test_a_price_that_is_known_needs_no_quote() -> None:
    """At an agreed price, and under warranty, a quote is not promised; neither is it ruled out."""
    words = known_shop().labels("en")

    for facts in ({"repair_cost": Decimal("59.00")}, {"repair_type": "warranty"}):
        found = at(words, "diagnosing", **facts)

        assert found.next == "Next, we'll repair it or send you a quote."
        assert [step.status for step in found.upcoming] == [Status.REPAIRING, Status.TESTING, Status.COMPLETED]
    # Once there is a quote, its approval is to come.
    assert Status.APPROVED in [step.status for step in at(words, "quoted", repair_cost=Decimal(59)).upcoming]


def test_a_shop_that_tells_nobody_promises_no_word() -> None:
    """Where no completed stage is told, no sentence says that we will tell."""
    found = at(known_shop(tells_customer=False).labels("en"), "testing")

    assert found.next == ""
    assert [step.text for step in found.upcoming] == [""]


def test_stages_of_the_shops_own_say_it_in_the_shops_words() -> None:
    """A stage that the portal does not know gets no next step, and no claim that a device can be collected."""
    lab = stage("lab", Status.DIAGNOSING, "It is at the lab.", waits=True)
    unpaid = stage("unpaid", Status.COMPLETED, "Please pay first.", waits=True)
    words = known_shop(lab, unpaid).labels("en")

    assert at(words, "lab").next == ""
    for own, text in (("lab", "It is at the lab."), ("unpaid", "Please pay first.")):
        waiting = at(words, own).waiting
        assert waiting is not None
        assert (waiting.kind, waiting.text) == ("stage", text)


def test_a_device_to_collect_is_named_with_its_number_and_place() -> None:
    """The customer needs the number, and where to go; a device without a name goes by its kind."""
    words = known_shop(stage("ready_for_pickup", Status.COMPLETED, "Ready.", waits=True)).labels("en")

    waiting = at(words, "ready_for_pickup", device_brand="", device_model="").waiting

    assert waiting is not None
    assert waiting.title == "Your Smartphone is ready to collect"
    assert waiting.text == "Please have your repair number ready: R-7K3M9QX. Harbour Street 5"


@pytest.mark.anyio
async def test_the_steps_come_from_the_history(bench: Bench, actors: Actors) -> None:
    """As the page reads them: a cancelled repair shows what it made, and nothing to come."""
    words = await service.labels_in(bench.db, "en")
    made = await bench.lead((await bench.take_in(actors.anna)).repair, Status.DIAGNOSING, Status.CANCELLED)
    async with bench.db.read() as reader:
        items = await service.timeline(reader, actors.anna, words, made.id)

    found = service.progress(made, words, items)

    assert [(step.status, step.state) for step in found.steps] == [
        (Status.RECEIVED, "done"),
        (Status.DIAGNOSING, "stopped"),
        (Status.CANCELLED, "cancelled"),
    ]
    assert (found.upcoming, found.next, found.waiting) == ((), "", None)


def stage(key: str, status: Status, sentence: str = ".", *, tells: bool = True, waits: bool = False) -> Stage:
    """A stage of that status, with the same words in each language."""
    return Stage(
        key=key,
        status=status,
        position=list(Status).index(status),
        labels=dict.fromkeys(LANGUAGES, key),
        sentences=dict.fromkeys(LANGUAGES, sentence),
        tells_customer=tells,
        waits_for_customer=waits,
    )


def known_shop(*more: Stage, tells_customer: bool = True) -> ReferenceData:
    """A shop with one stage a status, and those of its own."""
    return ReferenceData(
        [*(stage(status.value, status, tells=tells_customer) for status in Status), *more], [], [], SHOP, "IE"
    )
