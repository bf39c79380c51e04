"""A customer's devices as the desk sees them: to choose from at the counter, and written down there."""

from uuid import UUID

from msgspec import structs

from revivatech.accounts import service as accounts
from revivatech.accounts.service import Permission
from revivatech.db import Reader, Transaction
from revivatech.kit.actor import StaffActor
from revivatech.kit.errors import FieldError, InvalidInput
from revivatech.kit.i18n import marked
from revivatech.kit.spreadsheets import ShortenedNumberError
from revivatech.repairs import views
from revivatech.repairs.contracts import NewRepair, Repair, StaffRepair
from revivatech.repairs.device_numbers import Imei, imei_of, serial_of
from revivatech.repairs.device_search import mark_of, patterns_of
from revivatech.repairs.devices import queries
from revivatech.repairs.devices.contracts import MOST, Device, DeviceFields
from revivatech.repairs.devices.service import view
from revivatech.repairs.devices.validation import checked
from revivatech.repairs.reference_data import Labels

# As many earlier repairs of a device as its next one looks at.
MOST_EARLIER = 20
# As the fields of an intake are called, in the API and on the page.
NAMES = {"deviceType": "deviceType", "brand": "deviceBrand", "model": "deviceModel"}


async def devices_at_desk(reader: Reader, actor: StaffActor, customer_id: UUID) -> list[Device]:
    """The customer's devices that were not deleted, the newest first. Raises NotAllowed."""
    accounts.require(actor, Permission.READ_CUSTOMERS)
    return [view(row) for row in await queries.devices(reader, customer_id, MOST)]


async def find_device(reader: Reader, actor: StaffActor, text: str, *, limit: int) -> list[tuple[UUID, Device]]:
    """At most `limit` devices whose serial number or IMEI begins with the text, each with its customer; newest first.

    None where the text is no such number. Raises NotAllowed.
    """
    accounts.require(actor, Permission.READ_CUSTOMERS)
    if not (mark := mark_of(text)):
        return []
    return [(row.customer_id, view(row)) for row in await queries.marked(reader, patterns_of(mark), limit)]


async def device_of_repair(reader: Reader, labels: Labels, one: StaffRepair) -> tuple[Device | None, list[Repair]]:
    """The device of a repair, a deleted one too, and what it was here for besides, the newest first; a part.

    None and nothing where the repair names no device of its customer.
    """
    device_id = one.repair.device_id
    row = await queries.device(reader, one.customer_id, device_id) if device_id else None
    if row is None:
        return None, []
    rows = await queries.repairs_of(reader, one.customer_id, row.id, MOST_EARLIER)
    return view(row), [views.repair(other, labels) for other in rows if other.id != one.repair.id]


async def with_device(tx: Transaction, customer_id: UUID, new: NewRepair, language: str) -> NewRepair:
    """The intake with its device: the chosen one and what is known of it, or a new one written down; a part.

    Another customer's device and one that was deleted are the same as none: InvalidInput names `deviceId`.
    """
    if new.device_id is not None:
        row = await queries.device_locked(tx, customer_id, new.device_id)
        if row is None or not row.is_active:
            problem = marked("This customer has no such device.")
            raise InvalidInput("The device is unknown.", errors=[FieldError("deviceId", problem)])
        return structs.replace(new, device_type=row.device_type, device_brand=row.brand, device_model=row.model)
    if not (new.keeps_device or _is_numbered(new)):
        return new
    given = DeviceFields(new.device_type, new.device_brand, new.device_model, new.serial_number, new.imei)
    try:
        fields = checked(given, language)
    except InvalidInput as refusal:
        errors = [FieldError(NAMES.get(one.field, one.field), one.message) for one in refusal.errors]
        raise InvalidInput(refusal.detail, errors=errors) from None
    if await queries.count_alone(tx, customer_id) >= MOST:
        return new
    return structs.replace(new, device_id=(await queries.add(tx, customer_id, fields)).id)


def wrong_numbers(serial_number: str, imei: str, language: str) -> list[FieldError]:
    """Return what is wrong with a device's numbers, in that language, naming `serialNumber` and `imei`."""
    try:
        checked(DeviceFields("other", "-", "", serial_number, imei), language)
    except InvalidInput as refusal:
        return list(refusal.errors)
    return []


def _is_numbered(new: NewRepair) -> bool:
    """Return whether the intake names its device by a number; N/A and the like are none, a wrong one is one."""
    try:
        return bool(serial_of(new.serial_number)) or imei_of(new.imei) != Imei()
    except ShortenedNumberError:
        return True
