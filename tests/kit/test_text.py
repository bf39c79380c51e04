"""Text from outside is kept readable and harmless."""

from hypothesis import given
from hypothesis import strategies as st

from revivatech.kit.text import normal_email, one_line, plain, unescape


@given(st.text(st.characters(codec=None)))
def test_plain_text_can_be_stored(text: str) -> None:
    """Whatever comes, the result has UTF-8, no control characters but newline and tab, and no outer blanks."""
    result = plain(text)

    result.encode()
    assert result == result.strip()
    assert not any(ord(character) < 32 and character not in "\n\t" for character in result)
    assert plain(result) == result


@given(st.text())
def test_one_line_is_one_line(text: str) -> None:
    """No line break survives."""
    assert "\n" not in one_line(text)


def test_entities_are_read() -> None:
    """A once or twice escaped text becomes what was meant."""
    assert unescape("it&#39;s &amp;quot;dead&amp;quot; &lt;b&gt;") == 'it\'s "dead" <b>'


def test_an_email_is_one_identity() -> None:
    """Case and blanks do not make another account; composed and decomposed letters are the same."""
    assert normal_email("  Anna.LIND@Example.COM ") == "anna.lind@example.com"
    assert normal_email("jose\u0301@example.com") == normal_email("josé@example.com")
