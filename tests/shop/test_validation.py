"""The shop's settings: tidied, stored whole, or refused by the field."""

import pytest
from msgspec import structs

from revivatech.db import Database
from revivatech.kit.errors import InvalidInput
from revivatech.shop import service as shop
from revivatech.shop.contracts import ShopSettings

pytestmark = pytest.mark.anyio

SHOP = ShopSettings(
    "Lantern Repair", "hello@lantern.example", "+353 20 915 0140", "14 Lantern Quay", "EUR", "Europe/Dublin", "en"
)


async def test_settings_are_stored_as_they_are_read(db: Database) -> None:
    """On one line each, and what is empty is none."""
    async with db.transaction() as tx:
        stored = await shop.change(tx, structs.replace(SHOP, name=" Lantern\r\nRepair ", phone=" ", currency="eur"))
    async with db.read() as reader:
        assert stored == structs.replace(SHOP, phone=None) == await shop.current(reader)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", " "),
        ("name", "x" * 101),
        ("email", "hello"),
        ("email", "a@x.example\nBcc: eve@evil.example"),
        ("email", "Hello <a@x.example>"),
        ("email", "olá@x.example"),
        ("phone", "1" * 33),
        ("address", "x" * 201),
        ("currency", "EURO"),
        ("timezone", "Dublin"),
        ("timezone", "../etc/passwd"),
        ("language", "de"),
        ("country", "IRL"),
        ("country", "XX"),
    ],
)
async def test_what_cannot_be_is_refused_by_its_field(db: Database, field: str, value: str) -> None:
    """Nothing of it is stored."""
    async with db.read() as reader:
        before = await shop.current(reader)
    with pytest.raises(InvalidInput) as refusal:
        async with db.transaction() as tx:
            await shop.change(tx, structs.replace(SHOP, **{field: value}))

    async with db.read() as reader:
        assert before == await shop.current(reader)
    assert [error.field for error in refusal.value.errors] == [field]
