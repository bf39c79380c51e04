"""Types that other slices may use of the shop."""

from typing import Literal

from revivatech.kit.structs import Value

TextKind = Literal["terms", "privacy"]


class ShopSettings(Value):
    """The one row of the shop's settings."""

    name: str
    email: str | None
    phone: str | None
    address: str | None
    currency: str
    timezone: str
    language: str
    # ISO 3166 alpha-2; None: derived from the other settings (`service.country_of`).
    country: str | None = None


class ShopText(Value):
    """A text of the shop's own, in one language; `version` names exactly these words."""

    kind: TextKind
    language: str
    version: str
    text: str
