"""An erasure that ends with kill -9 at each of its steps: `killed_eraser.py DATABASE_URL DATA`.

Prints a line a death: the step, and the first name that the customer's row has then. Each try is a fork, so that the
program is loaded once.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from revivatech.db import Database
from revivatech.privacy import erasure_log
from revivatech.privacy.erase import Eraser
from revivatech.privacy.queries import erasures
from revivatech.settings import read_settings
from revivatech.storage import files_for
from revivatech.worker import keepers_of

URL = sys.argv[1]
SETTINGS = read_settings({}, data=Path(sys.argv[2]), database_url=URL, secret_key=("a secret of the test" * 2,))
FILES = files_for(SETTINGS)
KEEPERS = keepers_of(FILES)


def killed(step: Callable[..., Any], *, after: bool) -> Callable[..., Any]:
    """The step, with the process ended before or after it."""

    async def dying(*arguments: Any, **options: Any) -> Any:
        if after:
            await step(*arguments, **options)
        os.kill(os.getpid(), signal.SIGKILL)

    return dying


@contextmanager
def deadly(place: Any, name: str, *, after: bool) -> Iterator[None]:
    """Nobody survives that step of the block."""
    step = getattr(place, name)
    setattr(place, name, killed(step, after=after))
    try:
        yield
    finally:
        setattr(place, name, step)


async def erase() -> None:
    """What the job does."""
    async with Database(URL, most=2) as db:
        await Eraser(db, SETTINGS, FILES, KEEPERS, ()).run_due()


def die() -> None:
    """Erase in a process of its own, and be killed."""
    child = os.fork()
    if not child:
        asyncio.run(erase())
        os._exit(0)
    assert os.WIFSIGNALED(os.waitpid(child, 0)[1])


def name() -> str:
    """What the customer's row says now."""
    with psycopg.connect(URL) as connection:
        row = connection.execute("SELECT first_name FROM customers WHERE email IS NOT NULL ORDER BY id").fetchone()
    return str(row[0]) if row else ""


steps: list[tuple[str, Any, str, bool]] = [
    ("claimed", erasures, "claim", True),
    *((f"erasing {keeper.name}", keeper, "erase", True) for keeper in KEEPERS),
    ("noted", erasures, "note_kept", True),
    ("before the journal", erasure_log, "write", False),
    ("after the journal", erasure_log, "write", True),
]
for said, place, method, after in steps:
    with deadly(place, method, after=after):
        die()
    print(said, name(), sep=": ")  # noqa: T201 - what the test reads
