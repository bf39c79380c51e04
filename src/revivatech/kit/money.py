"""Amounts of money: exact decimals with two places, never floats."""

import re
import unicodedata
from decimal import Decimal

from revivatech.kit.i18n import marked

# What numeric(10,2) holds.
LARGEST = Decimal("99999999.99")
# Zeros of an exact export fit in (129.9000000000); a longer text is not an amount.
LONGEST = 40

UNREADABLE = marked("Give an amount such as 49.90.")
UNCLEAR = marked("Three digits after a point or comma could be thousands or decimals. Write 1200.00 or 1.20.")
TOO_PRECISE = marked("An amount has at most two decimals, such as 49.90.")
WITH_CURRENCY = marked("Give the amount without a currency, such as 49.90.")
TOO_LARGE = marked("The largest amount is 99999999.99.")

# Digits and signs of Chinese and Japanese keyboards; the blanks and apostrophes that separate thousands.
SAME = str.maketrans("０１２３４５６７８９．，\u00a0\u2007\u2009\u202f’", "0123456789.,    '")
# One sign, or none: 1200, 129.9, 129,90, .5 and 5.
PLAIN = re.compile(r"(?P<whole>[0-9]*)(?:[.,](?P<decimals>[0-9]*))?")
# Thousands apart: 1 200, 1'200.50, 1.234,50, 1,234.50, 1.234.567; the decimal sign is another one.
GROUPED = re.compile(
    r"(?P<whole>[1-9][0-9]{0,2}(?P<group>[ '.,])[0-9]{3}(?:(?P=group)[0-9]{3})*)"
    r"(?:(?!(?P=group))[.,](?P<decimals>[0-9]*))?"
)
# Lakhs and crores: 1,00,000.50.
INDIAN = re.compile(r"(?P<whole>[1-9][0-9]?(?:,[0-9]{2})+,[0-9]{3})(?:\.(?P<decimals>[0-9]*))?")
CURRENCY = re.compile(r"[A-Za-zÀ-ɏ]{1,3}\.? ?[0-9.,]+|[0-9.,]+ ?[A-Za-zÀ-ɏ]{1,4}\.?")
# As many digits follow a separator of thousands.
GROUP = 3
DECIMALS = 2


class AmountError(ValueError):
    """The text is not an amount; the message is one of this module's, marked for translation, for who typed it."""


def parse_amount(text: str) -> Decimal:
    """Return the amount that a person, a file or a program wrote, with two decimals, from 0 to LARGEST.

    Point and comma are both decimal signs, and both separate thousands where another sign or a repetition makes that
    clear. Where exactly three digits follow a single sign (1.200), nothing does, and the amount is refused: guessing
    would be wrong by a factor of a thousand. Raises AmountError.
    """
    typed = text.strip().translate(SAME)
    match = _match(typed)
    if match is None:
        is_money = CURRENCY.fullmatch(typed) or any(unicodedata.category(sign) == "Sc" for sign in typed)
        raise AmountError(WITH_CURRENCY if is_money else UNREADABLE)
    whole, decimals = re.sub(r"\D", "", match["whole"]), match["decimals"] or ""
    if len(decimals) == GROUP:
        # 0.500 and 1234.500 cannot be thousands. They are refused all the same: one rule is one to remember.
        raise AmountError(UNCLEAR if 0 < len(whole) <= GROUP and whole[0] != "0" else TOO_PRECISE)
    cents = decimals.rstrip("0").ljust(DECIMALS, "0")
    if len(cents) > DECIMALS:
        raise AmountError(TOO_PRECISE)
    amount = Decimal(f"{whole or 0}.{cents}")
    if amount > LARGEST:
        raise AmountError(TOO_LARGE)
    return amount


def _match(typed: str) -> re.Match[str] | None:
    if len(typed) > LONGEST or not any("0" <= sign <= "9" for sign in typed):
        return None
    return PLAIN.fullmatch(typed) or GROUPED.fullmatch(typed) or INDIAN.fullmatch(typed)
