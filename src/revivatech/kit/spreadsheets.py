"""Numbers that are names (IMEI, serial number, phone number) as spreadsheets write them to CSV files."""

import re

from revivatech.kit.i18n import marked

SHORTENED = marked("A spreadsheet has shortened this number. Format the column as text and export it again.")

# A double holds 15 decimal digits of any number; beyond them a spreadsheet has put zeros or noise.
EXACT_DIGITS = 15
# ="0035…" keeps a column text in spreadsheets; '0035… is how a cell is typed that shall stay text.
FORMULA = re.compile(r'="((?:[^"]|"")*)"')
NUMBER_FORMULA = re.compile(r"=(\+?[0-9]+)")
# 3.56938E+14, 3,56938E+14 and 4E+14. Without the sign of the exponent it can be a serial number: 12E4.
SCIENTIFIC = re.compile(r"([0-9])(?:[.,]([0-9]+))?[Ee]\+([0-9]{2,3})|[0-9][.,][0-9]+[Ee]-[0-9]{2,3}")
# A whole number that went through a float column. A short one such as 1.0 can be a serial number.
FLOAT = re.compile(r"([1-9][0-9]{5,})[.,]0{1,2}")
# A column too narrow for its number prints as this.
HASHES = re.compile("#{3,}")


class ShortenedNumberError(ValueError):
    """Digits of the number are lost; the message, `SHORTENED`, says so to the person who has the file."""

    def __init__(self) -> None:
        super().__init__(SHORTENED)


def text_of_number(cell: str) -> str:
    """Return the cell as it was before a spreadsheet turned it into a number or guarded it against that.

    Lossless forms are undone: `="0035"`, `'0035`, `5511987654321.0`, `3.56938035643809E+14`. Any other text comes back
    as it is, without outer blanks. Raises ShortenedNumberError where digits are lost: `3.56938E+14`, `####`.
    """
    text = cell.strip()
    if formula := FORMULA.fullmatch(text):
        text = formula[1].replace('""', '"').strip()
    elif formula := NUMBER_FORMULA.fullmatch(text):
        text = formula[1]
    else:
        text = text.removeprefix("'").lstrip()
    if HASHES.fullmatch(text):
        raise ShortenedNumberError
    if number := FLOAT.fullmatch(text):
        return _exact(number[1])
    if number := SCIENTIFIC.fullmatch(text):
        digits, decimals, exponent = number[1], number[2] or "", number[3]
        # As many decimals as the exponent asks for: nothing was rounded away, and no zero is a guess.
        if exponent is None or len(decimals) != int(exponent):
            raise ShortenedNumberError
        return _exact(digits + decimals)
    return text


def _exact(digits: str) -> str:
    if len(digits) > EXACT_DIGITS:
        raise ShortenedNumberError
    return digits
