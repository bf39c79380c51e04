"""The tables shop_settings and shop_texts."""

from revivatech.db import Reader, Transaction, execute, fetch_all, fetch_one
from revivatech.shop.contracts import ShopSettings, ShopText, TextKind


async def settings(reader: Reader) -> ShopSettings | None:
    """The shop's settings."""
    return await fetch_one(
        reader,
        ShopSettings,
        "SELECT name, email, phone, address, currency, timezone, language, country FROM shop_settings",
    )


async def write_settings(tx: Transaction, shop: ShopSettings) -> None:
    """Replace the shop's settings."""
    await execute(
        tx,
        """
        UPDATE shop_settings SET name = %(name)s, email = %(email)s, phone = %(phone)s, address = %(address)s,
          currency = %(currency)s, timezone = %(timezone)s, language = %(language)s,
          country = %(country)s
        """,
        {field: getattr(shop, field) for field in ShopSettings.__struct_fields__},
    )


async def newest_texts(reader: Reader, kind: TextKind) -> list[ShopText]:
    """The text of that kind that holds in each language that has one, the shop's own language first."""
    return await fetch_all(
        reader,
        ShopText,
        """
        SELECT kind, language, version, text FROM (
          SELECT DISTINCT ON (language) kind, language, version, text FROM shop_texts
          WHERE kind = %s ORDER BY language, id DESC
        ) AS newest
        WHERE text IS NOT NULL
        ORDER BY language = (SELECT language FROM shop_settings) DESC, language
        """,
        [kind],
    )


async def add_text(tx: Transaction, kind: TextKind, language: str, version: str, text: str | None) -> None:
    """Add a version; None leaves that language to the portal's own words."""
    await execute(
        tx,
        "INSERT INTO shop_texts (kind, language, version, text) VALUES (%s, %s, %s, %s)",
        [kind, language, version, text],
    )
