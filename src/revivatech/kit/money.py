"""Amounts of money: exact decimals with two places, never floats."""

from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation

CENT = Decimal("0.01")
# What numeric(10,2) holds.
LARGEST = Decimal("99999999.99")


def parse_amount(text: str) -> Decimal:
    """The amount that `text` names, with two decimals.

    Raises ValueError for anything but a plain, non-negative number of at most two decimals that fits numeric(10,2).
    """
    try:
        amount = Decimal(text.strip())
    except InvalidOperation:
        raise ValueError(f"{text!r} is not an amount") from None
    if not amount.is_finite() or amount < 0:
        raise ValueError(f"{text!r} is not an amount of money")
    if amount > LARGEST:
        raise ValueError(f"{text!r} is larger than {LARGEST}")
    if amount != (rounded := amount.quantize(CENT, ROUND_HALF_EVEN)):
        raise ValueError(f"{text!r} has more than two decimals")
    return rounded
