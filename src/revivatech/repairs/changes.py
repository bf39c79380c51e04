"""The parts that change a repair that is here: moved along, edited, given to a colleague."""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

from msgspec import UNSET, structs

from revivatech.accounts import service as accounts
from revivatech.accounts.contracts import Customer
from revivatech.db import Transaction
from revivatech.kit.actor import Actor, StaffActor
from revivatech.kit.errors import FieldError, InvalidInput, NotAllowed, NotFound
from revivatech.kit.i18n import marked
from revivatech.kit.text import one_line
from revivatech.notifications.contracts import Message, NoticeDelivered
from revivatech.realtime import event_log
from revivatech.repairs import (
    effects,
    messages,
    quoting,
    states,
    validation,
)
from revivatech.repairs.access import access_repair, customer_of
from revivatech.repairs.contracts import (
    ChangeRefused,
    RepairEdit,
    SomebodyWasFaster,
    Stage,
    Status,
    StatusChange,
)
from revivatech.repairs.effects import Changed, ChangeEffects
from revivatech.repairs.queries import writes
from revivatech.repairs.queries.rows import DeskRow
from revivatech.repairs.queries.writes import NewFacts, NewState
from revivatech.repairs.reference_data import ReferenceData


async def move(
    tx: Transaction, reference: ReferenceData, actor: Actor, repair_id: UUID, change: StatusChange
) -> Changed:
    """As `service.change_status`, joining a transaction, so that another slice's decision moves the repair with it."""
    before = await access_repair(tx, actor, repair_id)
    _hold_to_version(before, change.version)
    _require_allowed(before, change.status, actor)
    stage = _stage_for(reference, before, change)
    estimate = validation.estimate(before.estimated_completion, change.estimated_completion)
    repair_cost, total = quoting.costs(before, change)
    notes, internal_notes = validation.said(change.notes), validation.said(change.internal_notes)
    customer = await customer_of(tx, before.customer_id)
    same = (stage.key, estimate, total) == (before.stage, before.estimated_completion, before.total_cost)
    if same and not (notes or internal_notes):
        return Changed(before, customer)

    sources = [change.status.value, *(status.value for status in states.sources(change.status))]
    state = NewState(before.id, change.version, sources, change.status.value, stage.key, estimate, repair_cost, total)
    after = await writes.move(tx, state)
    if after is None:
        raise _somebody_was_faster(before)
    message = _message(reference, customer, before, after, notes)
    trace = ChangeEffects(notes, internal_notes, message, stage.label(customer.language))
    await effects.leave(tx, actor, before, after, customer, trace)
    return Changed(after, customer)


async def edit(
    tx: Transaction, reference: ReferenceData, actor: StaffActor, repair_id: UUID, wanted: RepairEdit
) -> Changed:
    """As `service.edit_repair`, joining a transaction."""
    before = await access_repair(tx, actor, repair_id)
    _hold_to_version(before, wanted.version)
    facts = _edited(before, wanted)
    quoting.require_price(before, facts)
    customer = await customer_of(tx, before.customer_id)
    return await _rewrite(tx, actor, before, facts, customer, lambda after: _news(reference, customer, before, after))


async def assign(
    tx: Transaction, actor: StaffActor, repair_id: UUID, technician_id: UUID | None, version: int
) -> Changed:
    """As `service.assign`, joining a transaction."""
    # People are held before repairs, here as where an account is closed: two orders would wait for each other.
    is_colleague = technician_id is not None and await accounts.can_be_given_work(tx, technician_id)
    before = await access_repair(tx, actor, repair_id)
    _hold_to_version(before, version)
    if technician_id is not None and technician_id != before.technician_id and not is_colleague:
        raise validation.no_such_colleague()
    customer = await customer_of(tx, before.customer_id)
    return await _rewrite(tx, actor, before, structs.replace(_facts(before), technician_id=technician_id), customer)


async def note_call(tx: Transaction, actor: StaffActor, repair_id: UUID, entry_id: UUID) -> None:
    """As `service.note_call`, joining a transaction."""
    await access_repair(tx, actor, repair_id)
    if not await writes.note_call(tx, repair_id, entry_id, actor.id):
        raise NotFound
    event_log.tell_staff(tx, "notification:delivered", NoticeDelivered(0, repair_id))


async def hand_over(tx: Transaction, actor: Actor, from_id: UUID, to_id: UUID | None) -> int:
    """Give all open repairs of a technician to a colleague, or to nobody; how many they were.

    Each leaves the traces of an assignment. Raises InvalidInput where there is no such colleague.
    """
    if to_id is not None and not await accounts.can_be_given_work(tx, to_id):
        raise validation.no_such_colleague()
    rows = await writes.open_of(tx, from_id)
    for row in rows:
        customer = await customer_of(tx, row.customer_id)
        await _rewrite(tx, actor, row, structs.replace(_facts(row), technician_id=to_id), customer)
    return len(rows)


# ---------------------------------------------------------------- what a change must hold to


def _hold_to_version(before: DeskRow, version: int) -> None:
    if before.version != version:
        raise _somebody_was_faster(before)


def _somebody_was_faster(present: DeskRow) -> SomebodyWasFaster:
    return SomebodyWasFaster(
        "Somebody has changed this repair since you opened it; nothing of yours was stored.",
        extra={"current": _current(present)},
    )


def _require_allowed(before: DeskRow, target: Status, actor: Actor) -> None:
    status = Status(before.status)
    if target == status or target in (free := states.allowed(status, actor)):
        return
    if target in states.TABLE[status]:
        raise NotAllowed("Only a manager may open this repair again.")
    raise ChangeRefused(
        f"A repair that is {status} cannot become {target}.",
        extra={"allowed": list(free), "current": _current(before)},
    )


def _current(row: DeskRow) -> dict[str, object]:
    return {"status": row.status, "stage": row.stage, "version": row.version, "updatedAt": _utc(row.updated_at)}


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


# ---------------------------------------------------------------- the new state


def _stage_for(reference: ReferenceData, before: DeskRow, change: StatusChange) -> Stage:
    """The stage asked for; else the present one within the same status, the first one of another."""
    if change.stage is None:
        return (
            reference.stages[before.stage] if change.status == before.status else reference.first_stage(change.status)
        )
    stage = reference.stages.get(change.stage)
    if stage is None or stage.status != change.status:
        problem = marked("This status has no such stage.")
        raise InvalidInput("The stage does not belong to the status.", errors=[FieldError("stage", problem)])
    return stage


def _message(
    reference: ReferenceData, customer: Customer, before: DeskRow, after: DeskRow, notes: str | None
) -> Message | None:
    """Return what the customer is told; None where nothing is new to them or the stage is the shop's own business."""
    is_estimate_new = after.estimated_completion != before.estimated_completion
    if after.stage != before.stage and reference.stages[after.stage].tells_customer:
        return messages.moved(after, reference, customer, notes, is_estimate_new=is_estimate_new)
    if notes and quoting.asked_price(before, after) is None:
        return messages.noted(after, customer, notes)
    return _news(reference, customer, before, after, notes)


def _news(
    reference: ReferenceData, customer: Customer, before: DeskRow, after: DeskRow, notes: str | None = None
) -> Message | None:
    """Return the message about a new price of a quote or a new estimate, None where both are as they were."""
    is_estimate_new = after.estimated_completion != before.estimated_completion
    if quoting.asked_price(before, after) is not None:
        return messages.moved(after, reference, customer, notes, is_estimate_new=is_estimate_new)
    return messages.estimated(after, reference, customer) if is_estimate_new else None


# ---------------------------------------------------------------- new facts


def _facts(row: DeskRow) -> NewFacts:
    return NewFacts(**{name: getattr(row, name) for name in NewFacts.__struct_fields__})


def _edited(before: DeskRow, wanted: RepairEdit) -> NewFacts:
    """The repair's facts with what the edit sets."""
    given = {
        name: value
        for name in RepairEdit.__struct_fields__
        if name != "version" and (value := getattr(wanted, name)) is not UNSET
    }
    for name in ("device_type", "issue_description"):
        if name in given:
            given[name] = validation.required(
                given[name], "deviceType" if name == "device_type" else "issueDescription"
            )
    for name in ("device_brand", "device_model", "repair_type"):
        if name in given:
            given[name] = one_line(given[name])
    for name in ("notes", "internal_notes"):
        if name in given:
            given[name] = validation.said(given[name])
    if "estimated_completion" in given:
        given["estimated_completion"] = validation.estimate(before.estimated_completion, given["estimated_completion"])
    facts = structs.replace(_facts(before), **given)
    if given.keys() & {"repair_cost", "parts_cost", "labor_cost"}:
        facts = structs.replace(
            facts, total_cost=validation.total(facts.repair_cost, facts.parts_cost, facts.labor_cost)
        )
    return facts


async def _rewrite(
    tx: Transaction,
    actor: Actor,
    before: DeskRow,
    facts: NewFacts,
    customer: Customer,
    message_of: Callable[[DeskRow], Message | None] = lambda _: None,
) -> Changed:
    if facts == _facts(before):
        return Changed(before, customer)
    after = await writes.rewrite(tx, facts)
    if after is None:
        raise _somebody_was_faster(before)
    await effects.leave(tx, actor, before, after, customer, ChangeEffects(message=message_of(after)))
    return Changed(after, customer)
