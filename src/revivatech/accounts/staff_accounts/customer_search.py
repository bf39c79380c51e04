"""Customers as the desk looks them up."""

from uuid import UUID

from revivatech.accounts.directory.people import word_patterns
from revivatech.accounts.staff_accounts.contracts import CustomerAccount
from revivatech.accounts.staff_accounts.queries import accounts
from revivatech.db import Reader
from revivatech.kit.actor import StaffActor
from revivatech.kit.errors import NotFound
from revivatech.kit.paging import Page, encode_cursor, list_name, read_cursor
from revivatech.kit.permissions import Permission, require


async def search(
    reader: Reader, actor: StaffActor, text: str, *, cursor: str | None, limit: int
) -> Page[CustomerAccount]:
    """A page of the customers whose name, address or telephone holds every word; the newest first, all for no words.

    Raises NotAllowed, InvalidInput for a cursor of another list.
    """
    require(actor, Permission.READ_CUSTOMERS)
    patterns = await word_patterns(reader, text)
    name = list_name("customers", text)
    after = read_cursor(cursor, accounts.CustomerPosition, name)
    rows = await accounts.customers(reader, patterns, after, limit + 1)
    shown = rows[:limit]
    return Page(shown, encode_cursor(accounts.CustomerPosition(name, shown[-1].id)) if len(rows) > limit else None)


async def one(reader: Reader, actor: StaffActor, customer_id: UUID) -> CustomerAccount:
    """That customer's account. Raises NotAllowed, NotFound."""
    require(actor, Permission.READ_CUSTOMERS)
    found = await accounts.customer(reader, customer_id)
    if found is None:
        raise NotFound
    return found
