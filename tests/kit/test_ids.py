"""The number of a repair is understood however people write it (C17)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revivatech.kit.ids import ALPHABET, NUMBER_LENGTH, human_number, number_meant

CODES = st.text(ALPHABET, min_size=NUMBER_LENGTH, max_size=NUMBER_LENGTH)
MISREAD = {"0": "O", "1": "l", "V": "u"}


@pytest.mark.parametrize(
    "text",
    [
        *("R-03S5X72", "r-03s5x72", "R-O3S5X72", "R03S5X72", "#R-03S5X72", "R\u201303S5X72", "R-03S5X72.", "R 03S5X72"),
        *("R\u201103S5X72", "R - 03S 5X72", " R-03S5X72\n", "(R-03S5X72)", "\u201cR-03S5X72\u201d", "No. R-03S5X72"),
        *("\uff32\uff0d\uff10\uff13\uff33\uff15\uff38\uff17\uff12", "R\u00ad03S5X72", "R_03S5X72", "R:03S5X72"),
        *("R--03S5X72", "Nº R-03S5X72", "03S5X72", "#o3s5x72", "Your repair R-03S5X72 is ready"),
        *("R-03S5X72: iPhone 13", "Nora, r03s5x72 and the case"),
    ],
)
def test_c17_a_number_is_meant(text: str) -> None:
    """Letters that the alphabet lacks, dashes of every kind, what stands around it."""
    assert number_meant(text, "R") == "R-03S5X72"


@pytest.mark.parametrize(
    "text",
    [
        *("", "R", "R-", "repair", "Philips", "iPhone 13", "REPLACED screen", "R-03S5X722", "AR-03S5X72", "X-03S5X72"),
        *("%%", "_"),
    ],
)
def test_c17_other_words_are_no_number(text: str) -> None:
    """A word, something longer, another prefix."""
    assert number_meant(text, "R") == ""


def test_c17_a_number_may_be_begun() -> None:
    """With its dash, so that no word is taken for one."""
    assert number_meant("r-o3s", "R") == "R-03S"
    assert number_meant("R03S", "R") == ""


@given(
    code=CODES,
    dash=st.sampled_from(["-", "", " ", "\u2013", "\u2011", " - ", "_"]),
    end=st.sampled_from(["", ".", ",", ")"]),
)
def test_c17_every_number_is_found_by_its_spellings(code: str, dash: str, end: str) -> None:
    """In small letters, with what its digits and letters are taken for."""
    spelt = "".join(MISREAD.get(letter, letter) for letter in code)
    for text in (code, code.lower(), spelt, spelt.lower()):
        assert number_meant(f"#R{dash}{text}{end}", "R") == f"R-{code}"


@given(st.text())
def test_c17_any_text_is_read(text: str) -> None:
    """What comes back is empty or looks like a number or its beginning, and means itself."""
    number = number_meant(text, "R")
    assert number == "" or set(number.removeprefix("R-")) <= set(ALPHABET)
    assert number == "" or number_meant(number, "R") == number


def test_fresh_numbers_mean_themselves() -> None:
    """As they are written on labels."""
    assert all(number_meant(number, "R") == number for number in (human_number("R") for _ in range(100)))
