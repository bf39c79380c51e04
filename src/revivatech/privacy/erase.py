"""Doing erasures: all of one in a transaction with its journal, and again those that a backup has brought back."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import msgspec
import structlog

from revivatech.accounts import service as accounts
from revivatech.accounts.service import Marks
from revivatech.db import Database, Transaction
from revivatech.db.personal_data import Kept, begin_forgetting
from revivatech.jobs.queue import enqueue
from revivatech.kit.clock import utcnow
from revivatech.privacy import erasure_log
from revivatech.privacy.erasure_log import Entry
from revivatech.privacy.erasures import blocked
from revivatech.privacy.ports import Keeper, Processor
from revivatech.privacy.queries import calls, erasures
from revivatech.realtime.contracts import CustomerChanged
from revivatech.settings import Settings
from revivatech.shop import service as shop
from revivatech.storage import Files

log = structlog.get_logger(__name__)

# A job that was under way when its customer was erased may have written once more.
LATE_MINUTES = 60


@dataclass(frozen=True, slots=True)
class Eraser:
    """Erases customers from all that the keepers keep."""

    db: Database
    settings: Settings
    files: Files
    keepers: Sequence[Keeper]
    processors: Sequence[Processor]

    async def run_due(self) -> None:
        """Do what is due: erasures of a restored backup, those whose day has come, and the last ones once more.

        One that fails is logged and does not keep the others waiting; it is tried again with the next run. Raises
        Unavailable while the journal cannot be read.
        """
        await self.replay()
        async with self.db.read() as reader:
            due = await erasures.due(reader)
            late = await erasures.recently_executed(reader, LATE_MINUTES)
        for row in due:
            try:
                await self._execute(row)
            except Exception:
                log.exception("erasure_failed", erasure=str(row.id))
        for row in late:
            async with self.db.transaction() as tx:
                await self._erase(tx, row.customer_id)

    async def replay(self) -> list[UUID]:
        """Erase again whom a restored backup has brought back, and know again whom it had never met.

        Answers with the ids of those whose row still named somebody. Raises Unavailable while the journal is away.
        """
        ids = list(await erasure_log.known(self.settings, self.files))
        async with self.db.read() as reader:
            back = set(await accounts.not_erased(reader, ids))
            forgotten = await erasures.without_record(reader, ids)
        for entry in await erasure_log.entries(self.settings, self.files, back | forgotten):
            await self._replay(entry)
        return sorted(back)

    async def _replay(self, entry: Entry) -> None:
        async with self.db.transaction() as tx:
            await erasures.hold_replay(tx)
            is_back = bool(await accounts.not_erased(tx, [entry.customer_id]))
            if not is_back and not await erasures.without_record(tx, [entry.customer_id]):
                # Another process that started with this one has done it.
                return
            erasure_id = await erasures.record_replay(tx, entry.customer_id)
            marks = Marks(entry.key_id, tuple(bytes.fromhex(mark) for mark in entry.marks))
            await accounts.keep_marks(tx, marks, entry.erased_at)
            if is_back:
                await accounts.remember_erased(tx, self.settings.secret_key, entry.customer_id, entry.erased_at)
                kept = await self._erase(tx, entry.customer_id)
                await self._follow(tx, erasure_id, entry.customer_id, kept)
                log.warning("erasure_replayed", account=str(entry.customer_id))

    async def _execute(self, row: erasures.ErasureRow) -> None:
        at = utcnow()
        async with self.db.transaction() as tx:
            if await blocked(tx, self.keepers, row.customer_id) or not await erasures.claim(tx, row.id):
                # A device that came in meanwhile: it waits, and the staff's queue shows it.
                return
            marks = await accounts.remember_erased(tx, self.settings.secret_key, row.customer_id, at)
            kept = await self._erase(tx, row.customer_id)
            await self._follow(tx, row.id, row.customer_id, kept)
            entry = Entry(at, row.customer_id, marks.key_id, tuple(mark.hex() for mark in marks.marks))
            await erasure_log.write(self.settings, self.files, entry)
        log.info("erasure_executed", erasure=str(row.id), kept=len(kept))

    async def _erase(self, tx: Transaction, customer_id: UUID) -> list[Kept]:
        await begin_forgetting(tx)
        years = (await shop.country_profile(tx)).invoice_years
        kept = [one for keeper in self.keepers for one in await keeper.erase(tx, customer_id, years)]
        tx.note(CustomerChanged(customer_id))
        return kept

    async def _follow(self, tx: Transaction, erasure_id: UUID, customer_id: UUID, kept: Sequence[Kept]) -> None:
        """Write down what stays, and have files, cache and processors follow after the commit."""
        await erasures.note_kept(tx, erasure_id, msgspec.to_builtins(kept))
        for processor in self.processors:
            await calls.add(tx, customer_id, processor.name)
        await enqueue(tx, "privacy:sweep", customer_id=str(customer_id))
        await enqueue(tx, "privacy:tell_processors")
