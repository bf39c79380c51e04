"""The table customer_addresses."""

from datetime import datetime
from typing import LiteralString
from uuid import UUID

from msgspec import structs

from revivatech.accounts.profile.addresses.contracts import AddressFields, AddressType
from revivatech.db import Reader, Transaction, execute, fetch_all, fetch_one, fetch_value, joined
from revivatech.kit.structs import Value


class AddressRow(Value):
    """An address as it is stored."""

    id: UUID
    type: AddressType
    label: str
    street_address: str
    apartment: str
    district: str
    city: str
    state: str
    postal_code: str
    country: str
    is_default: bool
    version: int
    created_at: datetime
    updated_at: datetime


COLUMNS: LiteralString = """
  id, type, label, street_address, apartment, district, city, state, postal_code, country, is_default, version,
  created_at, updated_at
"""
ALL = joined(
    "SELECT",
    COLUMNS,
    "FROM customer_addresses WHERE customer_id = %s ORDER BY is_default DESC, created_at DESC, id",
)
ONE = joined("SELECT", COLUMNS, "FROM customer_addresses WHERE id = %s AND customer_id = %s")
ADD = joined(
    """
    INSERT INTO customer_addresses
      (customer_id, type, label, street_address, apartment, district, city, state, postal_code, country, is_default)
    VALUES (%(customer_id)s, %(type)s, %(label)s, %(street_address)s, %(apartment)s, %(district)s, %(city)s,
      %(state)s, %(postal_code)s, %(country)s, %(is_default)s)
    RETURNING
    """,
    COLUMNS,
)
CHANGE = joined(
    """
    UPDATE customer_addresses SET type = %(type)s, label = %(label)s, street_address = %(street_address)s,
      apartment = %(apartment)s, district = %(district)s, city = %(city)s, state = %(state)s,
      postal_code = %(postal_code)s, country = %(country)s, version = version + 1
    WHERE id = %(id)s AND customer_id = %(customer_id)s AND version = %(version)s
    RETURNING
    """,
    COLUMNS,
)


async def lock_customer(tx: Transaction, customer_id: UUID) -> None:
    """Until the commit no other change to this customer's addresses begins: which is the default is decided by one."""
    await fetch_value(tx, "SELECT 1 FROM customers WHERE id = %s FOR NO KEY UPDATE", [customer_id])


async def addresses(reader: Reader, customer_id: UUID) -> list[AddressRow]:
    """That customer's addresses, the default first, then the newest."""
    return await fetch_all(reader, AddressRow, ALL, [customer_id])


async def address(reader: Reader, customer_id: UUID, address_id: UUID) -> AddressRow | None:
    """That address if it is that customer's."""
    return await fetch_one(reader, AddressRow, ONE, [address_id, customer_id])


async def count(reader: Reader, customer_id: UUID) -> int:
    """Return how many addresses that customer has."""
    return int(
        await fetch_value(reader, "SELECT count(*) FROM customer_addresses WHERE customer_id = %s", [customer_id])
    )


async def add(tx: Transaction, customer_id: UUID, fields: AddressFields, *, is_default: bool) -> AddressRow:
    """The new address."""
    row = await fetch_one(
        tx, AddressRow, ADD, {**structs.asdict(fields), "customer_id": customer_id, "is_default": is_default}
    )
    if row is None:  # An INSERT that does not fail returns its row.
        raise LookupError("no row of an insert")
    return row


async def change(
    tx: Transaction, customer_id: UUID, address_id: UUID, version: int, fields: AddressFields
) -> AddressRow | None:
    """The address as it now is; None where that version of it is not there."""
    parameters = {**structs.asdict(fields), "id": address_id, "customer_id": customer_id, "version": version}
    return await fetch_one(tx, AddressRow, CHANGE, parameters)


async def remove(tx: Transaction, customer_id: UUID, address_id: UUID) -> AddressRow | None:
    """The address that was there and is no more."""
    statement = joined("DELETE FROM customer_addresses WHERE id = %s AND customer_id = %s RETURNING", COLUMNS)
    return await fetch_one(tx, AddressRow, statement, [address_id, customer_id])


async def clear_default(tx: Transaction, customer_id: UUID) -> None:
    """No address of that customer is the default, for as long as the transaction takes to name one."""
    await execute(
        tx, "UPDATE customer_addresses SET is_default = false WHERE customer_id = %s AND is_default", [customer_id]
    )


async def set_default(tx: Transaction, customer_id: UUID, address_id: UUID) -> None:
    """That address is the default; another must not be."""
    await execute(
        tx,
        "UPDATE customer_addresses SET is_default = true WHERE id = %s AND customer_id = %s",
        [address_id, customer_id],
    )


async def newest(reader: Reader, customer_id: UUID) -> UUID | None:
    """The address that was added last."""
    address_id: UUID | None = await fetch_value(
        reader,
        "SELECT id FROM customer_addresses WHERE customer_id = %s ORDER BY created_at DESC, id DESC LIMIT 1",
        [customer_id],
    )
    return address_id
