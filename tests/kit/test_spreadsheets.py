"""IMEIs, serial numbers and phone numbers survive a spreadsheet, or are refused (C15)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revivatech.kit.spreadsheets import ShortenedNumberError, text_of_number


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ('="356938035643809"', "356938035643809"),
        ('="0035"', "0035"),
        ('="PF ""2"""', 'PF "2"'),
        ("=356938035643809", "356938035643809"),
        ("=+5511987654321", "+5511987654321"),
        ("'356938035643809", "356938035643809"),
        ("' 0871234567 ", "0871234567"),
        ("5511987654321.0", "5511987654321"),
        ("5511987654321,00", "5511987654321"),
        ("3.56938035643809E+14", "356938035643809"),
        ("5,511987654321e+12", "5511987654321"),
        (" PF-1234 ", "PF-1234"),
        ("+353 87 123 4567", "+353 87 123 4567"),
        ("", ""),
        # Serial numbers that only look alike.
        ("1.0", "1.0"),
        ("12E4", "12E4"),
        ("1E-05", "1E-05"),
        ("0123456.0", "0123456.0"),
        ("123456.5", "123456.5"),
        ("=A1", "=A1"),
        ("#12", "#12"),
    ],
)
def test_c15_lossless_forms_are_undone_and_other_text_stays(cell: str, text: str) -> None:
    """Nothing is added, and nothing that is not a spreadsheet's is taken away."""
    assert text_of_number(cell) == text


@pytest.mark.parametrize(
    "cell",
    [
        *("3.5E+14", "3,56938E+14", "3.56938e+14", "4E+14", "5.51199E+12", "1.5E-05", "'3.5E+14", '="3.5E+14"'),
        *("1234567890123456.0", "1.234567890123456E+15", "3.569380356438091E+14", "####", "########"),
    ],
)
def test_c15_a_shortened_number_is_refused(cell: str) -> None:
    """Lost digits are never filled with zeros."""
    with pytest.raises(ShortenedNumberError, match="shortened this number"):
        text_of_number(cell)


@given(st.integers(100_000, 10**15 - 1))
def test_c15_what_a_float_column_writes_comes_back(number: int) -> None:
    """Fifteen digits go through a double and back."""
    assert text_of_number(repr(float(number))) == str(number)


@given(st.text())
def test_c15_any_text_is_read_or_refused(cell: str) -> None:
    """There is no other error, and reading twice changes nothing more where it holds a plain number."""
    try:
        text = text_of_number(cell)
    except ShortenedNumberError:
        return
    assert text == text.strip()
