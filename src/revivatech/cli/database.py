"""An open database for a command, whose changes reach the portal that may be running beside it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress

from revivatech.cache.store import Cache, CacheUnavailable
from revivatech.db import Database
from revivatech.realtime.bus import Bus
from revivatech.realtime.contracts import CustomerChanged, SessionsEnded
from revivatech.settings import Settings
from revivatech.web import logs


@asynccontextmanager
async def open_database(settings: Settings) -> AsyncIterator[Database]:
    """The database. Where there is a Valkey, kept answers are forgotten and ended sessions refused at once.

    What a service logs of its ordinary doings is for a portal's log and not for who runs a command.
    """
    logs.configure("warning" if settings.log_level == "info" else settings.log_level, settings.log_format)
    async with AsyncExitStack() as stack:
        db = await stack.enter_async_context(Database(settings.database_url, most=2))
        if settings.redis_url:
            cache = await stack.enter_async_context(Cache(settings.redis_url))
            bus = await stack.enter_async_context(Bus(settings.redis_url))
            _tell(db, cache, bus)
        yield db


def _tell(db: Database, cache: Cache, bus: Bus) -> None:
    async def forget_answers(changed: CustomerChanged) -> None:
        with suppress(CacheUnavailable):  # then nothing is kept either
            await cache.forget_answers(changed.customer_id)

    async def end_sessions(ended: SessionsEnded) -> None:
        bus.send(ended)
        with suppress(CacheUnavailable):  # a job of the same transaction tries again
            for session_id in ended.session_ids:
                await cache.end_session(ended.owner_id, session_id)

    db.on_commit(CustomerChanged, forget_answers)
    db.on_commit(SessionsEnded, end_sessions)
