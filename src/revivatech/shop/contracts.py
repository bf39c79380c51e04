"""What others may know of the shop."""

from revivatech.kit.structs import Value


class ShopSettings(Value):
    """The one row of the shop's settings."""

    name: str
    email: str | None
    phone: str | None
    address: str | None
    currency: str
    timezone: str
    language: str
