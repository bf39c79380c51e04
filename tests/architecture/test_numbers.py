"""Migrations and decisions are numbered, each number once."""

from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("folder", "pattern"), [("src/revivatech/db/migrations", "*.sql"), ("docs/adr", "*.md")], ids=["migrations", "adr"]
)
def test_each_number_is_used_once(folder: str, pattern: str) -> None:
    """No two files of the folder begin with the same four digits."""
    numbers = Counter(path.name[:4] for path in (ROOT / folder).glob(pattern))

    assert numbers
    assert [number for number, count in numbers.items() if count > 1] == []
