"""Asking an inquiry alone, as a page asks it beside its frame."""

from typing import TypeVar

from revivatech.db import BatchedRead, Database, fetch_batch

Answer = TypeVar("Answer")


async def answer_to(db: Database, inquiry: BatchedRead[Answer], language: str = "en", name: str = "") -> Answer:
    """Return what is made of the rows, in one statement."""
    async with db.read() as reader:
        rows = await fetch_batch(reader, *inquiry.questions)
    return inquiry.answer(language, name, *rows)
