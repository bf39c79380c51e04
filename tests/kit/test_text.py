"""Text from outside is kept readable and harmless."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from revivatech.kit.text import one_line, plain, unescape

# Letters, symbols and everything that is removed beside some of them, so that their neighbourhoods come up.
NEIGHBOURS = (
    "a1# \n\u00a9\u00e9\u212b\u0301\u0345\u200b\u200c\u200d\u200e\u202e\u2028\u2066\u2764\u2800\u3164\u845b\u034f\ufe0f"
    "\ufeff\u00ad\u0627\u0644\u0915\u094d\u0930\u115f\u1820\u180b\u180e\x0b\x85\r\x00\U0001f3f4\U0001f468\U000e0067"
    "\U000e007f\U000e0100"
)
texts = st.text(st.one_of(st.sampled_from(NEIGHBOURS), st.characters(codec=None)))


@settings(deadline=None)
@given(texts)
def test_plain_text_can_be_stored(text: str) -> None:
    """Whatever comes, the result has UTF-8, no control characters but newline and tab, and no outer blanks."""
    result = plain(text)

    result.encode()
    assert result == result.strip() == unicodedata.normalize("NFC", result)
    assert not any(unicodedata.category(letter) == "Cc" and letter not in "\n\t" for letter in result)
    assert not any(unicodedata.bidirectional(letter) in {"LRE", "RLO", "LRO", "PDF", "LRI", "PDI"} for letter in result)
    assert plain(result) == result


@settings(deadline=None)
@given(texts)
def test_one_line_is_one_line(text: str) -> None:
    """No line break survives, and no two blanks; a second look changes nothing."""
    result = one_line(text)

    assert len(result.splitlines()) <= 1
    assert "  " not in result
    assert one_line(result) == plain(result) == result


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("\u202eanahoJ\u202c", "anahoJ"),
        ("Ni\u200bna\ufeff Li\u00adnd", "Nina Lind"),
        ("Ni\u200dna", "Nina"),
        ("\u2067Nina\u2069", "Nina"),
        ("\u061cNina\u200f", "Nina"),
        ("Nina\ufe0f", "Nina"),
        ("Nina\U000e0061\U000e0062", "Nina"),
        ("\u3164", ""),
        ("\u2800\u200b", ""),
        ("Nina\u2003\u3000Lind", "Nina Lind"),
        ("Nina\u2028Lind", "Nina Lind"),
        ("Nina\x0bLind", "Nina Lind"),
        ("رضا\u200c", "رضا"),
        ("e\u200b\u0301", "é"),
    ],
)
def test_c21_what_nobody_sees_is_removed(text: str, seen: str) -> None:
    """A name neither turns the text beside it nor hides anything; what looks empty is empty (C21)."""
    assert one_line(text) == seen


@pytest.mark.parametrize(
    "text",
    [
        "\U0001f468\u200d\U0001f469\u200d\U0001f467",  # a family
        "\u2764\ufe0f\u200d\U0001f525",  # a heart on fire
        "\U0001f3f3\ufe0f\u200d\U0001f308",  # a rainbow flag
        "\U0001f469\U0001f3fd\u200d\U0001f680",  # an astronaut with a skin tone
        "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",  # England's flag
        "1\ufe0f\u20e3 \u00a9\ufe0f",  # a key, a sign as emoji
        "علی\u200cرضا",  # Persian: Alireza
        "अक्\u200dषय क्\u200cष",  # Devanagari, half and full forms
        "അവന\u0d4d\u200d",  # Malayalam: a chillu at the end of a word
        "ශ්\u200dරී",  # Sinhala: Sri
        "葛\U000e0100城",  # Japanese: a variant in a family name
        "ᠨᠢ\u180eᠠ",  # Mongolian
        "Zoë O’Neil-Łukasz",
    ],
)
def test_c21_what_shapes_a_word_or_an_emoji_is_kept(text: str) -> None:
    """Joiners and selectors have a meaning beside some characters: names and emoji stay as they are typed (C21)."""
    assert one_line(text) == plain(text) == text


def test_entities_are_read() -> None:
    """A once or twice escaped text becomes what was meant."""
    assert unescape("it&#39;s &amp;quot;dead&amp;quot; &lt;b&gt;") == 'it\'s "dead" <b>'
