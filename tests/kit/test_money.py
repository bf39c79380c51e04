"""Amounts are exact, or refused with a sentence that says how to write them (C01)."""

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from revivatech.kit import money
from revivatech.kit.money import LARGEST, AmountError, parse_amount

AMOUNTS = st.decimals(min_value=0, max_value=LARGEST, places=2)
SWAPPED = str.maketrans(".,", ",.")


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        *[("0", "0.00"), ("5", "5.00"), ("5.", "5.00"), ("5,", "5.00"), (".5", "0.50"), (",5", "0.50")],
        *[("129,9", "129.90"), ("129.90", "129.90"), ("129,90", "129.90"), (" 12.5\n", "12.50"), ("007", "7.00")],
        ("129.9000", "129.90"),
        ("1.2000", "1.20"),
        # Both signs, or one that repeats: the last of two kinds is the decimal one.
        *[("1.234,50", "1234.50"), ("1,234.50", "1234.50"), ("12.345.678,9", "12345678.90")],
        *[("1.234.567", "1234567.00"), ("1,234,567", "1234567.00"), ("1.234,", "1234.00")],
        *[("1,00,000.50", "100000.50"), ("1,00,000", "100000.00"), ("12,34,567", "1234567.00")],
        # Blanks and apostrophes are never decimal signs.
        *[("1 200", "1200.00"), ("1\u00a0200,50", "1200.50"), ("1\u202f234\u202f567,89", "1234567.89")],
        *[("1\u2009200.5", "1200.50"), ("1'200.50", "1200.50"), ("1’200", "1200.00")],
        # Full-width digits are how some keyboards write the same ones.
        ("１２９．９０", "129.90"),
    ],
)
def test_c01_an_amount_is_read_as_it_was_meant(text: str, amount: str) -> None:
    """Every usual way of writing an amount that has one meaning only."""
    assert str(parse_amount(text)) == amount


@pytest.mark.parametrize(
    ("text", "says"),
    [
        *[
            (text, money.UNCLEAR)
            for text in ("1.200", "1,000", "2.500", "10.000", "1,200", "2.350", "1.234", "123.456")
        ],
        *[(text, money.UNCLEAR) for text in ("１.２００", "１，２００")],
        *[(text, money.TOO_PRECISE) for text in ("0.500", "0,125", ".125", "1234.500", "1 200,500", "1.234,567")],
        *[(text, money.TOO_PRECISE) for text in ("1.2345", "129.90000000000001")],
        *[(text, money.UNREADABLE) for text in ("", " ", ".", ",", "1e3", "1E+3", "1_000", "0x10", "NaN", "Infinity")],
        *[(text, money.UNREADABLE) for text in ("-1", "+1", "(5)", "one", "1/2", "12²", "½", "1.2.3", "12.34,50")],
        *[(text, money.UNREADABLE) for text in ("1,234,56", "1.23,456.7", "0.123.456", "1  200", "1 20", "1,2345.0")],
        *[(text, money.UNREADABLE) for text in ("١٢٩", "१२९", "1٬200", "9" * 41, "1\x00")],
        *[(text, money.WITH_CURRENCY) for text in ("€ 12", "12 €", "$12.50", "R$ 129,90", "129.90 EUR", "kr. 50")],
        *[(text, money.TOO_LARGE) for text in ("100000000", "100.000.000", "9" * 40)],
    ],
)
def test_c01_what_is_unclear_or_no_amount_is_refused_with_the_reason(text: str, says: str) -> None:
    """An amount is never guessed at: three digits after one sign could be either."""
    with pytest.raises(AmountError) as refusal:
        parse_amount(text)
    assert str(refusal.value) == says


@given(AMOUNTS)
def test_an_amount_comes_back_to_the_cent(amount: Decimal) -> None:
    """Plain, with a comma, with thousands apart in any style: what was written is what is kept."""
    english = f"{amount:,.2f}"
    for text in (
        *(str(amount), str(amount).replace(".", ",")),
        *(english, english.translate(SWAPPED)),
        *(english.replace(",", " "), english.replace(",", "'"), english.translate(SWAPPED).replace(".", "\u202f")),
    ):
        read = parse_amount(text)
        assert (read, read.as_tuple().exponent) == (amount, -2)


@given(st.integers(0, 10**8), st.sampled_from(".,"), st.integers(0, 999))
def test_c01_three_digits_after_a_single_sign_are_never_cents(whole: int, sign: str, rest: int) -> None:
    """Whatever the digits are."""
    with pytest.raises(AmountError):
        parse_amount(f"{whole}{sign}{rest:03}")


@given(st.text(alphabet="0123456789.,' \u00a0eE_+-€", max_size=14) | st.text())
@example("1.200")
def test_c01_no_digit_is_lost_or_made_up(text: str) -> None:
    """Any text is refused, or is an amount of exactly its digits."""
    try:
        amount = parse_amount(text)
    except AmountError:
        return
    assert 0 <= amount <= LARGEST
    digits = "".join(sign for sign in text.translate(money.SAME) if sign.isdigit())
    assert str(amount).replace(".", "").strip("0") == digits.strip("0")
