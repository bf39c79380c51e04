"""The parts that change a repair, and what each change leaves behind: history, events, messages."""

import hashlib
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID, uuid4

import msgspec
from msgspec import UNSET, UnsetType, structs

from revivatech.accounts import service as accounts
from revivatech.accounts.contracts import Customer, NewCustomer
from revivatech.db import Transaction
from revivatech.kit.actor import Actor, CustomerActor, StaffActor, type_of_actor
from revivatech.kit.errors import FieldError, InvalidInput, KeyReused, NotAllowed, Unavailable
from revivatech.kit.i18n import marked
from revivatech.kit.ids import human_number
from revivatech.kit.money import LARGEST
from revivatech.kit.structs import Value
from revivatech.kit.text import one_line, plain
from revivatech.notifications import service as notifications
from revivatech.notifications.contracts import Message
from revivatech.realtime import log
from revivatech.realtime.contracts import CustomerChanged
from revivatech.repairs import messages, states
from revivatech.repairs.access import access_repair
from revivatech.repairs.contracts import (
    ChangeRefused,
    NewRepair,
    RepairEdit,
    RepairUpdated,
    SomebodyWasFaster,
    Stage,
    Status,
    StatusChange,
    StatusUpdated,
)
from revivatech.repairs.devices import at_desk
from revivatech.repairs.known import Known
from revivatech.repairs.queries import writes
from revivatech.repairs.queries.rows import DeskRow
from revivatech.repairs.queries.writes import NewEntry, NewFacts, NewRow, NewState

NUMBER_TRIES = 5
# Estimates outside are typing errors; PostgreSQL knows years that Python does not.
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)
# Under this name the intake form's key stands beside the keys of imports: the same key is the same repair.
DESK = "desk"
DIGEST_BYTES = 16


class Changed(Value):
    """A repair after a change, and whose it is."""

    row: DeskRow
    customer: Customer


class Trace(Value):
    """What a change says: to the customer, to colleagues, and by message."""

    notes: str | None = None
    internal_notes: str | None = None
    message: Message | None = None


async def move(tx: Transaction, memory: Known, actor: Actor, repair_id: UUID, change: StatusChange) -> Changed:
    """As `service.change_status`, joining a transaction, so that another slice's decision moves the repair with it."""
    before = await access_repair(tx, actor, repair_id)
    _hold_to_version(before, change.version)
    _require_allowed(before, change.status, actor)
    stage = _stage_for(memory, before, change)
    estimate = _estimate(before.estimated_completion, change.estimated_completion)
    notes, internal_notes = _text(change.notes), _text(change.internal_notes)
    customer = await _customer(tx, before.customer_id)
    if stage.key == before.stage and estimate == before.estimated_completion and not (notes or internal_notes):
        return Changed(before, customer)

    sources = [change.status.value, *(status.value for status in states.sources(change.status))]
    after = await writes.move(
        tx, NewState(before.id, change.version, sources, change.status.value, stage.key, estimate)
    )
    if after is None:
        raise _somebody_was_faster(before)
    message = _message(memory, customer, before, after, notes)
    await _leave_traces(tx, actor, before, after, customer, Trace(notes, internal_notes, message), memory)
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
        raise _no_such_colleague()
    return await _rewrite(tx, actor, before, structs.replace(_facts(before), technician_id=technician_id))


async def hand_over(tx: Transaction, actor: Actor, from_id: UUID, to_id: UUID | None) -> int:
    """Give all open repairs of a technician to a colleague, or to nobody; how many they were.

    Each leaves the traces of an assignment. Raises InvalidInput where there is no such colleague.
    """
    if to_id is not None and not await accounts.people.can_be_given_work(tx, to_id):
        raise _no_such_colleague()
    rows = await writes.open_of(tx, from_id)
    for row in rows:
        await _rewrite(tx, actor, row, structs.replace(_facts(row), technician_id=to_id))
    return len(rows)


async def take_in(tx: Transaction, memory: Known, actor: StaffActor, new: NewRepair) -> Changed:
    """As `service.intake`, joining a transaction."""
    key = hashlib.sha256(f"{actor.id} {new.key}".encode()).hexdigest() if new.key else None
    digest = _digest(new) if key else None
    if key:
        # The same form twice at once: the second waits here, and finds what the first has made.
        await writes.hold_key(tx, key)
        if present := await writes.repair_by_import(tx, DESK, key):
            if await writes.digest_of(tx, present.id) not in {None, digest}:
                raise KeyReused(
                    marked("This form was sent before, with other words."),
                    extra={"repairId": str(present.id), "repairNumber": present.repair_number},
                )
            return Changed(present, await _customer(tx, present.customer_id))
    customer = await _customer_at_counter(tx, memory, new)
    if new.technician_id is not None and not await accounts.people.can_be_given_work(tx, new.technician_id):
        raise _no_such_colleague()
    new = await at_desk.with_device(tx, customer.id, new, memory.words_of_staff(actor.id).language)
    for _ in range(NUMBER_TRIES):
        row = await writes.insert(tx, _new_row(memory, customer, new, key, digest))
        if row is not None:
            trace = Trace(notes=row.notes, message=messages.received(row, customer))
            await _leave_traces(tx, actor, None, row, customer, trace, memory)
            return Changed(row, customer)
    raise Unavailable


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


def _stage_for(memory: Known, before: DeskRow, change: StatusChange) -> Stage:
    """The stage asked for; else the present one within the same status, the first one of another."""
    if change.stage is None:
        return memory.stages[before.stage] if change.status == before.status else memory.first_stage(change.status)
    stage = memory.stages.get(change.stage)
    if stage is None or stage.status != change.status:
        problem = marked("This status has no such stage.")
        raise InvalidInput("The stage does not belong to the status.", errors=[FieldError("stage", problem)])
    return stage


def _estimate(present: datetime | None, wanted: datetime | UnsetType | None) -> datetime | None:
    if wanted is UNSET:
        return present
    if wanted is not None and not EARLIEST <= wanted < LATEST:
        problem = marked("Give a moment between the years 2000 and 2100.")
        raise InvalidInput("The estimate cannot be right.", errors=[FieldError("estimatedCompletion", problem)])
    return wanted


def _text(text: str | None) -> str | None:
    return (plain(text) or None) if text else None


def _no_such_colleague() -> InvalidInput:
    problem = marked("There is no such colleague.")
    return InvalidInput("Nobody could be assigned.", errors=[FieldError("technicianId", problem)])


async def _customer(tx: Transaction, customer_id: UUID) -> Customer:
    """The customer of a repair; a repair keeps its customer from being deleted."""
    customer = await accounts.customer(tx, customer_id)
    if customer is None:
        raise LookupError(f"no customer {customer_id}")
    return customer


async def _customer_at_counter(tx: Transaction, memory: Known, new: NewRepair) -> Customer:
    """The customer named by id, or found by e-mail address, or new."""
    if new.customer_id is not None:
        if customer := await accounts.customer(tx, new.customer_id):
            await accounts.keep_from_strangers(tx, [customer.id])
            return customer
        problem = marked("There is no such customer.")
        raise InvalidInput("The customer is unknown.", errors=[FieldError("customerId", problem)])
    if new.customer_email and (customer := await accounts.customer_by_email(tx, new.customer_email)):
        await accounts.keep_from_strangers(tx, [customer.id])
        return customer
    if not one_line(new.customer_first_name):
        problem = marked("Name the customer, or choose one.")
        raise InvalidInput("Whose device is it?", errors=[FieldError("customerFirstName", problem)])
    key = f"{DESK}:{uuid4()}"
    stranger = NewCustomer(
        key=key,
        email=new.customer_email or None,
        first_name=new.customer_first_name,
        last_name=new.customer_last_name,
        phone=one_line(new.customer_phone) or None if new.customer_phone else None,
        language=memory.shop.language,
        timezone=memory.shop.timezone,
    )
    ids = await accounts.ensure_customers(tx, [stranger])
    return await _customer(tx, ids[key])


# ---------------------------------------------------------------- new rows


def _new_row(memory: Known, customer: Customer, new: NewRepair, key: str | None, digest: bytes | None) -> NewRow:
    return NewRow(
        customer_id=customer.id,
        repair_number=human_number("R"),
        device_type=_required(new.device_type, "deviceType"),
        device_brand=one_line(new.device_brand),
        device_model=one_line(new.device_model),
        issue_description=_required(new.issue_description, "issueDescription"),
        repair_type=one_line(new.repair_type),
        priority=new.priority,
        technician_id=new.technician_id,
        estimated_completion=_estimate(None, new.estimated_completion),
        repair_cost=new.repair_cost,
        total_cost=_total(new.repair_cost, None, None),
        currency=memory.shop.currency,
        notes=_text(new.notes),
        internal_notes=_text(new.internal_notes),
        import_source=DESK if key else None,
        import_id=key,
        import_digest=digest,
        device_id=new.device_id,
    )


def _digest(new: NewRepair) -> bytes:
    """What the intake says, in 16 bytes."""
    said = msgspec.msgpack.encode(structs.replace(new, key=None))
    return hashlib.blake2s(said, digest_size=DIGEST_BYTES).digest()


def _required(text: str, field: str) -> str:
    cleaned = plain(text)
    if not cleaned:
        raise InvalidInput("Something is missing.", errors=[FieldError(field, marked("This may not be empty."))])
    return cleaned


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
            given[name] = _required(given[name], "deviceType" if name == "device_type" else "issueDescription")
    for name in ("device_brand", "device_model", "repair_type"):
        if name in given:
            given[name] = one_line(given[name])
    for name in ("notes", "internal_notes"):
        if name in given:
            given[name] = _text(given[name])
    if "estimated_completion" in given:
        given["estimated_completion"] = _estimate(None, given["estimated_completion"])
    facts = structs.replace(_facts(before), **given)
    if given.keys() & {"repair_cost", "parts_cost", "labor_cost"}:
        facts = structs.replace(facts, total_cost=_total(facts.repair_cost, facts.parts_cost, facts.labor_cost))
    return facts


def _total(*costs: Decimal | None) -> Decimal | None:
    """The sum of the known costs, None where none is. Raises InvalidInput where it is too large to be stored."""
    given = [cost for cost in costs if cost is not None]
    if not given:
        return None
    total = sum(given, Decimal())
    if total > LARGEST:
        problem = marked("All costs together are more than can be stored.")
        raise InvalidInput("The costs are too large.", errors=[FieldError("repairCost", problem)])
    return total


async def _rewrite(tx: Transaction, actor: Actor, before: DeskRow, facts: NewFacts) -> Changed:
    customer = await _customer(tx, before.customer_id)
    if facts == _facts(before):
        return Changed(before, customer)
    after = await writes.rewrite(tx, facts)
    if after is None:
        raise _somebody_was_faster(before)
    is_estimate_new = after.estimated_completion != before.estimated_completion
    message = messages.estimated(after, customer) if is_estimate_new else None
    await _leave_traces(tx, actor, before, after, customer, Trace(message=message))
    return Changed(after, customer)


# ---------------------------------------------------------------- what a change leaves behind


def _message(memory: Known, customer: Customer, before: DeskRow, after: DeskRow, notes: str | None) -> Message | None:
    """What the customer is told; None where the stage is not for their ears and nothing else is new to them."""
    is_estimate_new = after.estimated_completion != before.estimated_completion
    if after.stage != before.stage and memory.stages[after.stage].tells_customer:
        return messages.moved(after, memory, customer, notes, is_estimate_new=is_estimate_new)
    if notes:
        return messages.noted(after, customer, notes)
    return messages.estimated(after, customer) if is_estimate_new else None


async def _leave_traces(
    tx: Transaction,
    actor: Actor,
    before: DeskRow | None,
    after: DeskRow,
    customer: Customer,
    trace: Trace,
    memory: Known | None = None,
) -> None:
    """Event, message and history of a change that is already in its row; `before` is None at the intake."""
    has_moved = before is not None and before.stage != after.stage
    estimate = after.estimated_completion
    if before is not None and estimate == before.estimated_completion:
        estimate = None
    seq = None
    if before is not None and has_moved and memory is not None:
        seq = await log.publish(
            tx, customer.id, "repair:status_update", _status_updated(before, after, memory, customer.language)
        )
    elif before is None or trace.notes or _looks_new(before, after):
        seq = await log.publish(tx, customer.id, "repair:updated", _updated(after))
    else:
        tx.note(CustomerChanged(customer.id))
    log.tell_staff(tx, "repair:updated", _updated(after))
    if trace.message is not None:
        await notifications.tell(tx, customer, trace.message)
    if before is None or has_moved or estimate or trace.notes or trace.internal_notes:
        await writes.append(
            tx,
            NewEntry(
                repair_id=after.id,
                customer_id=after.customer_id,
                status=after.status,
                previous_status=before.status if before is not None and has_moved else None,
                stage=after.stage,
                changed_by_kind=type_of_actor[type(actor)],
                changed_by_user=actor.id if isinstance(actor, StaffActor) else None,
                changed_by_customer=actor.id if isinstance(actor, CustomerActor) else None,
                notes=trace.notes,
                internal_notes=trace.internal_notes,
                estimated_completion=estimate,
                customer_notified=trace.message is not None,
                event_seq=seq,
            ),
        )


def _looks_new(before: DeskRow, after: DeskRow) -> bool:
    """Whether the customer sees a difference: anything but the shop's own notes and the counters."""
    same = {"internal_notes": None, "version": 0, "updated_at": after.updated_at}
    return structs.replace(before, **same) != structs.replace(after, **same)


def _status_updated(before: DeskRow, after: DeskRow, memory: Known, language: str) -> StatusUpdated:
    return StatusUpdated(
        seq=0,
        repair_id=after.id,
        repair_number=after.repair_number,
        status=Status(after.status),
        previous_status=Status(before.status),
        stage=after.stage,
        label=memory.stages[after.stage].label(language),
        at=after.updated_at,
    )


def _updated(row: DeskRow) -> RepairUpdated:
    return RepairUpdated(0, row.id, row.repair_number, row.updated_at)
