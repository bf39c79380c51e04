"""The page about importing says what the program does."""

import re
from pathlib import Path

from revivatech.repairs.importing.header import OPEN_REPAIR, PORTAL, PORTAL_REQUIRED

PAGE = (Path(__file__).parents[3] / "docs" / "importing.md").read_text(encoding="utf-8")


def columns(chapter: str) -> dict[str, str]:
    """The columns of the chapter's table and what stands beside them."""
    table = PAGE.split(f"## {chapter}\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (`.*?) \|(.*)\|$", table, re.MULTILINE)
    return {name: rest for cell, rest in rows for name in re.findall(r"`(\w+)`", cell)}


def test_every_column_of_our_own_csv_is_documented() -> None:
    """No more and no fewer than the reader takes, and the needed ones are marked."""
    documented = columns("The portal's own CSV")

    assert set(documented) == PORTAL
    assert {name for name, rest in documented.items() if rest.startswith(" yes ")} == PORTAL_REQUIRED


def test_every_column_of_the_standard_is_documented() -> None:
    """Those of v0.2.1, and the one of v0.3 that says something new."""
    assert set(columns("Open Repair Data")) == OPEN_REPAIR | {"product_age"}
