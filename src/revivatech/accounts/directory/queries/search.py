"""Words that a customer is searched by."""

from collections.abc import Sequence
from typing import LiteralString

from revivatech.db import joined


def pattern_conditions(patterns: Sequence[str]) -> LiteralString:
    """That the customer matches every LIKE pattern (lower case); the parameters are named by `pattern_parameters`.

    One condition each, as `LIKE ALL (array)` is not found by an index.
    """
    return " AND ".join(["true", *[f"search_text LIKE %(pattern{number})s" for number in range(len(patterns))]])


# As the column that is searched is made, of the name alone.
NAME: LiteralString = "folded(first_name || ' ' || last_name) LIKE"


def name_conditions(patterns: Sequence[str]) -> LiteralString:
    """Return that the name matches the same patterns, to stand behind `pattern_conditions`, which an index answers."""
    return "".join(joined("AND", NAME, f"%(pattern{number})s ") for number in range(len(patterns)))


def pattern_parameters(patterns: Sequence[str]) -> dict[str, object]:
    """The patterns by the names that they have in the conditions."""
    return {f"pattern{number}": pattern for number, pattern in enumerate(patterns)}
