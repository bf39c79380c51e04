"""What an operator can set and read is explained."""

import ast
from pathlib import Path

import msgspec
import pytest

from architecture.statements import modules
from revivatech.settings import COMMON_NAMES, PREFIX, Settings

OPERATIONS = (Path(__file__).parents[2] / "docs" / "operations.md").read_text("utf-8")
WIDTH = 120
FIGURES = {"Counter": "_total", "Gauge": "", "Histogram": ""}


@pytest.mark.parametrize("name", [field.name for field in msgspec.structs.fields(Settings)])
def test_a_setting_is_explained(name: str) -> None:
    """Each setting is in the table of docs/operations.md, under every name that it has."""
    rows = [line for line in OPERATIONS.splitlines() if line.startswith("|")]
    names = [PREFIX + name.upper(), *([COMMON_NAMES[name]] if name in COMMON_NAMES else [])]

    assert [known for known in names if not any(f"`{known}`" in row for row in rows)] == []


def test_a_figure_is_explained() -> None:
    """Each figure that the program defines is in the table of docs/operations.md."""
    assert [figure for figure in _figures() if figure not in OPERATIONS] == []


def test_figures_are_found() -> None:
    """The test above can fail: the program defines figures that are found here."""
    assert "customer_portal_api_requests_total" in _figures()


def _figures() -> list[str]:
    return [
        name if name.endswith(FIGURES[node.func.id]) else name + FIGURES[node.func.id]
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FIGURES and node.args
        for name in [ast.literal_eval(node.args[0])]
    ]


def test_prose_is_wrapped() -> None:
    """At 120 columns; tables and examples are as wide as they are."""
    root = Path(__file__).parents[2]
    long = []
    for path in [*root.glob("*.md"), *(root / "docs").rglob("*.md")]:
        is_code = False
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            is_code ^= line.lstrip().startswith("```")
            if len(line) > WIDTH and not is_code and not line.lstrip().startswith(("|", "#")) and " " in line.strip():
                long.append(f"{path.name}:{number}")

    assert long == []
