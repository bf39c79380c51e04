"""docs/requirements.md defines every number that code, tests and documents cite, and names the tests that prove it."""

import re
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs" / "requirements.md"
# R: requirements, F: faults, C: field cases, which have two digits.
CITED = re.compile(r"(?<![\w-])(R[1-9]\d{0,2}|F[1-9]\d?|C\d\d)(?![\w-])")
NAMED = re.compile(r"def test_((?:[rfc]\d+_)+)")
DEFINED = re.compile(r"^\| ([RFC]\d+) \| (.+?) \| (.*?) \|$", re.MULTILINE)
LINK = re.compile(r"\]\(\.\./([^)]+)\)")
# What looks like a number of ours and is none: a drive, a key, a colour.
OTHERS = {"tests/architecture/test_requirements.py"}


def _cited(path: Path) -> set[str]:
    """Return the numbers that a file cites, in its texts or in the names of its tests."""
    text = path.read_text("utf-8")
    named = {number.upper() for names in NAMED.findall(text) for number in names.strip("_").split("_")}
    # Numbers stand in docstrings, comments and prose; code has none.
    return named | set(CITED.findall(text))


def _proofs() -> dict[str, set[str]]:
    """Return the tests and benchmarks that cite each number."""
    proofs: dict[str, set[str]] = defaultdict(set)
    for path in sorted([*(ROOT / "tests").rglob("*.py"), *(ROOT / "bench").rglob("*.py")]):
        name = str(path.relative_to(ROOT))
        if name not in OTHERS:
            for number in _cited(path):
                proofs[number].add(name)
    return proofs


def _defined() -> dict[str, tuple[str, str]]:
    return {number: (text, links) for number, text, links in DEFINED.findall(DOCUMENT.read_text("utf-8"))}


def test_what_is_cited_is_defined() -> None:
    """In the program, its tests and its documents."""
    defined = _defined()
    sources = [*(ROOT / "src").rglob("*.py"), *(ROOT / "docs").rglob("*.md")]
    cited = {number: str(path.relative_to(ROOT)) for path in sources for number in _cited(path)} | {
        number: min(files) for number, files in _proofs().items()
    }

    assert {number: place for number, place in cited.items() if number not in defined} == {}


def test_what_is_defined_is_proven() -> None:
    """A test cites each number, and the document leads to it."""
    proofs = _proofs()

    assert [number for number in _defined() if not proofs[number]] == []
    assert [
        f"{number}: {link}"
        for number, (_, links) in _defined().items()
        for link in LINK.findall(links)
        if link not in proofs[number]
    ] == []
    assert [number for number, (_, links) in _defined().items() if not LINK.findall(links)] == []
