"""Rows as the structs that others see, in the reader's words."""

from collections.abc import Sequence
from typing import Literal, cast
from uuid import UUID

from revivatech.accounts import service as accounts
from revivatech.accounts.contracts import Customer
from revivatech.kit.actor import Actor
from revivatech.notifications.contracts import Delivery
from revivatech.repairs.contracts import (
    ActivityItem,
    Repair,
    StaffRepair,
    StaffTimelineItem,
    Stats,
    Status,
    TimelineActor,
    TimelineItem,
    Trend,
)
from revivatech.repairs.queries.customers import ActivityRow
from revivatech.repairs.queries.figures import StatsRow, TrendRow
from revivatech.repairs.queries.rows import DeskHistoryRow, DeskRow, HistoryRow, RepairRow
from revivatech.repairs.reference_data import Labels

Kind = Literal["staff", "customer", "system"]


def repair(row: RepairRow, labels: Labels) -> Repair:
    """The repair as its customer sees it."""
    return Repair(
        row.id,
        row.repair_number,
        row.device_type,
        row.device_brand,
        row.device_model,
        row.issue_description,
        row.repair_type,
        row.priority,
        labels.statuses[row.stage],
        labels.stages[row.stage],
        labels.technician(row.technician_id),
        row.estimated_completion,
        row.actual_completion,
        row.repair_cost,
        row.parts_cost,
        row.labor_cost,
        row.total_cost,
        row.currency,
        row.warranty_months,
        row.notes,
        None,  # The slice of quotes is to come.
        0,  # So is the slice of conversations.
        row.created_at,
        row.updated_at,
        row.version,
        row.device_id,
    )


def staff_repair(row: DeskRow, customer: Customer | None, labels: Labels, actor: Actor) -> StaffRepair:
    """Return the repair as that colleague sees it; how to reach the customer is for those who may read customers."""
    seen = accounts.as_seen_by(actor, customer) if customer else None
    return StaffRepair(
        repair(row, labels),
        row.customer_id,
        seen.name if seen else "",
        seen.email if seen else None,
        seen.phone if seen else None,
        row.internal_notes,
        row.is_overdue,
    )


def timeline_item(row: HistoryRow, labels: Labels, customer_name: str) -> TimelineItem:
    """An entry of the history as the customer reads it."""
    return TimelineItem(
        cast("UUID", row.id),
        labels.statuses[row.stage],
        Status(row.previous_status) if row.previous_status else None,
        labels.stages[row.stage].label,
        row.notes,
        row.estimated_completion,
        row.quoted_cost,
        actor(row.changed_by_kind, row.changed_by_user, labels, customer_name),
        row.created_at,
    )


def staff_timeline_item(
    row: DeskHistoryRow, labels: Labels, customer_name: str, notices: tuple[Delivery, ...]
) -> StaffTimelineItem:
    """An entry of the history as the desk reads it, with what became of its notices."""
    return StaffTimelineItem(
        item=timeline_item(row, labels, customer_name),
        stage=row.stage,
        internal_notes=row.internal_notes,
        customer_notified=row.called_at is not None or any(one.state == "sent" for one in notices),
        notices=notices if row.notification_id else None,
        called_at=row.called_at,
        called_by=labels.staff_name(row.called_by) if row.called_by else None,
    )


def activity_item(row: ActivityRow, labels: Labels, customer_name: str) -> ActivityItem:
    """An entry of the news."""
    return ActivityItem(
        row.id,
        row.repair_id,
        row.repair_number,
        row.device_brand,
        row.device_model,
        labels.statuses[row.stage],
        Status(row.previous_status) if row.previous_status else None,
        labels.stages[row.stage],
        row.notes,
        row.estimated_completion,
        actor(row.changed_by_kind, row.changed_by_user, labels, customer_name),
        row.created_at,
    )


def actor(kind: str, user_id: UUID | None, labels: Labels, customer_name: str) -> TimelineActor:
    """Return who made a change; the program itself goes by the shop's name."""
    if kind == "staff" and user_id is not None and (colleague := labels.known.actors.get(user_id)) is not None:
        return colleague
    name = customer_name if kind == "customer" else labels.staff_name(user_id)
    return TimelineActor(cast("Kind", kind), name)


def trend(rows: Sequence[TrendRow]) -> Trend:
    """The costs and durations of completed repairs; the rows come the newest first."""
    return Trend([row.cost for row in reversed(rows) if row.cost is not None], [row.hours for row in reversed(rows)])


def stats(row: StatsRow, currency: str) -> Stats:
    """Return the figures of a customer."""
    breakdown = {status.value: int(getattr(row, status.value)) for status in Status}
    total = sum(breakdown.values())
    ended = row.completed + row.cancelled
    return Stats(
        total_repairs=total,
        active_repairs=total - ended,
        completed_repairs=row.completed,
        cancelled_repairs=row.cancelled,
        success_rate=row.completed / ended if ended else None,
        average_cost=row.average_cost,
        avg_completion_time=None if row.average_hours is None else round(row.average_hours, 2),
        currency=currency,
        status_breakdown=breakdown,
    )
