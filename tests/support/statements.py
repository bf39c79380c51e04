"""Counting what a page costs the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from psycopg import AsyncCursor

from revivatech.db.database import BinaryCursor


@dataclass(slots=True)
class Statements:
    """The statements that the program has sent, in order, while it was watched."""

    texts: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.texts)

    @contextmanager
    def watched(self) -> Iterator[list[str]]:
        """The statements of this block; the list fills as they are sent."""
        start = len(self.texts)
        block: list[str] = []
        yield block
        block.extend(self.texts[start:])


def count(monkeypatch: pytest.MonkeyPatch) -> Statements:
    """Watch every pool of this process until the test ends."""
    statements = Statements()
    execute = BinaryCursor.execute

    async def counted(cursor: BinaryCursor, query: Any, *args: Any, **kwargs: Any) -> AsyncCursor[Any]:
        statements.texts.append(query if isinstance(query, str) else query.as_string(cursor))
        return await execute(cursor, query, *args, **kwargs)

    monkeypatch.setattr(BinaryCursor, "execute", counted)
    return statements
