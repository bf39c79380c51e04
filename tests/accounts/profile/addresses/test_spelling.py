"""Postal codes and states are read as people write them, and kept as their country writes them (C26)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from revivatech.accounts.profile.addresses import spelling
from revivatech.accounts.profile.addresses.contracts import AddressFields
from revivatech.accounts.profile.addresses.rules import checked, known_countries, rules_of


def read(country: str, text: str) -> str:
    """The code as it would be kept."""
    rules = rules_of(country)
    return spelling.postal_code(text, country, rules.postal_patterns[0], rules.postal_examples, rules.postal_prefix)


@pytest.mark.parametrize(
    ("country", "typed", "kept"),
    [
        ("IN", "110 001", "110001"),
        ("PT", "1100061", "1100-061"),
        ("PT", "P-1100 061", "1100-061"),
        ("PL", "00950", "00-950"),
        ("BR", "01.310-100", "01310-100"),
        ("BR", "01310100", "01310-100"),
        ("LU", "L-1234", "1234"),
        ("DE", "D-10115", "10115"),
        ("AT", "A 1010", "1010"),
        ("CH", "CH-8001", "8001"),
        ("LV", "1010", "LV-1010"),
        ("LV", "lv 1010", "LV-1010"),
        ("CA", "K1A-0B1", "K1A 0B1"),
        ("CA", "k1a0b1", "K1A 0B1"),
        ("JP", "〒100-0001", "100-0001"),
        ("JP", "１００ー０００１", "100-0001"),
        ("GB", "sw1a1aa", "SW1A 1AA"),
        ("GB", "m11ae", "M1 1AE"),
        ("GB", "BFPO 57", "BFPO 57"),
        ("IE", "d02x285", "D02 X285"),
        ("NL", "NL-1234ab", "1234 AB"),
        ("SE", "SE-11455", "114 55"),
        ("CZ", "10000", "100 00"),
        ("GR", "15124", "151 24"),
        ("US", "95014 1010", "95014-1010"),
        ("MT", "nxr01", "NXR 01"),
        ("MT", "VCT1753", "VCT 1753"),
        ("AD", "100", "AD100"),
        ("BM", "hm12", "HM 12"),
        ("PE", "Lima9", "LIMA 9"),
        ("KY", "ky11100", "KY1-1100"),
        ("SV", "1101", "CP 1101"),
        ("FR", "F-75 001", "75001"),
    ],
)
def test_c26_a_postal_code_is_kept_as_its_country_writes_it(country: str, typed: str, kept: str) -> None:
    """Blanks, dashes, dots, capitals, wide digits and the country's own sign are no difference."""
    assert read(country, typed) == kept
    assert rules_of(country).takes_postal_code(kept)


@pytest.mark.parametrize(
    ("country", "typed"),
    [
        ("DE", "F-10115"),
        ("DE", "1011"),
        ("US", "9501"),
        ("GB", "SW1A 1A"),
        ("BR", "0131010"),
        ("SZ", "100"),
        ("IE", "D02"),
    ],
)
def test_c26_no_code_is_made_up(country: str, typed: str) -> None:
    """Digits too few, another country's sign, a letter that nobody can guess: refused with what was typed."""
    assert read(country, typed) == typed
    assert not rules_of(country).takes_postal_code(typed)


def test_c26_every_country_reads_its_own_codes() -> None:
    """With its signs between them, without any, in small letters, and a second time: one form."""
    for country in sorted(known_countries()):
        if not rules_of(country).postal_patterns:
            continue
        for example in rules_of(country).postal_examples:
            kept = read(country, example)
            bare = "".join(filter(str.isalnum, example)).lower()

            assert rules_of(country).takes_postal_code(kept), (country, example)
            assert (read(country, kept), read(country, bare)) == (kept, kept), (country, example)


@settings(deadline=None)
@given(st.sampled_from(["BR", "GB", "IE", "PT", "LV", "MT", "US", "PE", "KR"]), st.text(max_size=20))
def test_a_kept_code_is_read_as_it_is(country: str, text: str) -> None:
    """Whatever is typed, reading it again changes nothing."""
    kept = read(country, text)

    assert read(country, kept) == kept


@pytest.mark.parametrize(
    ("country", "typed", "key"),
    [
        ("BR", "Sao Paulo", "SP"),
        ("BR", "são paulo", "SP"),
        ("BR", "Estado de São Paulo", "SP"),
        ("BR", "BR-SP", "SP"),
        ("BR", "Rio Grande", None),
        ("IE", "Dublin", "Co. Dublin"),
        ("IE", "County Cork", "Co. Cork"),
        ("US", "D.C.", "DC"),
        ("US", "State of New York", "NY"),
        ("CA", "Quebec", "QC"),
        ("CA", "CA-ON", "ON"),
        ("JP", "Tokyo-to", "東京都"),
        ("CN", "Beijing", "北京市"),
        ("TW", "Hsinchu", None),
        ("MX", "Ciudad de Mexico", "CDMX"),
        ("ES", "Provincia de Madrid", "M"),
        ("KR", "Seoul-si", "서울특별시"),
        ("AE", "DUBAI", "إمارة دبيّ"),
        ("BR", "", None),
    ],
)
def test_c26_a_state_is_known_by_its_name(country: str, typed: str, key: str | None) -> None:
    """Accents, capitals, dots and words such as county are no difference; of two that it might be it is neither."""
    assert rules_of(country).state_of(typed) == key


def test_c26_every_state_is_known_by_its_own_names() -> None:
    """No name of a state became another's, or nobody's, by what is left out of it."""
    for country in known_countries():
        rules = rules_of(country)
        assert [rules.state_of(key) for key, _ in rules.states] == [key for key, _ in rules.states], country


def test_c26_an_address_is_kept_in_one_form() -> None:
    """The state first, whose codes the postal code is held against; what is kept is right when it is saved again."""
    given = AddressFields(
        street_address="Av. Paulista\u202e 1000",
        city="São Paulo",
        state="Sao Paulo",
        postal_code="01.310-100",
        country="br",
    )

    kept = checked(given, "en")

    assert (kept.state, kept.postal_code, kept.street_address) == ("SP", "01310-100", "Av. Paulista 1000")
    assert checked(kept, "en") == kept
