"""The table customer_devices as its customers keep it, and a device's repairs."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import LiteralString
from uuid import UUID

from revivatech.db import (
    Reader,
    Transaction,
    execute,
    fetch_all,
    fetch_one,
    fetch_value,
    fetch_values,
    joined,
    one_changed,
)
from revivatech.kit.structs import Value
from revivatech.repairs.devices.contracts import DeviceFields
from revivatech.repairs.queries.rows import COLUMNS as REPAIR_COLUMNS
from revivatech.repairs.queries.rows import RepairRow
from revivatech.repairs.queries.search import MARKED


class DeviceRow(Value):
    """A device as it is stored."""

    id: UUID
    device_type: str
    brand: str
    model: str
    serial_number: str | None
    imei: str | None
    purchase_date: date | None
    warranty_expires: date | None
    notes: str | None
    is_active: bool
    version: int
    created_at: datetime
    updated_at: datetime


COLUMNS: LiteralString = """
  id, device_type, brand, model, serial_number, imei, purchase_date, warranty_expires, notes, is_active, version,
  created_at, updated_at
"""
ACTIVE = joined(
    "SELECT",
    COLUMNS,
    "FROM customer_devices WHERE customer_id = %s AND is_active ORDER BY created_at DESC, id DESC LIMIT %s",
)


class OwnedDeviceRow(DeviceRow):
    """The same, and whose it is."""

    customer_id: UUID


# Found first and put in order then: in one step the newest rows would be looked through for a number like it, a tenth
# of a second of them.
MARKED_IDS = joined(
    "WITH marked AS MATERIALIZED (SELECT id FROM customer_devices WHERE",
    MARKED,
    ") SELECT id FROM marked ORDER BY id DESC LIMIT %(limit)s",
)
MARKED_ACTIVE = joined(
    "WITH marked AS MATERIALIZED (SELECT * FROM customer_devices WHERE is_active AND",
    MARKED,
    ") SELECT",
    COLUMNS,
    ", customer_id FROM marked ORDER BY created_at DESC, id DESC LIMIT %(limit)s",
)
ONE = joined("SELECT", COLUMNS, "FROM customer_devices WHERE id = %s AND customer_id = %s")
ONE_LOCKED = joined(ONE, "FOR UPDATE")
ADD = joined(
    """
    INSERT INTO customer_devices
      (customer_id, device_type, brand, model, serial_number, imei, purchase_date, warranty_expires, notes)
    VALUES (%(customer_id)s, %(device_type)s, %(brand)s, %(model)s, nullif(%(serial_number)s, ''),
      nullif(%(imei)s, ''), %(purchase_date)s, %(warranty_expires)s, nullif(%(notes)s, ''))
    RETURNING
    """,
    COLUMNS,
)
CHANGE = joined(
    """
    UPDATE customer_devices SET device_type = %(device_type)s, brand = %(brand)s, model = %(model)s,
      serial_number = nullif(%(serial_number)s, ''), imei = nullif(%(imei)s, ''), purchase_date = %(purchase_date)s,
      warranty_expires = %(warranty_expires)s, notes = nullif(%(notes)s, ''), version = version + 1
    WHERE id = %(id)s AND customer_id = %(customer_id)s
    RETURNING
    """,
    COLUMNS,
)
REPAIRS = joined(
    "SELECT",
    REPAIR_COLUMNS,
    "FROM repairs WHERE customer_id = %s AND device_id = %s ORDER BY created_at DESC, id DESC LIMIT %s",
)


async def devices(reader: Reader, customer_id: UUID, limit: int) -> list[DeviceRow]:
    """At most `limit` devices of that customer that were not deleted, the newest first."""
    return await fetch_all(reader, DeviceRow, ACTIVE, [customer_id, limit])


async def marked_ids(reader: Reader, patterns: Mapping[str, str | None], limit: int) -> list[UUID]:
    """At most `limit` devices, deleted ones too, whoever's, whose number is like `marks.patterns_of`."""
    return await fetch_values(reader, MARKED_IDS, {**patterns, "limit": limit})


async def marked(reader: Reader, patterns: Mapping[str, str | None], limit: int) -> list[OwnedDeviceRow]:
    """Those of them that were not deleted, the newest first."""
    return await fetch_all(reader, OwnedDeviceRow, MARKED_ACTIVE, {**patterns, "limit": limit})


async def device(reader: Reader, customer_id: UUID, device_id: UUID) -> DeviceRow | None:
    """That device if it is that customer's."""
    return await fetch_one(reader, DeviceRow, ONE, [device_id, customer_id])


async def device_locked(tx: Transaction, customer_id: UUID, device_id: UUID) -> DeviceRow | None:
    """The same, held until the commit."""
    return await fetch_one(tx, DeviceRow, ONE_LOCKED, [device_id, customer_id])


async def repairs_of(reader: Reader, customer_id: UUID, device_id: UUID, limit: int) -> list[RepairRow]:
    """At most `limit` repairs that the customer's device has had, the newest first."""
    return await fetch_all(reader, RepairRow, REPAIRS, [customer_id, device_id, limit])


async def count_alone(tx: Transaction, customer_id: UUID) -> int:
    """Return how many devices that customer has; until the commit nobody else counts in order to add one."""
    await execute(tx, "SELECT pg_advisory_xact_lock(hashtextextended('devices:' || %s, 0))", [str(customer_id)])
    return int(
        await fetch_value(
            tx, "SELECT count(*) FROM customer_devices WHERE customer_id = %s AND is_active", [customer_id]
        )
    )


async def add(tx: Transaction, customer_id: UUID, fields: DeviceFields) -> DeviceRow:
    """The new device."""
    row = await fetch_one(tx, DeviceRow, ADD, _columns(fields) | {"customer_id": customer_id})
    if row is None:  # An INSERT that does not fail returns its row.
        raise LookupError("no row of an insert")
    return row


async def change(tx: Transaction, customer_id: UUID, device_id: UUID, fields: DeviceFields) -> DeviceRow | None:
    """The device as it now is."""
    return await fetch_one(tx, DeviceRow, CHANGE, _columns(fields) | {"customer_id": customer_id, "id": device_id})


async def has_repairs(reader: Reader, customer_id: UUID, device_id: UUID) -> bool:
    """Return whether the device was ever here."""
    return bool(
        await fetch_value(
            reader,
            "SELECT EXISTS (SELECT FROM repairs WHERE customer_id = %s AND device_id = %s)",
            [customer_id, device_id],
        )
    )


async def put_away(tx: Transaction, customer_id: UUID, device_id: UUID) -> bool:
    """Return whether there is such a device; it is no longer among the customer's."""
    return await one_changed(
        tx,
        "UPDATE customer_devices SET is_active = false, version = version + 1 WHERE id = %s AND customer_id = %s",
        [device_id, customer_id],
    )


async def remove(tx: Transaction, customer_id: UUID, device_id: UUID) -> bool:
    """Return whether there was such a device; it is gone. No repair may hang on it."""
    return await one_changed(
        tx, "DELETE FROM customer_devices WHERE id = %s AND customer_id = %s", [device_id, customer_id]
    )


def _columns(fields: DeviceFields) -> dict[str, object]:
    return {name: getattr(fields, name) for name in DeviceFields.__struct_fields__}
