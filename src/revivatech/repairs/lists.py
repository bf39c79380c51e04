"""What a search of a list looks for."""

from revivatech.kit.text import one_line

# More words than anybody types; what comes behind them counts as part of the last.
MOST_WORDS = 6


def searched(text: str) -> list[str]:
    """The words to look for, none where nothing was typed."""
    return one_line(text).split(" ", MOST_WORDS - 1) if one_line(text) else []
