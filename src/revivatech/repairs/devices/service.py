"""The verbs of a customer's devices."""

from uuid import UUID

import msgspec

from revivatech.accounts import service as accounts
from revivatech.accounts.contracts import Client
from revivatech.db import Database, Reader, Transaction
from revivatech.idempotency import service as idempotency
from revivatech.kit.actor import CustomerActor
from revivatech.kit.errors import NotFound
from revivatech.repairs import views
from revivatech.repairs.contracts import Repair
from revivatech.repairs.devices import queries
from revivatech.repairs.devices.contracts import MOST, Device, DeviceChanged, DeviceFields, TooManyDevices
from revivatech.repairs.devices.queries import DeviceRow
from revivatech.repairs.devices.validation import checked
from revivatech.repairs.reference_data import Labels

# As many of one device's repairs as its page shows; more than any device has had.
MOST_REPAIRS = 100


async def devices(reader: Reader, actor: CustomerActor) -> list[Device]:
    """The customer's devices, the newest first; those that were deleted are not among them."""
    return [view(row) for row in await queries.devices(reader, actor.id, MOST)]


async def device(reader: Reader, actor: CustomerActor, device_id: UUID) -> Device:
    """One of the customer's devices, a deleted one too if it has repairs. Raises NotFound."""
    row = await queries.device(reader, actor.id, device_id)
    if row is None:
        raise NotFound
    return view(row)


async def kept_device(reader: Reader, actor: CustomerActor, device_id: UUID) -> Device:
    """One of the customer's devices that was not deleted. Raises NotFound."""
    found = await device(reader, actor, device_id)
    if not found.is_active:
        raise NotFound
    return found


async def repairs_of(reader: Reader, actor: CustomerActor, labels: Labels, device_id: UUID) -> list[Repair]:
    """The repairs that the customer's device has had, the newest first."""
    rows = await queries.repairs_of(reader, actor.id, device_id, MOST_REPAIRS)
    return [views.repair(row, labels) for row in rows]


async def add(
    db: Database, actor: CustomerActor, given: DeviceFields, language: str, client: Client, *, key: str | None = None
) -> Device:
    """The new device, or the one that the same request under that key has made.

    Raises InvalidInput naming fields, TooManyDevices, KeyReused, and NotFound for what was made and is gone again.
    Nothing is looked up by its serial number or IMEI: two people may have typed the same, and neither learns of it.
    """
    fields = checked(given, language)
    asked = idempotency.Once.of("device", key, given)
    async with db.transaction() as tx:
        present = await queries.count_alone(tx, actor.id)
        if made := await idempotency.made_before(tx, actor.id, asked):
            return await device(tx, actor, made)
        if present >= MOST:
            raise TooManyDevices(f"At most {MOST} devices are kept. Delete one first.")
        added = view(await queries.add(tx, actor.id, fields))
        await idempotency.note(tx, actor.id, asked, added.id)
        await accounts.note_activity(tx, actor.id, "device_added", client, device=added.name)
    return added


async def change(
    db: Database,
    actor: CustomerActor,
    device_id: UUID,
    version: int,
    given: DeviceFields,
    language: str,
    client: Client,
) -> Device:
    """The device with these fields. Raises NotFound, InvalidInput, and DeviceChanged where somebody was faster."""
    async with db.transaction() as tx:
        before = view(row := await _own(tx, actor, device_id))
        fields = checked(given, language, before.fields())
        if before.version != version:
            raise DeviceChanged(
                "The device has been changed since. Look at it, then save again.",
                extra={"current": msgspec.to_builtins(before)},
            )
        if fields == before.fields():
            return before
        after = view(await queries.change(tx, actor.id, device_id, fields) or row)
        await accounts.note_activity(tx, actor.id, "device_changed", client, device=after.name)
    return after


async def remove(db: Database, actor: CustomerActor, device_id: UUID, client: Client) -> None:
    """The device is gone, or put away where repairs tell of it. Raises NotFound."""
    async with db.transaction() as tx:
        gone = view(await _own(tx, actor, device_id))
        if await queries.has_repairs(tx, actor.id, device_id):
            await queries.put_away(tx, actor.id, device_id)
        else:
            await queries.remove(tx, actor.id, device_id)
        await accounts.note_activity(tx, actor.id, "device_removed", client, device=gone.name)


async def _own(tx: Transaction, actor: CustomerActor, device_id: UUID) -> DeviceRow:
    """The customer's device, held until the commit. Raises NotFound for another's, none, and one that was deleted."""
    row = await queries.device_locked(tx, actor.id, device_id)
    if row is None or not row.is_active:
        raise NotFound
    return row


def view(row: DeviceRow) -> Device:
    """The device as others see it."""
    return Device(**{name: getattr(row, name) for name in DeviceRow.__struct_fields__})
