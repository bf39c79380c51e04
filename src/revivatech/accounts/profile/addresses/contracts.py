"""Types that others may use of addresses."""

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from revivatech.kit.errors import Conflict
from revivatech.kit.structs import Json, Value

AddressType = Literal["home", "work", "other"]
TYPES: tuple[AddressType, ...] = ("home", "work", "other")
# More than anybody keeps by hand.
MOST = 20


class AddressFields(Value):
    """An address as it is typed; `country` is an ISO 3166 code, `state` a name or the country's own short form."""

    type: AddressType = "home"
    label: str = ""
    street_address: str = ""
    apartment: str = ""
    district: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    country: str = ""


class Address(Json):
    """A customer's address; what its country does not use is empty. `lines` are how that country writes it."""

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
    lines: list[str]
    is_default: bool
    version: int
    created_at: datetime
    updated_at: datetime


class TooManyAddresses(Conflict):
    """The customer has as many as are kept."""

    code: ClassVar[str] = "too_many_addresses"


class AddressChanged(Conflict):
    """The address is no longer as it was seen; `current` in the answer is how it is."""

    code: ClassVar[str] = "version_conflict"


class DefaultStays(Conflict):
    """One address is always the default: another one is made it, this one is not unmade."""

    code: ClassVar[str] = "default_stays"
