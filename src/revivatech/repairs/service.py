"""The verbs of a repair: taking it in, moving it along, editing it; and what of this slice others may call."""

from uuid import UUID

from revivatech.db import Database
from revivatech.kit.actor import StaffActor
from revivatech.repairs import changes, views
from revivatech.repairs.changes import hand_over, move
from revivatech.repairs.contracts import ENDED, NewRepair, RepairEdit, StaffRepair, StaffTimelineItem, StatusChange
from revivatech.repairs.customer_reads import (
    at_a_glance,
    count_repairs,
    get_repair,
    list_repairs,
    list_with_stats,
    recent_activity,
    repair_with_timeline,
    stats,
    timeline,
)
from revivatech.repairs.desk_reads import (
    counts_of,
    desk_list,
    desk_repair,
    desk_repairs_of,
    desk_timeline,
    open_counts,
    open_work,
    reach,
    require_repair,
)
from revivatech.repairs.device_kinds import kinds_of
from revivatech.repairs.devices.contracts import Device
from revivatech.repairs.devices.intake import (
    device_of_repair,
    devices_at_desk,
    find_device,
    wrong_numbers,
)
from revivatech.repairs.intake import take_in
from revivatech.repairs.progress import progress
from revivatech.repairs.reference_data import Labels, known, labels_for, labels_in
from revivatech.repairs.reference_data import forget as forget_known
from revivatech.repairs.resubmission import is_repeat
from revivatech.repairs.states import OPEN, allowed

# `hand_over` and `move` are parts for other slices: they join their transaction.
__all__ = [
    "ENDED",
    "OPEN",
    "Device",
    "Labels",
    "allowed",
    "assign",
    "at_a_glance",
    "change_status",
    "count_repairs",
    "counts_of",
    "desk_list",
    "desk_repair",
    "desk_repairs_of",
    "desk_timeline",
    "device_of_repair",
    "devices_at_desk",
    "edit_repair",
    "find_device",
    "forget_known",
    "get_repair",
    "hand_over",
    "intake",
    "is_repeat",
    "kinds_of",
    "labels_for",
    "labels_in",
    "list_repairs",
    "list_with_stats",
    "move",
    "note_call",
    "open_counts",
    "open_work",
    "progress",
    "reach",
    "recent_activity",
    "repair_with_timeline",
    "require_repair",
    "stats",
    "timeline",
    "wrong_numbers",
]


async def change_status(db: Database, actor: StaffActor, repair_id: UUID, change: StatusChange) -> StaffRepair:
    """Move a repair to another status or stage, or add a note or an estimate to where it is; the repair as it then is.

    Raises NotFound; SomebodyWasFaster where the version is no longer the present one; ChangeRefused where the state
    table does not lead there; NotAllowed where it takes a manager; InvalidInput for a stage of another status.
    """
    reference = await known(db)
    async with db.transaction() as tx:
        changed = await changes.move(tx, reference, actor, repair_id, change)
    return views.staff_repair(changed.row, changed.customer, reference.labels_of_staff(actor.id), actor)


async def edit_repair(db: Database, actor: StaffActor, repair_id: UUID, edit: RepairEdit) -> StaffRepair:
    """Change a repair's facts; the repair as it then is. Raises NotFound, SomebodyWasFaster, InvalidInput."""
    reference = await known(db)
    async with db.transaction() as tx:
        changed = await changes.edit(tx, reference, actor, repair_id, edit)
    return views.staff_repair(changed.row, changed.customer, reference.labels_of_staff(actor.id), actor)


async def note_call(db: Database, actor: StaffActor, repair_id: UUID, entry_id: UUID) -> list[StaffTimelineItem]:
    """Note that the customer was called about an entry of the history; the history as it then is.

    Noted twice, the first call counts. Raises NotFound, for an entry that had nothing for the customer too.
    """
    reference = await known(db)
    async with db.transaction() as tx:
        await changes.note_call(tx, actor, repair_id, entry_id)
        return await desk_timeline(tx, reference.labels_of_staff(actor.id), repair_id)


async def assign(
    db: Database, actor: StaffActor, repair_id: UUID, technician_id: UUID | None, version: int
) -> StaffRepair:
    """Give the repair to a colleague, or to nobody; the repair as it then is.

    Raises NotFound, SomebodyWasFaster, and InvalidInput where there is no such colleague.
    """
    reference = await known(db)
    async with db.transaction() as tx:
        changed = await changes.assign(tx, actor, repair_id, technician_id, version)
    return views.staff_repair(changed.row, changed.customer, reference.labels_of_staff(actor.id), actor)


async def intake(db: Database, actor: StaffActor, new: NewRepair) -> StaffRepair:
    """Take a device in; the repair. The same key again answers the repair that it made.

    Raises InvalidInput where the customer or the technician does not exist, or where neither a customer nor a name is
    given.
    """
    reference = await known(db)
    async with db.transaction() as tx:
        changed = await take_in(tx, reference, actor, new)
    return views.staff_repair(changed.row, changed.customer, reference.labels_of_staff(actor.id), actor)
