"""A page of a list: which list a cursor belongs to, and what a search looks for."""

import hashlib

from revivatech.kit.text import one_line

# More words than anybody types; what comes behind them counts as part of the last.
MOST_WORDS = 6


def searched(text: str) -> list[str]:
    """The words to look for, none where nothing was typed."""
    return one_line(text).split(" ", MOST_WORDS - 1) if one_line(text) else []


def name_of(*choices: object) -> str:
    """A short name of one list, its order and what narrows it: a cursor works on the list that made it alone."""
    return hashlib.blake2s(repr(choices).encode(), digest_size=6).hexdigest()
