"""The verbs of addresses. Every change holds the customer's row first, so that two cannot both choose the default."""

from uuid import UUID

import msgspec

from revivatech.accounts.activity import service as log
from revivatech.accounts.contracts import Client
from revivatech.accounts.profile.addresses import queries
from revivatech.accounts.profile.addresses.contracts import (
    MOST,
    Address,
    AddressChanged,
    AddressFields,
    DefaultStays,
    TooManyAddresses,
)
from revivatech.accounts.profile.addresses.queries import AddressRow
from revivatech.accounts.profile.addresses.rules import checked, lines_of
from revivatech.db import Database, Reader, Transaction
from revivatech.idempotency import service as once
from revivatech.idempotency.service import Once
from revivatech.kit.actor import CustomerActor
from revivatech.kit.errors import NotFound


async def addresses(reader: Reader, actor: CustomerActor, language: str) -> list[Address]:
    """The customer's addresses, the default first, then the newest; at most 20."""
    return [_view(row, language) for row in await queries.addresses(reader, actor.id)]


async def address(reader: Reader, actor: CustomerActor, language: str, address_id: UUID) -> Address:
    """One of the customer's addresses. Raises NotFound."""
    row = await queries.address(reader, actor.id, address_id)
    if row is None:
        raise NotFound
    return _view(row, language)


async def require_address(reader: Reader, actor: CustomerActor, address_id: UUID) -> None:
    """Raise NotFound unless the address is one of the customer's."""
    if await queries.address(reader, actor.id, address_id) is None:
        raise NotFound


async def add(
    db: Database,
    actor: CustomerActor,
    given: AddressFields,
    language: str,
    client: Client,
    *,
    make_default: bool,
    key: str | None = None,
) -> Address:
    """The new address, or the one that the same request under that key has made; a customer's first is the default.

    Raises InvalidInput naming fields, TooManyAddresses, KeyReused, and NotFound for what was made and is gone again.
    """
    fields = checked(given, language)
    asked = Once.of("address", key, (given, make_default))
    async with db.transaction() as tx:
        await queries.lock_customer(tx, actor.id)
        if made := await once.made_before(tx, actor.id, asked):
            return await address(tx, actor, language, made)
        present = await queries.count(tx, actor.id)
        if present >= MOST:
            raise TooManyAddresses(f"At most {MOST} addresses are kept. Delete one first.")
        is_default = make_default or present == 0
        if is_default:
            await queries.clear_default(tx, actor.id)
        row = await queries.add(tx, actor.id, fields, is_default=is_default)
        await once.note(tx, actor.id, asked, row.id)
        await log.note(tx, actor.id, "address_added", client)
    return _view(row, language)


async def change(
    db: Database,
    actor: CustomerActor,
    address_id: UUID,
    version: int,
    given: AddressFields,
    language: str,
    client: Client,
    *,
    is_default: bool | None = None,
) -> Address:
    """The address with these fields; `is_default` makes it the default, None leaves that as it is.

    Raises NotFound; InvalidInput naming fields; AddressChanged where it is no longer at that version; DefaultStays
    where the default should be none.
    """
    async with db.transaction() as tx:
        await queries.lock_customer(tx, actor.id)
        before = await queries.address(tx, actor.id, address_id)
        if before is None:
            raise NotFound
        fields = checked(given, language)
        if before.version != version:
            raise AddressChanged(
                "The address has been changed since. Look at it, then save again.",
                extra={"current": msgspec.to_builtins(_view(before, language))},
            )
        if is_default is False and before.is_default:
            raise DefaultStays("One address is always the default. Make another one the default instead.")
        if fields != _fields(before):
            await queries.change(tx, actor.id, address_id, version, fields)
            await log.note(tx, actor.id, "address_changed", client)
        if is_default and not before.is_default:
            await _make_default(tx, actor, address_id, client)
        after = await queries.address(tx, actor.id, address_id)
    return _view(after or before, language)


async def make_default(db: Database, actor: CustomerActor, address_id: UUID, client: Client) -> None:
    """From now on this is the default. Raises NotFound."""
    async with db.transaction() as tx:
        await queries.lock_customer(tx, actor.id)
        row = await queries.address(tx, actor.id, address_id)
        if row is None:
            raise NotFound
        if not row.is_default:
            await _make_default(tx, actor, address_id, client)


async def remove(db: Database, actor: CustomerActor, address_id: UUID, client: Client) -> None:
    """The address is gone; after the default the newest is the default. Raises NotFound."""
    async with db.transaction() as tx:
        await queries.lock_customer(tx, actor.id)
        gone = await queries.remove(tx, actor.id, address_id)
        if gone is None:
            raise NotFound
        if gone.is_default and (heir := await queries.newest(tx, actor.id)):
            await queries.set_default(tx, actor.id, heir)
        await log.note(tx, actor.id, "address_removed", client)


async def _make_default(tx: Transaction, actor: CustomerActor, address_id: UUID, client: Client) -> None:
    await queries.clear_default(tx, actor.id)
    await queries.set_default(tx, actor.id, address_id)
    await log.note(tx, actor.id, "address_made_default", client)


def _fields(row: AddressRow) -> AddressFields:
    return AddressFields(**{name: getattr(row, name) for name in AddressFields.__struct_fields__})


def _view(row: AddressRow, language: str) -> Address:
    values = {name: getattr(row, name) for name in AddressRow.__struct_fields__}
    return Address(lines=lines_of(_fields(row), language), **values)
