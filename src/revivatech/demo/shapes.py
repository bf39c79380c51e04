"""Shapes of the demo's data. Days are days on which the shop is open; times are the shop's wall clock."""

from decimal import Decimal

from revivatech.accounts.profile.addresses.contracts import AddressFields
from revivatech.kit.actor import Role
from revivatech.kit.structs import Value
from revivatech.repairs.contracts import Priority


class FromToday(Value):
    """A due day reckoned from the present one: 0 is today, or the next day on which the shop opens."""

    days: int


class Device(Value):
    """A device; the same one comes back for another repair."""

    kind: str
    brand: str
    model: str
    serial: str | None = None
    imei: str | None = None


class Step(Value):
    """A step, so many open days after the intake: a stage, or a note where the stage stays as it was.

    `by` is a colleague's key in `data.STAFF`, or "customer". `due` is the new estimate.
    """

    day: int
    time: str
    stage: str
    by: str
    note: str | None = None
    inside: str | None = None
    due: int | FromToday | None = None


class Repair(Value):
    """A repair: taken in `ago` open days before the last finished one, and what became of it."""

    device: Device
    issue: str
    ago: int
    time: str
    steps: tuple[Step, ...] = ()
    technician: str | None = "tom"
    due: int | FromToday | None = None
    priority: Priority = "normal"
    kind: str = "repair"
    labor: str | None = None
    parts: str | None = None
    warranty: int = 6
    note: str | None = None
    inside: str | None = None

    @property
    def costs(self) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
        """Parts, labour and their sum."""
        parts = Decimal(self.parts) if self.parts else None
        labor = Decimal(self.labor) if self.labor else None
        return parts, labor, None if parts is None and labor is None else (parts or Decimal()) + (labor or Decimal())


class Person(Value):
    """A customer with their repairs, oldest first; the last `unread` of what they were told is still unread."""

    email: str | None
    first_name: str
    last_name: str
    phone: str
    repairs: tuple[Repair, ...]
    language: str = "en"
    is_organisation: bool = False
    has_password: bool = False
    unread: int = 0
    # The first is the default.
    addresses: tuple[AddressFields, ...] = ()


class Colleague(Value):
    """A member of the shop's staff."""

    email: str
    first_name: str
    last_name: str
    role: Role
    language: str = "en"
    has_password: bool = False
