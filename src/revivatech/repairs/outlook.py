"""Where a repair is, what comes next and what waits for the customer, in words."""

from collections.abc import Sequence
from functools import cache

from revivatech.kit.i18n import translations
from revivatech.repairs.contracts import Outlook, Repair, Status, Step, TimelineItem, Waiting
from revivatech.repairs.known import Words
from revivatech.repairs.states import ROAD

# A repair may go without these: under warranty, at an agreed price.
OPTIONAL = frozenset({Status.DIAGNOSING, Status.QUOTED, Status.APPROVED})


def outlook(repair: Repair, words: Words, items: Sequence[TimelineItem] = ()) -> Outlook:
    """The answers to what a person asks of a repair; `items`, its timeline, tell which steps it made."""
    visited = {item.status for item in items} | {repair.status}
    here = _position(repair.status, visited)
    return Outlook(
        sentence=words.sentence(repair.stage.key),
        next=_next(repair, words),
        upcoming=_upcoming(repair, words),
        waiting=_waiting(repair, words),
        skipped=tuple(step for step in ROAD[:here] if items and step in OPTIONAL and step not in visited),
        reached=here,
    )


def _position(status: Status, visited: set[Status]) -> int:
    """How many steps of the road lie behind; of a cancelled repair, the farthest that it came."""
    if status in ROAD:
        return ROAD.index(status)
    return max((ROAD.index(step) for step in visited if step in ROAD), default=0)


def _next(repair: Repair, words: Words) -> str:
    """What happens next, as a sentence; empty where nothing does."""
    if repair.status is Status.COMPLETED and words.known.stages[repair.stage.key].waits_for_customer:
        _ = translations(words.language).gettext
        return _("Next: you pick it up at %(shop)s.") % {"shop": words.known.shop.name}
    return _what_follows(words.language).get(repair.status, "")


@cache
def _what_follows(language: str) -> dict[Status, str]:
    """What comes after each step, as a sentence."""
    _ = translations(language).gettext
    return {
        Status.RECEIVED: _("Next: a technician examines it."),
        Status.DIAGNOSING: _("Next: we tell you what it takes and what it costs."),
        Status.QUOTED: _("Next: your decision. We begin as soon as you approve."),
        Status.APPROVED: _("Next: the repair begins."),
        Status.REPAIRING: _("Next: we test it thoroughly."),
        Status.TESTING: _("Next: you can pick it up."),
    }


def _upcoming(repair: Repair, words: Words) -> tuple[Step, ...]:
    """The steps still to come when all goes well."""
    if repair.status not in ROAD:
        return ()
    steps = ROAD[ROAD.index(repair.status) + 1 :]
    known = words.known
    if repair.status is Status.REPAIRING or repair.status is Status.TESTING:
        steps = tuple(step for step in steps if step not in OPTIONAL)
    texts = _texts(words.language)
    return tuple(Step(step, known.first_stage(step).label(words.language), texts.get(step, "")) for step in steps)


@cache
def _texts(language: str) -> dict[Status, str]:
    """What the customer will meet at a step."""
    _ = translations(language).gettext
    return {
        Status.QUOTED: _("You see the price before we begin."),
        Status.COMPLETED: _("We tell you at once."),
    }


def _waiting(repair: Repair, words: Words) -> Waiting | None:
    """What the customer has to do now."""
    if not words.known.stages[repair.stage.key].waits_for_customer:
        return None
    _ = translations(words.language).gettext
    device = {"device": f"{repair.device_brand} {repair.device_model}".strip() or repair.device_type}
    if repair.status is Status.QUOTED:
        return Waiting(
            "quote",
            _("Your decision is needed for your %(device)s") % device,
            _("We know what the repair takes. Tell us whether we may begin."),
        )
    if repair.status is Status.COMPLETED:
        address = words.known.shop.address
        return Waiting(
            "pickup",
            _("Your %(device)s is ready to be picked up") % device,
            _("Bring the number %(number)s.") % {"number": repair.repair_number} + (f" {address}" if address else ""),
        )
    return Waiting("stage", f"{device['device']}: {repair.stage.label}", words.sentence(repair.stage.key))
