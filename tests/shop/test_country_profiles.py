"""The law that a shop's customers read is that of the shop's country."""

import pytest
from msgspec import structs

from revivatech.shop.contracts import ShopSettings
from revivatech.shop.country_profiles import PROFILES, UNKNOWN_YEARS
from revivatech.shop.service import country_profile_of

pytestmark = pytest.mark.anyio

GALWAY = ShopSettings("Lantern Repair", None, "+353 20 915 0140", None, "EUR", "Europe/Dublin", "en")
MARKS = {"IE": "Taxes Consolidation Act", "DE": "§ 147 AO", "PT": "Código do IVA", "BR": "CTN"}


@pytest.mark.parametrize(
    ("changes", "country"),
    [
        ({}, "IE"),
        ({"phone": None}, "IE"),
        ({"country": "DE"}, "DE"),
        ({"phone": "+351 912 345 678", "timezone": "Europe/Lisbon", "language": "pt-BR"}, "PT"),
        ({"phone": None, "timezone": "America/Sao_Paulo", "language": "pt-BR"}, "BR"),
    ],
)
async def test_the_country_that_is_set_or_derived_decides(changes: dict[str, str | None], country: str) -> None:
    """A shop in Galway cites Irish law, and no word of another country's."""
    profile = await country_profile_of(structs.replace(GALWAY, **changes))

    assert profile == PROFILES[country]
    cited = " ".join(getattr(profile, field) for field in profile.__struct_fields__ if field != "invoice_years")
    assert [mark for mark in MARKS.values() if mark in cited] == [MARKS[country]]
    assert profile.authority_url.startswith("https://")
    assert ("LGPD" in cited) is (country == "BR")
    assert ("GDPR" in cited) is (country != "BR")


@pytest.mark.parametrize(("country", "is_gdpr"), [("FR", True), ("NO", True), ("US", False), ("AO", False)])
async def test_a_country_without_a_profile_cites_no_national_law(country: str, is_gdpr: bool) -> None:
    """The longest period holds; the GDPR is cited where it applies."""
    profile = await country_profile_of(structs.replace(GALWAY, country=country))

    assert profile.invoice_years == UNKNOWN_YEARS == max(one.invoice_years for one in PROFILES.values())
    assert (profile.invoice_source, profile.warranty_source, profile.authority) == ("", "", "")
    assert profile.contract.startswith("GDPR") is is_gdpr
