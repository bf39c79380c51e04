"""Progress of a repair in words: where it is, what comes next, what waits for the customer."""

from collections.abc import Sequence
from functools import cache

from revivatech.kit.i18n import translations
from revivatech.repairs import quoting, steps
from revivatech.repairs.contracts import Progress, Repair, Status, Step, TimelineItem, Waiting
from revivatech.repairs.device_kinds import kind_in_words
from revivatech.repairs.reference_data import Labels
from revivatech.repairs.states import ROAD

# Before a quote, a repair at a known price may go without these.
BEFORE_QUOTE = frozenset({Status.RECEIVED, Status.DIAGNOSING})
OPTIONAL = frozenset({Status.QUOTED, Status.APPROVED})
# Completed stages in which the device can be collected, where the shop says that they wait for the customer.
TO_COLLECT = frozenset({"completed", "ready_for_pickup"})


def progress(repair: Repair, labels: Labels, items: Sequence[TimelineItem] = ()) -> Progress:
    """Return the answers to what a person asks of a repair; `items`, its timeline, tell which steps it made."""
    optional = _optional(repair)
    return Progress(
        sentence=_sentence(repair, labels),
        next=_next(repair, labels),
        upcoming=_upcoming(repair, labels, optional),
        waiting=_waiting(repair, labels),
        steps=steps.steps(repair.status, items, optional),
        has_begun=steps.has_begun(repair.status, items),
    )


def _sentence(repair: Repair, labels: Labels) -> str:
    """Return where the repair is, as a sentence; a quote whose price is unknown (an import's) asks for nothing."""
    if _lacks_price(repair):
        _ = translations(labels.language).gettext
        return _("We have made a quote for this repair. Please ask us for the price.")
    return labels.sentence(repair.stage.key)


def _lacks_price(repair: Repair) -> bool:
    return repair.status is Status.QUOTED and repair.total_cost is None


def _next(repair: Repair, labels: Labels) -> str:
    """Return what happens next, as a sentence; empty where nothing does or the shop's own stage says it."""
    if _lacks_price(repair) or (repair.status is Status.TESTING and not _is_completion_told(labels)):
        return ""
    key = "diagnosing_priced" if repair.stage.key == "diagnosing" and _optional(repair) else repair.stage.key
    return _what_follows(labels.language).get(key, "")


@cache
def _what_follows(language: str) -> dict[str, str]:
    """Return what comes after each stage that the portal brings along, as a sentence.

    Each is true however often the repair went back: after a second quote work goes ahead, it does not start.
    """
    _ = translations(language).gettext
    return {
        "received": _("Next, a technician will take a look."),
        "diagnosing": _("Next, we'll send you a quote."),
        "diagnosing_priced": _("Next, we'll repair it or send you a quote."),
        "quoted": _("We'll go ahead as soon as you approve it."),
        "approved": _("Next, we'll repair it."),
        "repairing": _("Next, we'll test it."),
        "testing": _("Next, we'll tell you when it's ready to collect."),
    }


def _optional(repair: Repair) -> frozenset[Status]:
    """Return the steps to come that the repair may not need: under warranty, or where a price is known already."""
    is_priced = repair.repair_cost is not None or repair.repair_type == "warranty"
    return OPTIONAL if is_priced and repair.status in BEFORE_QUOTE else frozenset()


def _is_completion_told(labels: Labels) -> bool:
    """Return whether the shop tells customers of any completed stage."""
    return any(stage.tells_customer for stage in labels.known.stages.values() if stage.status is Status.COMPLETED)


def _upcoming(repair: Repair, labels: Labels, optional: frozenset[Status]) -> tuple[Step, ...]:
    """Return the steps still to come when all goes well; none of a repair that has ended."""
    if repair.status not in ROAD:
        return ()
    known = labels.known
    texts = dict(_texts(labels.language))
    if not _is_completion_told(labels):
        del texts[Status.COMPLETED]
    return tuple(
        Step(step, known.first_stage(step).label(labels.language), texts.get(step, ""))
        for step in ROAD[ROAD.index(repair.status) + 1 :]
        if step not in optional
    )


@cache
def _texts(language: str) -> dict[Status, str]:
    """Return what the customer will meet at a step."""
    _ = translations(language).gettext
    return {
        Status.QUOTED: _("You'll see the price before we start."),
        Status.COMPLETED: _("We'll let you know straight away."),
    }


def _waiting(repair: Repair, labels: Labels) -> Waiting | None:
    """Return what the customer has to do now, None where there is nothing."""
    if not labels.known.stages[repair.stage.key].waits_for_customer or _lacks_price(repair):
        return None
    _ = translations(labels.language).gettext
    name = f"{repair.device_brand} {repair.device_model}".strip() or kind_in_words(repair.device_type, labels.language)
    device = {"device": name}
    if repair.status is Status.QUOTED and repair.total_cost is not None:
        ask = quoting.question(repair.total_cost, repair.currency, labels.language, labels.known.country)
        answer = quoting.how_to_answer(labels.known.shop, labels.language)
        return Waiting("quote", _("Please approve the quote for your %(device)s") % device, f"{ask} {answer}")
    if repair.stage.key in TO_COLLECT:
        address = labels.known.shop.address
        number = _("Please have your repair number ready: %(number)s.") % {"number": repair.repair_number}
        return Waiting(
            "pickup",
            _("Your %(device)s is ready to collect") % device,
            number + (f" {address}" if address else ""),
        )
    return Waiting("stage", f"{name}: {repair.stage.label}", labels.sentence(repair.stage.key))
