"""The SQL of the program, read with PostgreSQL's own scanner and parser."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pglast
from pglast.parser import ParseError

SOURCE = Path(__file__).parents[2] / "src" / "revivatech"
# psycopg's placeholders, by name and by position, and the gaps of a composed statement.
GAP = re.compile(r"%\([a-z_]+\)[sbt]|%[sbt]|\{[a-z_]*\}")
VERB = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH|CREATE|ALTER|DROP|COPY|TRUNCATE|MERGE|LOCK)\s")


@dataclass(frozen=True)
class Text:
    """A string of the program that is no docstring, and where it is written."""

    path: Path
    line: int
    value: str

    @property
    def package(self) -> str:
        """The folder below the program's that owns the file."""
        return self.path.relative_to(SOURCE).parts[0]

    @property
    def place(self) -> str:
        """File and line."""
        return f"{self.path.relative_to(SOURCE)}:{self.line}"

    @property
    def is_statement(self) -> bool:
        """Whether PostgreSQL would take it, as a whole, for a statement."""
        if not VERB.match(self.value):
            return False
        try:
            pglast.parse_sql(GAP.sub("NULL", self.value))
        except ParseError:
            return False
        return True

    def names(self) -> set[str]:
        """The identifiers in it, whether it is a whole statement or a part of one; not what is in quotes."""
        sql = GAP.sub(" ", self.value)
        try:
            tokens = pglast.parser.scan(sql)
        except ParseError:
            return set()
        return {sql[token.start : token.end + 1].strip('"').lower() for token in tokens if "IDENT" in token.name} | {
            # A word that is also a keyword of PostgreSQL may name a table all the same.
            sql[token.start : token.end + 1].lower()
            for token in tokens
            if token.kind == "UNRESERVED_KEYWORD"
        }


def texts_of(path: Path) -> Iterator[Text]:
    """Every string of a module but its docstrings."""
    tree = ast.parse(path.read_text("utf-8"))
    prose = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            yield Text(path, node.lineno, node.value)


def modules() -> list[Path]:
    """Every module of the program."""
    return sorted(SOURCE.rglob("*.py"))


def is_queries(path: Path) -> bool:
    """Whether this is where a package keeps its SQL."""
    return path.name == "queries.py" or "queries" in path.parts
