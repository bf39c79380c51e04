"""The same press twice: whether a change that comes too late is the one that was just made."""

from datetime import datetime
from uuid import UUID

from msgspec import UNSET

from revivatech.db import Reader
from revivatech.kit.actor import StaffActor
from revivatech.repairs.contracts import StatusChange
from revivatech.repairs.queries import desk
from revivatech.repairs.validation import said


async def is_repeat(reader: Reader, actor: StaffActor, repair_id: UUID, change: StatusChange) -> bool:
    """Return whether the newest thing that happened to the repair is this very change, by this very colleague.

    A form that was sent twice without a script, or whose answer was lost, is no quarrel with a faster colleague.
    """
    row = await desk.repair(reader, repair_id)
    history = await desk.history(reader, repair_id)
    if row is None or not history or row.version != change.version + 1:
        return False
    last = history[-1]
    return (
        last.changed_by_user == actor.id
        and last.status == change.status
        and change.stage in {None, last.stage}
        and (last.notes, last.internal_notes) == (said(change.notes), said(change.internal_notes))
        and _is_estimate(change, row.estimated_completion)
        and change.amount in {None, row.total_cost}
    )


def _is_estimate(change: StatusChange, present: datetime | None) -> bool:
    return change.estimated_completion is UNSET or change.estimated_completion == present
