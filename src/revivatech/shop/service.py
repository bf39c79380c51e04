"""Reading and changing what the shop is."""

import time

import anyio

from revivatech.db import Database, Reader, Transaction
from revivatech.shop import queries
from revivatech.shop.contracts import ShopSettings
from revivatech.shop.country_profiles import CountryProfile, profile_of_country
from revivatech.shop.region import region_of
from revivatech.shop.texts import DEFAULT_VERSION, replace, terms_version, withdraw
from revivatech.shop.validation import checked

__all__ = [
    "DEFAULT_VERSION",
    "CountryProfile",
    "Shop",
    "change",
    "country",
    "country_profile",
    "country_profile_of",
    "current",
    "region_of",
    "replace",
    "terms_version",
    "withdraw",
]

# Each page shows the shop's name: one read in ten seconds serves them all.
FRESH_SECONDS = 10.0


class Shop:
    """The shop's settings as one process knows them."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._known: ShopSettings | None = None
        self._until = 0.0
        # The shop's country (ISO 3166), once the settings were read.
        self.country: str | None = None

    async def settings(self) -> ShopSettings:
        """The settings, at most ten seconds old."""
        if self._known is None or time.monotonic() > self._until:
            async with self._db.read() as reader:
                self._known = await current(reader)
            # In a thread: the first time it may load the numbers of all countries.
            self.country = await anyio.to_thread.run_sync(region_of, self._known)
            self._until = time.monotonic() + FRESH_SECONDS
        return self._known


async def current(reader: Reader) -> ShopSettings:
    """The settings as they stand now."""
    shop = await queries.settings(reader)
    if shop is None:  # The first migration inserts the row and nothing deletes it.
        raise LookupError("shop_settings has no row")
    return shop


async def change(tx: Transaction, shop: ShopSettings) -> ShopSettings:
    """Replace the settings; what is stored comes back. Raises InvalidInput naming each wrong field."""
    stored = checked(shop)
    await queries.write_settings(tx, stored)
    return stored


async def country(reader: Reader) -> str | None:
    """Return the shop's country (ISO 3166), set or derived."""
    return await anyio.to_thread.run_sync(region_of, await current(reader))


async def country_profile(reader: Reader) -> CountryProfile:
    """Return the profile of the shop's country."""
    return await country_profile_of(await current(reader))


async def country_profile_of(shop: ShopSettings) -> CountryProfile:
    """Return the profile of the country of a shop whose settings are known."""
    # In a thread: the numbers of all countries take 50 ms to load where the country has to be derived.
    return profile_of_country(await anyio.to_thread.run_sync(region_of, shop))
