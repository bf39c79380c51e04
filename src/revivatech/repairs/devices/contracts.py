"""Types that others may use of devices."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from revivatech.kit.errors import Conflict
from revivatech.kit.structs import Json, Value

# More than a school's cupboard holds.
MOST = 200


class DeviceFields(Value):
    """A device as it is typed; the IMEI with whatever stands between its digits."""

    device_type: str
    brand: str
    model: str = ""
    serial_number: str = ""
    imei: str = ""
    purchase_date: date | None = None
    warranty_expires: date | None = None
    notes: str = ""


class Device(Json):
    """A customer's device; one that was deleted stays readable, as `isActive: false`, while it has repairs."""

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

    @property
    def name(self) -> str:
        """Its name: brand and model."""
        return f"{self.brand} {self.model}".strip() or self.device_type

    def fields(self) -> DeviceFields:
        """Return the device as a form would hold it."""
        return DeviceFields(
            self.device_type,
            self.brand,
            self.model,
            self.serial_number or "",
            self.imei or "",
            self.purchase_date,
            self.warranty_expires,
            self.notes or "",
        )


class TooManyDevices(Conflict):
    """The customer has as many as are kept."""

    code: ClassVar[str] = "too_many_devices"


class DeviceChanged(Conflict):
    """The device is no longer as it was seen; `current` in the answer is how it is."""

    code: ClassVar[str] = "version_conflict"
