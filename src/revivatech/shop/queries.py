"""The table shop_settings."""

from revivatech.db import Reader, Transaction, execute, fetch_one
from revivatech.shop.contracts import ShopSettings


async def settings(reader: Reader) -> ShopSettings | None:
    """The shop's settings."""
    return await fetch_one(
        reader, ShopSettings, "SELECT name, email, phone, address, currency, timezone, language FROM shop_settings"
    )


async def write_settings(tx: Transaction, shop: ShopSettings) -> None:
    """Replace the shop's settings."""
    await execute(
        tx,
        """
        UPDATE shop_settings SET name = %(name)s, email = %(email)s, phone = %(phone)s, address = %(address)s,
          currency = %(currency)s, timezone = %(timezone)s, language = %(language)s
        """,
        {field: getattr(shop, field) for field in ShopSettings.__struct_fields__},
    )
