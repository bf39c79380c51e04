"""A customer's year, from the data's steps to rows: what each step changed, and what it told the customer."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import structs

from revivatech.accounts.contracts import Customer
from revivatech.demo.opening import Opening
from revivatech.demo.shapes import Person, Repair, Step
from revivatech.kit.structs import Json, Value
from revivatech.notifications.contracts import Message, NotificationData, NotificationNew
from revivatech.repairs import messages, quoting
from revivatech.repairs.contracts import RepairUpdated, Status, StatusUpdated
from revivatech.repairs.importing.queries.past import PastEntry
from revivatech.repairs.queries.rows import DeskRow
from revivatech.repairs.reference_data import ReferenceData


class Shop(Value):
    """The background of every customer's year: the staff's ids by key, stages and names, the calendar."""

    staff: dict[str, UUID]
    known: ReferenceData
    opening: Opening


class Moment(Value):
    """A step of one of the customer's repairs, at its time; the intake has no step."""

    at: datetime
    repair: int
    step: Step | None


class PastEvent(Value):
    """An event as it stands in the customer's log."""

    kind: str
    payload: str
    at: datetime


class PastNotification(Value):
    """A notification, under the seq of its event."""

    id: UUID
    seq: int
    message: Message
    at: datetime


class History:
    """One customer's past. Once told, `repairs` are as the last step left them, in the order of the data."""

    def __init__(self, shop: Shop, person: Person, customer: Customer) -> None:
        self._shop = shop
        self._person = person
        self.customer = customer
        self.moments = sorted(self._moments(), key=lambda moment: moment.at)
        self.repairs: list[DeskRow] = []
        self.entries: list[PastEntry] = []
        self.events: list[PastEvent] = []
        self.notifications: list[PastNotification] = []

    def tell(self, repair_ids: Sequence[UUID], entry_ids: Sequence[UUID], numbers: Iterator[str]) -> None:
        """Go through the year step by step; `entry_ids` belong to `moments`, in their order."""
        self.repairs = [
            self._intake(repair, repair_id, next(numbers))
            for repair, repair_id in zip(self._person.repairs, repair_ids, strict=True)
        ]
        for moment, entry_id in zip(self.moments, entry_ids, strict=True):
            before = self.repairs[moment.repair]
            if moment.step is None:
                self._receive(before, entry_id)
            else:
                self.repairs[moment.repair] = self._follow(before, moment, moment.step, entry_id)

    def _moments(self) -> Iterator[Moment]:
        at = self._shop.opening.at
        for index, repair in enumerate(self._person.repairs):
            yield Moment(at(repair.ago, repair.time), index, None)
            for step in repair.steps:
                yield Moment(at(repair.ago - step.day, step.time), index, step)

    def _intake(self, repair: Repair, repair_id: UUID, number: str) -> DeskRow:
        """The repair as it was taken in; its price is already the one that was agreed later."""
        at = self._shop.opening.at(repair.ago, repair.time)
        parts, labor, total = repair.costs
        return DeskRow(
            id=repair_id,
            repair_number=number,
            device_type=repair.device.kind,
            device_brand=repair.device.brand,
            device_model=repair.device.model,
            issue_description=repair.issue,
            repair_type=repair.kind,
            priority=repair.priority,
            status=Status.RECEIVED,
            stage="received",
            technician_id=self._shop.staff[repair.technician] if repair.technician else None,
            estimated_completion=None if repair.due is None else self._shop.opening.due(repair.ago, repair.due),
            actual_completion=None,
            repair_cost=None,
            parts_cost=parts,
            labor_cost=labor,
            total_cost=total,
            currency=self._shop.known.shop.currency,
            warranty_months=repair.warranty,
            notes=repair.note,
            created_at=at,
            updated_at=at,
            version=1,
            device_id=None,
            customer_id=self.customer.id,
            internal_notes=repair.inside,
            is_overdue=False,
        )

    def _receive(self, row: DeskRow, entry_id: UUID) -> None:
        """The front desk takes the device in."""
        seq = self._log("repair:updated", RepairUpdated(self._next, row.id, row.repair_number, row.created_at))
        self._notify(messages.received(row, self.customer), row.created_at, entry_id)
        self._enter(entry_id, seq, row, Step(0, "", "received", "aoife"), None)

    def _follow(self, before: DeskRow, moment: Moment, step: Step, entry_id: UUID) -> DeskRow:
        """The repair after a step, which is told as the portal itself would tell it."""
        stage = self._shop.known.stages[step.stage]
        repair = self._person.repairs[moment.repair]
        is_new = step.stage != before.stage
        due = None if step.due is None else self._shop.opening.due(repair.ago, step.due)
        estimate = None if due == before.estimated_completion else due
        after = structs.replace(
            before,
            status=stage.status,
            stage=stage.key,
            estimated_completion=due or before.estimated_completion,
            actual_completion=self._completion(before, stage.status, moment.at),
            updated_at=moment.at,
            version=before.version + 1,
        )
        if is_new:
            label = stage.label(self.customer.language)
            seq = self._log(
                "repair:status_update",
                StatusUpdated(
                    self._next,
                    after.id,
                    after.repair_number,
                    stage.status,
                    Status(before.status),
                    stage.key,
                    label,
                    moment.at,
                ),
            )
            message = messages.moved(after, self._shop.known, self.customer, step.note, is_estimate_new=bool(estimate))
        else:
            seq = self._log("repair:updated", RepairUpdated(self._next, after.id, after.repair_number, moment.at))
            message = messages.noted(after, self.customer, step.note or "")
        self._notify(message, moment.at, entry_id)
        self._enter(entry_id, seq, after, step, before)
        return after

    def _completion(self, before: DeskRow, status: Status, at: datetime) -> datetime | None:
        if status != Status.COMPLETED:
            return None
        return before.actual_completion or at

    # ------------------------------------------------------------ rows

    @property
    def _next(self) -> int:
        """The seq of the next event: the log of a new customer begins with 1."""
        return len(self.events) + 1

    def _log(self, kind: str, payload: RepairUpdated | StatusUpdated | NotificationNew) -> int:
        at = payload.created_at if isinstance(payload, NotificationNew) else payload.at
        self.events.append(PastEvent(kind, _json(payload), at))
        return payload.seq

    def _notify(self, message: Message, at: datetime, entry_id: UUID) -> None:
        """One id a step: the history's entry and the notification are rows of different tables."""
        data = NotificationData(message.repair_id, message.url, message.repair_number)
        seq = self._log(
            "notification:new",
            NotificationNew(
                self._next, entry_id, message.type, message.title, message.message, message.priority, data, at
            ),
        )
        self.notifications.append(PastNotification(entry_id, seq, message, at))

    def _enter(
        self,
        entry_id: UUID,
        seq: int,
        row: DeskRow,
        step: Step,
        before: DeskRow | None,
    ) -> None:
        is_customer = step.by == "customer"
        is_same_estimate = before is not None and before.estimated_completion == row.estimated_completion
        self.entries.append(
            PastEntry(
                id=entry_id,
                repair_id=row.id,
                customer_id=self.customer.id,
                status=row.status,
                previous_status=before.status if before is not None and before.stage != row.stage else None,
                stage=row.stage,
                changed_by_kind="customer" if is_customer else "staff",
                changed_by_user=None if is_customer else self._shop.staff[step.by],
                changed_by_customer=self.customer.id if is_customer else None,
                notes=step.note,
                internal_notes=step.inside,
                estimated_completion=None if is_same_estimate else row.estimated_completion,
                quoted_cost=quoting.asked_price(before, row),
                notification_id=entry_id,
                event_seq=seq,
                created_at=row.updated_at,
            )
        )


def _json(payload: Json) -> str:
    return msgspec.json.encode(payload).decode()
