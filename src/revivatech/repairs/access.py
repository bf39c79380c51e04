"""The only door to a repair that is about to change, and whose it is."""

from uuid import UUID

from revivatech.accounts import service as accounts
from revivatech.accounts.contracts import Customer
from revivatech.db import Transaction
from revivatech.kit.actor import Actor, CustomerActor
from revivatech.kit.errors import NotFound
from revivatech.repairs.queries import writes
from revivatech.repairs.queries.rows import DeskRow


async def access_repair(tx: Transaction, actor: Actor, repair_id: UUID, *, lock: bool = True) -> DeskRow:
    """The repair as it stands, held until the commit where `lock` is true.

    Customers reach their own alone, staff and the program all. Raises NotFound: missing and another's are the same.
    """
    customer_id = actor.id if isinstance(actor, CustomerActor) else None
    row = await writes.repair(tx, repair_id, customer_id, lock=lock)
    if row is None:
        raise NotFound
    return row


async def customer_of(tx: Transaction, customer_id: UUID) -> Customer:
    """The customer of a repair; a repair keeps its customer from being deleted."""
    customer = await accounts.customer(tx, customer_id)
    if customer is None:
        raise LookupError(f"no customer {customer_id}")
    return customer
