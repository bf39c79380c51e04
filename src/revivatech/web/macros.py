"""Macros that remember: the same arguments make the same markup, so a row that was drawn before is not drawn again.

A page of twenty repairs calls some two hundred macros, and calling one costs more than what it writes. Every macro of
`templates/ui/` depends on nothing but its arguments, the language (each has an environment of its own), the reader's
locale and time zone, and whether a day is today; so its result is kept under these, until the quarter of an hour ends:
midnight is at one in every zone, and nothing of a customer is kept for longer.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

# A few pages' worth of rows for each of the customers who are looking; what is larger is drawn each time.
MOST_KEPT = 4096
LARGEST_KEPT = 6000
LONGEST_LIST = 12
QUARTER = 15 * 60


class Memory:
    """The output of one language's macros, kept."""

    def __init__(self, reader: Callable[[], tuple[str, str]]) -> None:
        self._reader = reader
        self._quarter = 0
        self._kept: OrderedDict[object, str] = OrderedDict()

    def remembering(self, name: str, macro: Callable[..., str]) -> Callable[..., str]:
        """The macro, asked at most once for the same arguments.

        Arguments are the same if they are equal and of the same types: a text that is markup already and one that is
        still to be escaped may be equal. A macro with a body (`call`) or with a long list is drawn each time.
        """
        kept = self._kept

        def call(*args: Any, **kwargs: Any) -> str:  # noqa: ANN401 - whatever the template passes
            if "caller" in kwargs:
                return macro(*args, **kwargs)
            if (quarter := int(time.time()) // QUARTER) != self._quarter:
                self._quarter = quarter
                kept.clear()
            try:
                key = (name, self._reader(), *map(_frozen, args), *((word, _frozen(kwargs[word])) for word in kwargs))
                drawn = kept.get(key)
            except TypeError:
                return macro(*args, **kwargs)
            if drawn is None:
                drawn = macro(*args, **kwargs)
                if len(drawn) <= LARGEST_KEPT:
                    kept[key] = drawn
                    if len(kept) > MOST_KEPT:
                        kept.popitem(last=False)
                return drawn
            kept.move_to_end(key)
            return drawn

        return call


def _frozen(value: Any) -> object:  # noqa: ANN401 - whatever the template passes
    """The value with its type, as part of a key. Raises TypeError for what is too large or cannot be compared."""
    kind = type(value)
    if kind is list or kind is tuple:
        if len(value) > LONGEST_LIST:
            raise TypeError("too long to be compared")
        return kind, *map(_frozen, value)
    if kind is dict:
        return kind, *((word, _frozen(value[word])) for word in value)
    return kind, value
