"""Names of the authors of a history."""

from collections.abc import Sequence
from uuid import UUID

from revivatech.accounts import service as accounts
from revivatech.db import Reader
from revivatech.repairs.queries.customers import ActivityRow
from revivatech.repairs.queries.rows import HistoryRow


async def customer_name(reader: Reader, customer_id: UUID, rows: Sequence[HistoryRow] | Sequence[ActivityRow]) -> str:
    """The customer's name where one of the entries is theirs: seldom, so it is only then asked for."""
    if not any(row.changed_by_kind == "customer" for row in rows):
        return ""
    customer = await accounts.customer(reader, customer_id)
    return customer.name if customer else ""
