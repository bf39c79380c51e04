"""Serial numbers and IMEIs are read by one rule, and a placeholder is no number (C08, C14, C15, C23)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn

from revivatech.kit.spreadsheets import ShortenedNumberError
from revivatech.repairs.device_numbers import (
    NO_NUMBER,
    Imei,
    has_no_number,
    imei_of,
    serial_of,
)

PLACEHOLDERS = (
    *("N/A", "n/a", "NA", "N.A.", "-", "--", "\u2013", ".", "0", "00000", "0000-0000", "none", "Unknown", "?", "x"),
    *("???", "XXXX", "tbd", "ND", "N/D", "não tem", "NAO TEM", "nao\u0303 tem", "#N/A", "#REF!", "null", "(null)"),
    *("S/N", "sem nº", "To be filled by O.E.M.", "System Serial Number", "12345", "0123456789", "111111111"),
    *("", " ", "\u200b", "-1", "Ｎ／Ａ", '="N/A"', "'-", "0.0", "Não informado", "desconhecido", "serial:", "s/n: n/a"),
)  # fmt: skip

IMEI, OTHER = "352099001761481", "490154203237518"


@pytest.mark.parametrize("text", PLACEHOLDERS)
def test_c08_a_placeholder_is_no_number(text: str) -> None:
    """In either field, however it is written."""
    assert serial_of(text) == ""
    assert imei_of(text) == Imei()


def test_c08_fifteen_zeros_are_no_imei() -> None:
    """Although their check digit is right."""
    assert imei_of("0" * 15) == imei_of("00-000000-000000-0") == Imei()


@pytest.mark.parametrize(
    ("text", "serial"),
    [
        ("PF-1234", "PF-1234"),
        (" 5xb-0149  22/QK ", "5xb-0149 22/QK"),
        ("S/N: C02XK1", "C02XK1"),
        ("Serial number C02XK1", "C02XK1"),
        ("Nº de série: 88A1", "88A1"),
        ("SN-1234", "SN-1234"),
        ("SN1234", "SN1234"),
        ("NA-55812", "NA-55812"),
        ("0000A", "0000A"),
        ("000012", "000012"),
        ("12354", "12354"),
        ("１２Ｅ４", "12E4"),
        ('="0035"', "0035"),
        ("'0035", "0035"),
        ("5511987654321.0", "5511987654321"),
    ],
)
def test_a_serial_number_is_kept_without_its_label(text: str, serial: str) -> None:
    """With the signs between its letters and digits, and with its leading zeros."""
    assert serial_of(text) == serial


@pytest.mark.parametrize("text", ["3.5E+14", "3,56938E+14", "########"])
def test_c15_a_number_that_a_spreadsheet_has_shortened_is_refused(text: str) -> None:
    """The digits that are lost are never filled with zeros."""
    with pytest.raises(ShortenedNumberError):
        serial_of(text)
    with pytest.raises(ShortenedNumberError):
        imei_of(text)


@pytest.mark.parametrize(
    "text",
    [
        *(IMEI, "35-209900-176148-1", "35 209900 176148 1", "３５２０９９００１７６１４８１"),
        *("352099001761481.0", "3.52099001761481E+14"),
        *(f"'{IMEI}", f'="{IMEI}"', f"IMEI: {IMEI}", f"IMEI{IMEI}", f"IMEI 1: {IMEI}", f"{IMEI} / 01", f"{IMEI}/-"),
        *(f"{IMEI} / N/A", f"{IMEI} / {IMEI}"),
    ],
)  # fmt: skip
def test_c15_an_imei_is_read_as_it_is_written(text: str) -> None:
    """On a box, by *#06#, by a spreadsheet."""
    assert imei_of(text) == Imei(IMEI)


@pytest.mark.parametrize(
    ("text", "imei"),
    [
        ("352099001761482", Imei("352099001761482", flaw="check_digit")),
        (f"{IMEI} / {OTHER}", Imei(IMEI, OTHER, "two")),
        (f"{IMEI}/{OTHER}", Imei(IMEI, OTHER, "two")),
        (f"{IMEI} {OTHER}", Imei(IMEI, OTHER, "two")),
        (f"IMEI1: {IMEI} IMEI2: {OTHER}", Imei(IMEI, OTHER, "two")),
        (f"{IMEI}; {OTHER}", Imei(IMEI, OTHER, "two")),
        (f"352099001761482 / {OTHER}", Imei(OTHER, "352099001761482", "two")),
        ("3520990017614812", Imei(other="3520990017614812", flaw="software_version")),
        ("A0000012345678", Imei(other="A0000012345678", flaw="meid")),
        ("af 01 23 45 0a bc de", Imei(other="AF0123450ABCDE", flaw="meid")),
        ("29360 87365 0070 3710", Imei(other="293608736500703710", flaw="meid")),
        ("35209900176148", Imei(other="35209900176148", flaw="other")),
        ("1234", Imei(flaw="no_number")),
        ("see the box", Imei(flaw="no_number")),
        ("٣٥٢٠٩٩٠٠١٧٦١٤٨١", Imei(flaw="no_number")),
    ],
)
def test_c14_c23_what_is_not_an_imei_is_known_for_what_it_is(text: str, imei: Imei) -> None:
    """A wrong check digit, a second IMEI, an IMEISV, an MEID: no digit of them is lost."""
    assert imei_of(text) == imei


def test_the_words_are_written_as_they_are_compared() -> None:
    """A word with an accent or a sign would never be found."""
    assert all(has_no_number(word) and word.isascii() and word.isalnum() for word in NO_NUMBER)


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    """There is no other error; what comes back is read as itself, and an IMEI has fifteen ASCII digits."""
    try:
        serial, imei = serial_of(text), imei_of(text)
    except ShortenedNumberError:
        return
    assert serial == "" or not has_no_number(serial)
    assert imei.digits == "" or (len(imei.digits) == 15 and imei.digits.isascii() and imei.digits.isdigit())


@given(
    st.text("0123456789", min_size=14, max_size=14).filter(lambda digits: not has_no_number(digits)),
    st.sampled_from(["", " ", "-", ".", "/"]),
)
def test_a_number_with_its_check_digit_is_an_imei_and_with_another_one_is_not(digits: str, between: str) -> None:
    """Whatever stands between the groups; exactly one of ten last digits is right."""
    last = luhn.calc_check_digit(digits)
    whole = f"{digits}{last}"
    wrong = f"{digits}{(int(last) + 1) % 10}"

    assert imei_of(between.join((whole[:2], whole[2:8], whole[8:14], whole[14:]))) in {Imei(whole), Imei()}
    assert imei_of(wrong) in {Imei(wrong, flaw="check_digit"), Imei()}
