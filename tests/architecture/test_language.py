"""Docstrings are noun phrases or imperatives."""

import ast
import re
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src"
QUESTION = re.compile(r"(What|Whether|Who|Whose|Which|How|Why|Where|When)\b")


def test_no_docstring_begins_with_a_question_word() -> None:
    """They say `Return whether …` and `The frame of …`, not `Whether …` and `What …`."""
    found = [
        f"{path.relative_to(SOURCE)}: {text.splitlines()[0]}"
        for path in sorted(SOURCE.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Module)
        and (text := ast.get_docstring(node))
        and QUESTION.match(text)
    ]

    assert found == []
