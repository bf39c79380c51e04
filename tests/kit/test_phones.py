"""Telephone numbers as people write them."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from revivatech.kit import phones
from revivatech.kit.text import one_line

# Numbers as their countries dial them.
EXAMPLES = {
    "IE": ["0871234567", "015551234", "091123456"],
    "BR": ["11987654321", "1133334444"],
    "PT": ["912345678", "213456789"],
    "US": ["2125550123"],
    "IT": ["0612345678", "3123456789"],
    "GB": ["02079460018", "07400123456"],
    "JP": ["0312345678", "09012345678"],
}


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


def test_only_mobile_numbers_take_an_sms() -> None:
    """A landline, and an import's text that is no number, are never sent one."""
    assert phones.takes_sms("+351912345678")
    assert phones.takes_sms("+12125550123"), "where the country does not tell, it may be one"
    assert not phones.takes_sms("+442079460018")
    assert not phones.takes_sms("see notes")
    assert phones.shown("see notes") == "see notes"


@pytest.mark.parametrize(
    ("text", "region", "number"),
    [
        ("087 123 4567", "IE", "+353871234567"),
        ("\u202a087\u00a0123\u00a04567\u202c", "IE", "+353871234567"),
        ("087\u2013123\u20134567", "IE", "+353871234567"),
        ("(11) 98765-4321", "BR", "+5511987654321"),
        ("+44 (0)20 7946 0018", "IE", "+442079460018"),
        ("087 123", "IE", "087 123"),
        ("087 123 4567", None, "087 123 4567"),
        ("ask for Ana, 087 123 4567", "IE", "ask for Ana, 087 123 4567"),
        ("087 123 4567 ext. 3", "IE", "087 123 4567 ext. 3"),
        ("1520 123 456", "IE", "1520 123 456"),
        ("\u200b", "IE", ""),
    ],
)
def test_c16_a_number_is_kept_as_e164_and_any_other_text_as_typed(text: str, region: str | None, number: str) -> None:
    """Nothing that was written down at the counter is lost; what can be called from abroad is kept so (C16)."""
    assert phones.kept(text, region) == number


@pytest.mark.parametrize(
    ("typed", "region", "digits"),
    [
        ("087 123 4567", "IE", "871234567"),
        ("+353871234567", "IE", "871234567"),
        ("00353 (0)87 123 4567", None, "871234567"),
        ("353871234567", "IE", "871234567"),
        ("087 123", "IE", "87123"),
        ("+3538712", "IE", "8712"),
        ("０８７ 123 4567", "IE", "871234567"),
        ("06 1234 5678", "IT", "612345678"),
        ("00000", None, "00000"),
        ("1234", None, None),
        ("087 123 4567 Ana", "IE", None),
        ("R-12345", "IE", None),
    ],
)
def test_c16_a_number_is_searched_by_what_all_its_forms_share(
    typed: str, region: str | None, digits: str | None
) -> None:
    """With and without the country's code, with any blanks, whole or in part (C16)."""
    assert phones.searched(typed, region) == digits


@settings(deadline=None)
@given(st.text(), st.sampled_from(["IE", "BR", "PT", "US", None]))
def test_what_is_kept_is_kept_as_it_is(text: str, region: str | None) -> None:
    """Reading a kept number again changes nothing, wherever the shop is by then."""
    kept = phones.kept(text, region)

    assert phones.kept(kept, region) == kept
    assert kept == one_line(kept)


@settings(deadline=None)
@given(
    st.sampled_from(["IE", "BR", "PT", "US", "IT", "GB", "JP"]).flatmap(
        lambda region: st.tuples(st.just(region), st.sampled_from(EXAMPLES[region]))
    ),
    st.lists(st.sampled_from([" ", "-", ".", "\u00a0", "\u2060"]), min_size=20, max_size=20),
)
def test_c16_a_number_is_found_however_it_is_typed(case: tuple[str, str], blanks: list[str]) -> None:
    """What a search looks for is in the digits of the stored number, whether that was kept as E.164 or as typed."""
    region, national = case
    typed = "".join(map("".join, zip(national, blanks, strict=False)))

    for stored in (phones.normal(national, region), national):
        for search in (typed, national, phones.normal(national, region)):
            assert (phones.searched(search, region) or "?") in re.sub(r"\D", "", stored)
