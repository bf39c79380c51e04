"""Retention: what has outlived its period goes, an hour at a time (R133)."""

from collections.abc import Sequence

import structlog

from revivatech.db import Database
from revivatech.db.personal_data import begin_forgetting
from revivatech.privacy.ports import Keeper
from revivatech.settings import Settings

log = structlog.get_logger(__name__)

# Of some thousand rows each: a first run on old data ends, the next hour goes on.
MOST_BATCHES = 200


async def forget_old(db: Database, settings: Settings, keepers: Sequence[Keeper]) -> None:
    """Have every keeper clean what is older than its period, in short transactions."""
    for keeper in keepers:
        cleaned = 0
        for _ in range(MOST_BATCHES):
            async with db.transaction() as tx:
                await begin_forgetting(tx)
                some = await keeper.forget_old(tx, settings.retention_addresses_days)
            cleaned += some
            if not some:
                break
        if cleaned:
            log.info("retention", part=keeper.name, rows=cleaned)
