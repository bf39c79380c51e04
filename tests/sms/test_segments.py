"""What an SMS costs."""

import pytest

from revivatech.sms.segments import fitted, segments


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("é" * 160, 1),
        ("ã" * 70, 1),
        ("ã" * 71, 2),
        ("a" * 70 + "ã", 2),
        ("👍" * 35, 1),
        ("👍" * 36, 2),
    ],
)
def test_a_text_costs_what_its_signs_ask(text: str, count: int) -> None:
    """160 signs of seven bits, 153 in each of several; 70 and 67 as soon as one sign is of another alphabet."""
    assert segments(text) == count


@pytest.mark.parametrize("title", ["Ready to be collected " * 40, "Já está pronto " * 40, "👍" * 300])
def test_a_long_title_is_cut_and_the_link_is_not(title: str) -> None:
    """However long a device's name is, it costs three SMS at most, and leads where it should."""
    link = " https://portal.example/customer/repairs/0193b5a0-0000-7000-8000-000000000001"

    text = fitted("Lantern Repair: ", title, link, 3)

    assert segments(text) == 3
    assert text.startswith(f"Lantern Repair: {title[:20]}")
    assert text.endswith(f"...{link}")


def test_a_short_title_stays() -> None:
    """Nothing is added to what fits, and a link that fits nowhere is left whole."""
    assert fitted("Shop: ", "Ready", " https://x.example", 3) == "Shop: Ready https://x.example"
    assert fitted("", "Ready", " " + "x" * 700, 3).endswith("x" * 700)
