"""Each country's rules: readable for every one, and right for those that are looked at here."""

import pytest

from revivatech.accounts.profile.addresses.contracts import AddressFields
from revivatech.accounts.profile.addresses.forms import (
    countries_of,
    empty,
    fields_of,
    guessed_country,
)
from revivatech.accounts.profile.addresses.rules import (
    checked,
    countries,
    known_countries,
    lines_of,
    rules_of,
)
from revivatech.kit.errors import InvalidInput
from revivatech.kit.i18n import LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_country_has_a_form(language: str) -> None:
    """Each is named, asks for a street, requires nothing that it does not ask for, and labels every field."""
    assert len(known_countries()) > 240
    assert all(name for _, name in countries_of(language))
    for country in known_countries():
        rules = rules_of(country)
        rows = fields_of(empty(country), language)
        asked = {field.name for row in rows for field in row}

        assert {"streetAddress", "apartment"} <= asked, country
        assert all(rules.uses(part) for part in rules.required), country
        assert all(field.label for row in rows for field in row), country


def test_every_state_has_rules_of_its_own() -> None:
    """No state of any country breaks the question for its postal codes."""
    states = [(country, key) for country in known_countries() for key, _ in rules_of(country).states]

    assert len(states) > 1000
    assert all(rules_of(country, key).country == country for country, key in states)


@pytest.mark.parametrize(
    ("given", "lines"),
    [
        (
            AddressFields(
                street_address="1600 Main St", city="Austin", state="texas", postal_code="78701", country="us"
            ),
            ["1600 Main St", "Austin, TX 78701", "United States"],
        ),
        (
            AddressFields(street_address="14 Quay", apartment="Flat 2", city="Ballymara", country="IE"),
            ["14 Quay", "Flat 2", "Ballymara", "Ireland"],
        ),
        (
            AddressFields(street_address="1 High St", city="London", postal_code="ec1y 8sy", country="GB"),
            ["1 High St", "London", "EC1Y 8SY", "United Kingdom"],
        ),
        (
            AddressFields(street_address="1-1 Chiyoda", state="tokyo", postal_code="100-0001", country="JP"),
            ["〒100-0001", "東京都", "1-1 Chiyoda", "Japan"],
        ),
        (
            AddressFields(
                street_address="Bem utca 4", city="Budapest", postal_code="1027", country="HU", apartment="3"
            ),
            ["Budapest", "Bem utca 4", "3", "1027", "Hungary"],
        ),
    ],
)
def test_an_address_is_written_as_its_country_does(given: AddressFields, lines: list[str]) -> None:
    """Parts in their order, postal codes in capitals, no comma without what it divides."""
    assert lines_of(checked(given, "en"), "en") == lines


def test_what_is_wrong_is_said_in_the_readers_language() -> None:
    """With an example of the place's own postal codes."""
    given = AddressFields(street_address="x", city="Recife", state="PE", postal_code="13010-111", country="BR")

    with pytest.raises(InvalidInput) as english:
        checked(given, "en")
    with pytest.raises(InvalidInput) as portuguese:
        checked(given, "pt-BR")

    assert [error.field for error in english.value.errors] == ["postalCode"]
    assert "postal code" in english.value.errors[0].message
    assert english.value.errors[0].message != portuguese.value.errors[0].message
    assert "50" in portuguese.value.errors[0].message


def test_countries_are_sorted_as_people_look_for_them() -> None:
    """An accent does not put a name at the end."""
    names = [name for _, name in countries("pt-BR")]

    assert names.index("África do Sul") < names.index("Brasil") < names.index("Zimbábue")


@pytest.mark.parametrize(
    ("language", "timezone", "country"),
    [
        ("en", "Europe/Dublin", "IE"),
        ("pt-BR", "Europe/Lisbon", "PT"),
        ("pt-BR", "UTC", "BR"),
        ("en", "UTC", ""),
        ("en", "Nowhere/At All", ""),
    ],
)
def test_the_likely_country_comes_first(language: str, timezone: str, country: str) -> None:
    """By the zone, else by a language that has one country; nothing is guessed otherwise."""
    assert guessed_country(language, timezone) == country
