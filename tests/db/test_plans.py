"""What the desk asks with every page is found by an index, however large the shop."""

from typing import LiteralString

import pytest

from revivatech.accounts.directory.queries.search import pattern_conditions, pattern_parameters
from revivatech.db import Database, execute, fetch_values, joined
from revivatech.repairs.queries import search as searching
from revivatech.repairs.queries.figures import OPEN_COUNTS
from revivatech.repairs.search import search_of

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


async def test_c03_c17_repairs_are_searched_by_indexes(db: Database) -> None:
    """Folded words, a number in another spelling and a pasted address: no repair is read that none of them names."""
    search = search_of("R03S5X72 nao https://portal.shop.example/staff/repairs/01a23050-666a-78bb-8ac9-1133d5e20a0f")
    statement = joined("SELECT id FROM repairs WHERE", searching.condition(searching.shape_of(search)))
    plan = await plan_of(db, "enable_indexscan", statement, searching.parameters(search))
    assert plan.count("Bitmap Index Scan on repairs_search") == 2
    assert "Bitmap Index Scan on repairs_pkey" in plan
    assert "Seq Scan" not in plan


async def test_open_repairs_are_counted_from_an_index_alone(db: Database) -> None:
    """No row of a repair is visited to count the open ones."""
    plan = await plan_of(db, "enable_bitmapscan", OPEN_COUNTS)
    assert "Index Only Scan using repairs_open_counts" in plan
