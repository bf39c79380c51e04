"""Several reads in one round trip: questions that are asked together are one statement to the server.

A statement costs this program more in being sent and waited for than in being answered. A page that shows something of
several slices takes the question of each and asks them at once; no slice sees another's tables, and all answers are of
one moment.
"""

from collections.abc import Callable, Mapping
from functools import cache
from string import ascii_lowercase
from typing import Any, Generic, LiteralString, TypeVar

import msgspec

from revivatech.db.database import Reader
from revivatech.db.rows import fetch_all, fetch_value

Row = TypeVar("Row", bound=msgspec.Struct)
Answer = TypeVar("Answer")

LIST_OF = "(SELECT coalesce(json_agg(answer), '[]') FROM"


class Query(msgspec.Struct, Generic[Row], frozen=True):
    """A SELECT with parameters by name, still to be sent; its columns are the fields of `kind`."""

    kind: type[Row]
    statement: LiteralString
    params: Mapping[str, object]


async def fetch(reader: Reader, question: Query[Row]) -> list[Row]:
    """The rows of one question alone."""
    return await fetch_all(reader, question.kind, question.statement, question.params)


class BatchedRead(msgspec.Struct, Generic[Answer], frozen=True):
    """Queries, and what is made of their rows; asked by whoever knows what else is to be asked at the same time.

    `answer` takes the reader's language, their name, and the rows of each question.
    """

    questions: tuple[Query[Any], ...]
    answer: Callable[..., Answer]


async def fetch_batch(reader: Reader, *questions: Query[Any]) -> tuple[list[Any], ...]:
    """The rows of each question, in the questions' order. Raises msgspec.ValidationError where one misses a field."""
    params = {
        f"{_prefix(number)}{name}": value
        for number, question in enumerate(questions)
        for name, value in question.params.items()
    }
    statement = _joined(tuple(question.statement for question in questions))
    answer: str = await fetch_value(reader, statement, params)
    return _decoder(tuple(question.kind for question in questions)).decode(answer)


@cache
def _joined(statements: tuple[LiteralString, ...]) -> LiteralString:
    """One statement whose value is a JSON array of the rows of each; its parameters have their question's prefix."""
    lists = [
        " ".join([LIST_OF, "(", statement.replace("%(", "%(" + _prefix(number)), ") AS answer)"])
        for number, statement in enumerate(statements)
    ]
    return " ".join(["SELECT json_build_array(", ", ".join(lists), ")::text"])


def _prefix(number: int) -> LiteralString:
    return ascii_lowercase[number] + "_"


@cache
def _decoder(kinds: tuple[type[msgspec.Struct], ...]) -> msgspec.json.Decoder[tuple[list[Any], ...]]:
    return msgspec.json.Decoder(tuple[tuple(list[kind] for kind in kinds)])  # type: ignore[misc, valid-type]
