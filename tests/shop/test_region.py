"""Whose telephone numbers are written to a shop without their country."""

import pytest

from revivatech.shop.contracts import ShopSettings
from revivatech.shop.region import region_of


def shop(**facts: str) -> ShopSettings:
    """A shop of which only that is known."""
    known = {"phone": None, "address": None, "timezone": "UTC", "language": "en", **facts}
    return ShopSettings(
        "Shop", None, known["phone"], known["address"], "EUR", str(known["timezone"]), str(known["language"])
    )


@pytest.mark.parametrize(
    ("facts", "region"),
    [
        ({"phone": "+353 91 123456", "timezone": "Europe/Lisbon"}, "IE"),
        ({"address": "Rua do Ouro 1, 1100 Lisboa, Portugal", "timezone": "Europe/Dublin"}, "PT"),
        ({"address": "Rua Augusta 1\nSão Paulo\nBrasil", "language": "pt-BR"}, "BR"),
        ({"address": "14 Lantern Quay, Ballymara", "timezone": "Europe/Dublin"}, "IE"),
        ({"language": "pt-BR"}, "BR"),
        ({}, None),
    ],
)
def test_the_shop_tells_whose_numbers_need_no_country(facts: dict[str, str], region: str | None) -> None:
    """Its own number, the end of its address, its zone, its language: the first that tells."""
    assert region_of(shop(**facts)) == region
