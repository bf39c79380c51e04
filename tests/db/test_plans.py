"""What the desk asks with every page is found by an index, however large the shop."""

from typing import LiteralString

import pytest

from revivatech.accounts.queries.searching import pattern_conditions, pattern_parameters
from revivatech.db import Database, execute, fetch_values, joined
from revivatech.repairs.queries.figures import OPEN_COUNTS

pytestmark = pytest.mark.anyio


async def plan_of(
    db: Database, off: LiteralString, statement: LiteralString, parameters: dict[str, object] | None = None
) -> str:
    """How PostgreSQL would answer where the table is too large to be read whole, and without that other way."""
    async with db.transaction() as tx:
        await execute(tx, "SET LOCAL enable_seqscan = off")
        await execute(tx, joined("SET LOCAL", off, "= off"))
        return "\n".join(await fetch_values(tx, joined("EXPLAIN (COSTS OFF)", statement), parameters or {}))


async def test_customers_are_searched_by_an_index(db: Database) -> None:
    """Each word is a condition of its own, which the index of the search text answers."""
    patterns = ["%nora%", "%murphy%"]
    plan = await plan_of(
        db,
        "enable_indexscan",
        joined("SELECT first_name FROM customers WHERE", pattern_conditions(patterns)),
        pattern_parameters(patterns),
    )
    assert "customers_search" in plan
    assert "Seq Scan" not in plan


async def test_open_repairs_are_counted_from_an_index_alone(db: Database) -> None:
    """No row of a repair is visited to count the open ones."""
    plan = await plan_of(db, "enable_bitmapscan", OPEN_COUNTS)
    assert "Index Only Scan using repairs_open_counts" in plan
