"""Amounts are exact, or refused."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revivatech.kit.money import LARGEST, parse_amount


@given(st.decimals(min_value=0, max_value=LARGEST, places=2))
def test_an_amount_comes_back_to_the_cent(amount: Decimal) -> None:
    """What was written is what is kept."""
    assert parse_amount(str(amount)) == amount
    assert parse_amount(str(amount)).as_tuple().exponent == -2


@pytest.mark.parametrize("text", ["", "-1", "1.001", "NaN", "Infinity", "1e400", "100000000", "12,50", "one", "0x10"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    """Negative, too precise, too large, not a number: none of it becomes money."""
    with pytest.raises(ValueError, match=r"is|has|larger"):
        parse_amount(text)
