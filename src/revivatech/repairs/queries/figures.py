"""Figures: a customer's own, and how much work the shop has."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from revivatech.db import Query, Reader, fetch_all, joined
from revivatech.kit.structs import Value
from revivatech.repairs.queries.rows import OPEN


class StatsRow(Value):
    """A customer's figures: repairs by status, what one cost on average, hours from intake to completion."""

    received: int
    diagnosing: int
    quoted: int
    approved: int
    repairing: int
    testing: int
    completed: int
    cancelled: int
    average_cost: Decimal | None
    average_hours: float | None


STATS = """
    SELECT count(*) FILTER (WHERE status = 'received') AS received,
      count(*) FILTER (WHERE status = 'diagnosing') AS diagnosing,
      count(*) FILTER (WHERE status = 'quoted') AS quoted,
      count(*) FILTER (WHERE status = 'approved') AS approved,
      count(*) FILTER (WHERE status = 'repairing') AS repairing,
      count(*) FILTER (WHERE status = 'testing') AS testing,
      count(*) FILTER (WHERE status = 'completed') AS completed,
      count(*) FILTER (WHERE status = 'cancelled') AS cancelled,
      round(avg(coalesce(total_cost, repair_cost)), 2) AS average_cost,
      (avg(greatest(extract(epoch FROM actual_completion - created_at), 0))
        FILTER (WHERE actual_completion IS NOT NULL) / 3600)::float8 AS average_hours
    FROM repairs WHERE customer_id = %(customer_id)s
"""


def stats(customer_id: UUID) -> Query[StatsRow]:
    """That customer's figures, in one row."""
    return Query(StatsRow, STATS, {"customer_id": customer_id})


class TrendRow(Value):
    """A completed repair's cost and duration."""

    cost: Decimal | None
    hours: float


# Completions before the intake are of imports by earlier versions, which took a day for its noon.
TREND = """
    SELECT coalesce(total_cost, repair_cost) AS cost,
      (greatest(extract(epoch FROM actual_completion - created_at), 0) / 3600)::float8 AS hours
    FROM repairs WHERE customer_id = %(customer_id)s AND status = 'completed'
    ORDER BY created_at DESC, id DESC LIMIT %(limit)s
"""


def trend(customer_id: UUID, limit: int) -> Query[TrendRow]:
    """That customer's last completed repairs, the newest first."""
    return Query(TrendRow, TREND, {"customer_id": customer_id, "limit": limit})


class CustomerCount(Value):
    """The number of a customer's repairs."""

    customer_id: UUID
    total: int


async def counts_of(reader: Reader, customer_ids: Sequence[UUID]) -> list[CustomerCount]:
    """Return how many repairs each of these customers has who has any."""
    return await fetch_all(
        reader,
        CustomerCount,
        "SELECT customer_id, count(*) AS total FROM repairs WHERE customer_id = ANY (%s) GROUP BY customer_id",
        [list(customer_ids)],
    )


class CountRow(Value):
    """Open repairs of one status."""

    status: str
    total: int
    overdue: int


OPEN_COUNTS = joined(
    "SELECT status, count(*) AS total, count(*) FILTER (WHERE estimated_completion < now()) AS overdue",
    "FROM repairs WHERE",
    OPEN,
    "GROUP BY status",
)


async def open_counts(reader: Reader) -> list[CountRow]:
    """Return how many open repairs each status has, and how many of them are late."""
    return await fetch_all(reader, CountRow, OPEN_COUNTS)


class WorkRow(Value):
    """The number of somebody's open repairs."""

    technician_id: UUID
    total: int


async def open_work(reader: Reader) -> list[WorkRow]:
    """Return how many open repairs each technician has who has any."""
    return await fetch_all(
        reader,
        WorkRow,
        joined(
            "SELECT technician_id, count(*) AS total FROM repairs WHERE technician_id IS NOT NULL AND",
            OPEN,
            "GROUP BY technician_id",
        ),
    )
