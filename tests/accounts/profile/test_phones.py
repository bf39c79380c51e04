"""Telephone numbers as people write them, and whose they are without a country."""

import pytest

from revivatech.accounts.profile import phones, zones
from revivatech.shop.contracts import ShopSettings


def shop(**facts: str) -> ShopSettings:
    """A shop of which only that is known."""
    known = {"phone": None, "address": None, "timezone": "UTC", "language": "en", **facts}
    return ShopSettings(
        "Shop", None, known["phone"], known["address"], "EUR", str(known["timezone"]), str(known["language"])
    )


@pytest.mark.parametrize(
    ("text", "region", "number", "shown"),
    [
        ("912 345 678", "PT", "+351912345678", "+351 912 345 678"),
        ("+351 912-345-678", None, "+351912345678", "+351 912 345 678"),
        ("00351912345678", "PT", "+351912345678", "+351 912 345 678"),
        ("(11) 91234-5678", "BR", "+5511912345678", "+55 11 91234-5678"),
        ("087 123 4567", "IE", "+353871234567", "+353 87 123 4567"),
        ("+44 ２０ ７９４６ ００１８", "IE", "+442079460018", "+44 20 7946 0018"),
        ("  +1 212-555-0123\u00a0", None, "+12125550123", "+1 212-555-0123"),
    ],
)
def test_a_number_is_read_however_it_is_written(text: str, region: str | None, number: str, shown: str) -> None:
    """Blanks, dashes, brackets, wide digits, with its country or in that of the shop: one E.164, shown with blanks."""
    assert phones.normal(text, region) == number
    assert phones.shown(number) == shown


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "912 345 678",
        "+351 12",
        "+351 912 345 678 999 999",
        "+1 900 555 1234",
        "+44 909 879 0000",
        "tel:+353 91 123 456;ext=3",
        "+353 91 123 456 ext. 9",
        "112",
        "<script>alert(1)</script>",
        "+351 912 345 678" + "0" * 60,
        "+999 123 456 789",
        "\x00+",
    ],
)
def test_what_reaches_nobody_is_refused(text: str) -> None:
    """Too short, too long, without a country where none is known, dear services, extensions, emergencies, no number."""
    with pytest.raises(ValueError, match="telephone number"):
        phones.normal(text, None)


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
    assert phones.region_of(shop(**facts)) == region


def test_only_mobile_numbers_take_an_sms() -> None:
    """A landline, and an import's text that is no number, are never sent one."""
    assert phones.takes_sms("+351912345678")
    assert phones.takes_sms("+12125550123"), "where the country does not tell, it may be one"
    assert not phones.takes_sms("+442079460018")
    assert not phones.takes_sms("see notes")
    assert phones.shown("see notes") == "see notes"


@pytest.mark.parametrize("language", ["en", "pt-BR"])
def test_zones_are_found_by_their_city(language: str) -> None:
    """Every choice is a zone, one city a line, in the reader's language; what is stored is always among them."""
    choices = zones.choices(language, "Asia/Calcutta")

    assert len(choices) > 400
    assert len({choice.name for choice in choices}) == len(choices)
    assert all(zones.is_zone(choice.name) for choice in choices)
    cities = {choice.name: choice.city for choice in choices}
    assert cities["Europe/Lisbon"] == {"en": "Lisbon", "pt-BR": "Lisboa"}[language]
    assert "Asia/Calcutta" in cities
    assert not any(zones.is_zone(name) for name in ("", "Factory", "localtime", "../etc/passwd", "Europe/Atlantis"))


@pytest.mark.anyio
async def test_the_present_zone_alone_is_selected() -> None:
    """Whoever asks next sees nothing of it; a zone that is none, as one may have sent it, is text and no markup."""
    lisbon = await zones.options("en", "Europe/Lisbon")
    strange = await zones.options("en", '"><script>')

    assert lisbon.count(" selected>") == strange.count(" selected>") == 1
    assert '<option value="Europe/Lisbon" selected>Lisbon · Western European Time</option>' in lisbon
    assert strange.startswith('<option value="&#34;&gt;&lt;script&gt;" selected>&#34;&gt;&lt;script&gt;</option>')
    assert "<script" not in strange
    assert '<option value="Europe/Lisbon">' in strange
