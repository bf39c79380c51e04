"""Effects of a change: an event for the customer and for colleagues, a message, an entry of the history."""

from datetime import datetime

from msgspec import structs

from revivatech.accounts.contracts import Customer
from revivatech.db import Transaction
from revivatech.kit.actor import Actor, CustomerActor, StaffActor, type_of_actor
from revivatech.kit.structs import Value
from revivatech.notifications import service as notifications
from revivatech.notifications.contracts import Message
from revivatech.realtime import event_log
from revivatech.realtime.contracts import CustomerChanged
from revivatech.repairs import quoting
from revivatech.repairs.contracts import RepairUpdated, Status, StatusUpdated
from revivatech.repairs.queries import writes
from revivatech.repairs.queries.rows import DeskRow
from revivatech.repairs.queries.writes import NewEntry


class Changed(Value):
    """A repair after a change, and whose it is."""

    row: DeskRow
    customer: Customer


class ChangeEffects(Value):
    """The texts of a change: for the customer, for colleagues, as a message; `label` names a new stage."""

    notes: str | None = None
    internal_notes: str | None = None
    message: Message | None = None
    label: str = ""


async def leave(
    tx: Transaction, actor: Actor, before: DeskRow | None, after: DeskRow, customer: Customer, effects: ChangeEffects
) -> None:
    """Event, message and history of a change that is already in its row; `before` is None at the intake."""
    moved_from = before if before is not None and before.stage != after.stage else None
    seq = await _publish(tx, before, after, effects, moved_from)
    event_log.tell_staff(tx, "repair:updated", _updated(after))
    notification_id = None if effects.message is None else await notifications.tell(tx, customer, effects.message)
    estimate = _new_estimate(before, after)
    price = quoting.asked_price(before, after)
    if before is None or moved_from or estimate or price is not None or effects.notes or effects.internal_notes:
        await writes.append(
            tx,
            NewEntry(
                repair_id=after.id,
                customer_id=after.customer_id,
                status=after.status,
                previous_status=moved_from.status if moved_from else None,
                stage=after.stage,
                changed_by_kind=type_of_actor[type(actor)],
                changed_by_user=actor.id if isinstance(actor, StaffActor) else None,
                changed_by_customer=actor.id if isinstance(actor, CustomerActor) else None,
                notes=effects.notes,
                internal_notes=effects.internal_notes,
                estimated_completion=estimate,
                quoted_cost=price,
                notification_id=notification_id,
                event_seq=seq,
            ),
        )


async def _publish(
    tx: Transaction, before: DeskRow | None, after: DeskRow, effects: ChangeEffects, moved_from: DeskRow | None
) -> int | None:
    """The number of the customer's event; None where nothing that they see has changed."""
    if moved_from is not None:
        event = _status_updated(moved_from, after, effects.label)
        return await event_log.publish(tx, after.customer_id, "repair:status_update", event)
    if before is None or effects.notes or _looks_new(before, after):
        return await event_log.publish(tx, after.customer_id, "repair:updated", _updated(after))
    tx.note(CustomerChanged(after.customer_id))
    return None


def _new_estimate(before: DeskRow | None, after: DeskRow) -> datetime | None:
    is_same = before is not None and before.estimated_completion == after.estimated_completion
    return None if is_same else after.estimated_completion


def _looks_new(before: DeskRow, after: DeskRow) -> bool:
    """Return whether the customer sees a difference: anything but the shop's own notes and the counters."""
    same = {"internal_notes": None, "version": 0, "updated_at": after.updated_at}
    return structs.replace(before, **same) != structs.replace(after, **same)


def _status_updated(before: DeskRow, after: DeskRow, label: str) -> StatusUpdated:
    return StatusUpdated(
        seq=0,
        repair_id=after.id,
        repair_number=after.repair_number,
        status=Status(after.status),
        previous_status=Status(before.status),
        stage=after.stage,
        label=label,
        at=after.updated_at,
    )


def _updated(row: DeskRow) -> RepairUpdated:
    return RepairUpdated(0, row.id, row.repair_number, row.updated_at)
