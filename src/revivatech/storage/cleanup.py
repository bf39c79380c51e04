"""Files that no row names: what a crash between putting a file and committing its row leaves behind (F18)."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

import structlog

from revivatech.kit.clock import utcnow
from revivatech.storage.files import Files

log = structlog.get_logger(__name__)

# Longer than any transaction lasts, and than two machines' clocks differ.
ORPHAN_AFTER = timedelta(hours=24)
ASKED_AT_ONCE = 500
Known = Callable[[Sequence[str]], Awaitable[set[str]]]


async def sweep(files: Files, prefix: str, known: Known) -> int:
    """Delete files below the prefix, older than a day and not among the keys of `known`; return how many.

    `known` gets keys and returns those of them that rows name.
    """
    deleted = 0
    newest = utcnow() - ORPHAN_AFTER
    waiting: list[str] = []

    async def judge() -> int:
        kept = await known(waiting)
        orphans = [key for key in waiting if key not in kept]
        for key in orphans:
            await files.delete(key)
        waiting.clear()
        return len(orphans)

    async for file in files.list(prefix):
        if file.modified_at < newest:
            waiting.append(file.key)
        if len(waiting) >= ASKED_AT_ONCE:
            deleted += await judge()
    if waiting:
        deleted += await judge()
    if deleted:
        log.info("orphans_deleted", prefix=prefix, files=deleted)
    return deleted
