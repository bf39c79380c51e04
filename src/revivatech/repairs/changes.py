"""The parts that change a repair that is here: moved along, edited, given to a colleague."""

from datetime import UTC, datetime
from uuid import UUID

from msgspec import UNSET, structs

from revivatech.accounts import service as accounts
from revivatech.accounts.contracts import Customer
from revivatech.db import Transaction
from revivatech.kit.actor import Actor, StaffActor
from revivatech.kit.errors import FieldError, InvalidInput, NotAllowed
from revivatech.kit.i18n import marked
from revivatech.kit.text import one_line
from revivatech.notifications.contracts import Message
from revivatech.repairs import checks, messages, states, traces
from revivatech.repairs.access import access_repair, customer_of
from revivatech.repairs.contracts import (
    ChangeRefused,
    RepairEdit,
    SomebodyWasFaster,
    Stage,
    Status,
    StatusChange,
)
from revivatech.repairs.known import Known
from revivatech.repairs.queries import writes
from revivatech.repairs.queries.rows import DeskRow
from revivatech.repairs.queries.writes import NewFacts, NewState
from revivatech.repairs.traces import Changed, Trace


async def move(tx: Transaction, memory: Known, actor: Actor, repair_id: UUID, change: StatusChange) -> Changed:
    """As `service.change_status`, joining a transaction, so that another slice's decision moves the repair with it."""
    before = await access_repair(tx, actor, repair_id)
    _hold_to_version(before, change.version)
    _require_allowed(before, change.status, actor)
    stage = _stage_for(memory, before, change)
    estimate = checks.estimate(before.estimated_completion, change.estimated_completion)
    notes, internal_notes = checks.said(change.notes), checks.said(change.internal_notes)
    customer = await customer_of(tx, before.customer_id)
    if stage.key == before.stage and estimate == before.estimated_completion and not (notes or internal_notes):
        return Changed(before, customer)

    sources = [change.status.value, *(status.value for status in states.sources(change.status))]
    after = await writes.move(
        tx, NewState(before.id, change.version, sources, change.status.value, stage.key, estimate)
    )
    if after is None:
        raise _somebody_was_faster(before)
    message = _message(memory, customer, before, after, notes)
    trace = Trace(notes, internal_notes, message, stage.label(customer.language))
    await traces.leave(tx, actor, before, after, customer, trace)
    return Changed(after, customer)


async def edit(tx: Transaction, actor: StaffActor, repair_id: UUID, wanted: RepairEdit) -> Changed:
    """As `service.edit_repair`, joining a transaction."""
    before = await access_repair(tx, actor, repair_id)
    _hold_to_version(before, wanted.version)
    return await _rewrite(tx, actor, before, _edited(before, wanted))


async def assign(
    tx: Transaction, actor: StaffActor, repair_id: UUID, technician_id: UUID | None, version: int
) -> Changed:
    """As `service.assign`, joining a transaction."""
    # People are held before repairs, here as where an account is closed: two orders would wait for each other.
    is_colleague = technician_id is not None and await accounts.people.can_be_given_work(tx, technician_id)
    before = await access_repair(tx, actor, repair_id)
    _hold_to_version(before, version)
    if technician_id is not None and technician_id != before.technician_id and not is_colleague:
        raise checks.no_such_colleague()
    return await _rewrite(tx, actor, before, structs.replace(_facts(before), technician_id=technician_id))


async def hand_over(tx: Transaction, actor: Actor, from_id: UUID, to_id: UUID | None) -> int:
    """Give all open repairs of a technician to a colleague, or to nobody; how many they were.

    Each leaves the traces of an assignment. Raises InvalidInput where there is no such colleague.
    """
    if to_id is not None and not await accounts.people.can_be_given_work(tx, to_id):
        raise checks.no_such_colleague()
    rows = await writes.open_of(tx, from_id)
    for row in rows:
        await _rewrite(tx, actor, row, structs.replace(_facts(row), technician_id=to_id))
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


def _stage_for(memory: Known, before: DeskRow, change: StatusChange) -> Stage:
    """The stage asked for; else the present one within the same status, the first one of another."""
    if change.stage is None:
        return memory.stages[before.stage] if change.status == before.status else memory.first_stage(change.status)
    stage = memory.stages.get(change.stage)
    if stage is None or stage.status != change.status:
        problem = marked("This status has no such stage.")
        raise InvalidInput("The stage does not belong to the status.", errors=[FieldError("stage", problem)])
    return stage


def _message(memory: Known, customer: Customer, before: DeskRow, after: DeskRow, notes: str | None) -> Message | None:
    """What the customer is told; None where the stage is not for their ears and nothing else is new to them."""
    is_estimate_new = after.estimated_completion != before.estimated_completion
    if after.stage != before.stage and memory.stages[after.stage].tells_customer:
        return messages.moved(after, memory, customer, notes, is_estimate_new=is_estimate_new)
    if notes:
        return messages.noted(after, customer, notes)
    return messages.estimated(after, customer) if is_estimate_new else None


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
            given[name] = checks.required(given[name], "deviceType" if name == "device_type" else "issueDescription")
    for name in ("device_brand", "device_model", "repair_type"):
        if name in given:
            given[name] = one_line(given[name])
    for name in ("notes", "internal_notes"):
        if name in given:
            given[name] = checks.said(given[name])
    if "estimated_completion" in given:
        given["estimated_completion"] = checks.estimate(before.estimated_completion, given["estimated_completion"])
    facts = structs.replace(_facts(before), **given)
    if given.keys() & {"repair_cost", "parts_cost", "labor_cost"}:
        facts = structs.replace(facts, total_cost=checks.total(facts.repair_cost, facts.parts_cost, facts.labor_cost))
    return facts


async def _rewrite(tx: Transaction, actor: Actor, before: DeskRow, facts: NewFacts) -> Changed:
    customer = await customer_of(tx, before.customer_id)
    if facts == _facts(before):
        return Changed(before, customer)
    after = await writes.rewrite(tx, facts)
    if after is None:
        raise _somebody_was_faster(before)
    is_estimate_new = after.estimated_completion != before.estimated_completion
    message = messages.estimated(after, customer) if is_estimate_new else None
    await traces.leave(tx, actor, before, after, customer, Trace(message=message))
    return Changed(after, customer)
