"""Exports: asked for, made by a job, fetched by nobody but their owner, and gone after a week."""

import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from uuid import UUID

import structlog

from revivatech.accounts import service as accounts
from revivatech.accounts.contracts import Customer
from revivatech.db import Database, Reader, Transaction
from revivatech.jobs.queue import enqueue
from revivatech.kit.actor import CustomerActor
from revivatech.kit.errors import TooMany, Unavailable
from revivatech.privacy import archive
from revivatech.privacy.contracts import ExportAway, ExportView
from revivatech.privacy.export_page import Reading
from revivatech.privacy.ports import Keeper
from revivatech.privacy.queries import exports as stored
from revivatech.privacy.queries.exports import ExportRow
from revivatech.privacy.retention_rules import EXPORT_LIFE
from revivatech.privacy.values import values_in
from revivatech.settings import Settings
from revivatech.shop import service as shop
from revivatech.storage import Files
from revivatech.web.formats import Formats

log = structlog.get_logger(__name__)

FOLDER = "exports"
SHOWN = 10
MOST_A_DAY = 5
DAY_SECONDS = 86_400
# Between two words of how far it is.
PROGRESS_SECONDS = 0.5
# Longer than any export takes: whoever made it is no more.
GIVE_UP_HOURS = 12
CHUNK = 256 * 1024


class GivenUp(Exception):  # noqa: N818 - not a fault: somebody else has ended the export
    """The export that is being made is not wanted any more."""


# ------------------------------------------------------------------ the customer's side


async def ask(
    db: Database, settings: Settings, actor: CustomerActor, *, password: str, code: str, address: str | None
) -> ExportView:
    """The customer's export under way: a new one, or the one that is being made already (R123).

    Raises ProofNeeded, TooManyFailures, and TooMany after five in a day.
    """
    await accounts.prove(db, settings, "customer", actor.id, password=password, code=code, address=address)
    async with db.transaction() as tx:
        export_id = await stored.add(tx, actor.id)
        if export_id is not None:
            if await stored.recent(tx, actor.id) > MOST_A_DAY:
                raise TooMany(
                    "That was enough exports for today. Please ask again tomorrow.",
                    limit=MOST_A_DAY,
                    retry_after=DAY_SECONDS,
                )
            await enqueue(tx, "privacy:make_export", queue="exports", export_id=str(export_id))
            await accounts.note_activity(tx, actor.id, "export_asked")
        row = await stored.open_one(tx, actor.id)
    if row is None:
        # The other one was done between the two statements.
        return (await exports_of(db, actor))[0]
    return _view(row)


async def exports_of(db: Database, actor: CustomerActor) -> list[ExportView]:
    """The customer's last exports, the newest first."""
    async with db.read() as reader:
        return [_view(row) for row in await stored.of_customer(reader, actor.id, SHOWN)]


async def one(reader: Reader, actor: CustomerActor, export_id: UUID) -> ExportView:
    """That export. Raises ExportAway where the customer has no such one."""
    row = await stored.one(reader, actor.id, export_id)
    if row is None:
        raise ExportAway
    return _view(row)


async def open_file(
    db: Database, files: Files, actor: CustomerActor, export_id: UUID
) -> tuple[ExportView, AsyncIterator[bytes]]:
    """The export and its bytes. Raises ExportAway unless it is ready and the customer's own."""
    async with db.read() as reader:
        export = await one(reader, actor, export_id)
    chunks = await files.stream(key_of(actor.id, export_id)) if export.download_url else None
    if chunks is None:
        raise ExportAway
    return export, chunks


def _view(row: ExportRow) -> ExportView:
    url = f"/api/customer/privacy/exports/{row.id}/download" if row.status == "ready" else None
    return ExportView(row.id, row.status, row.progress, row.size_bytes, row.created_at, row.expires_at, url)


def key_of(customer_id: UUID, export_id: UUID) -> str:
    """Return where the export's file is stored."""
    return f"{FOLDER}/{customer_id}/{export_id}.zip"


# ------------------------------------------------------------------ the job


async def make(db: Database, settings: Settings, files: Files, keepers: Sequence[Keeper], export_id: UUID) -> None:
    """Make the export and say so by mail; done or given up already, nothing happens.

    What fails is written down as failed, for the customer to see and to ask anew; only a database or a store that is
    away raises, so that the job is tried again. The file is stored whole before the row says that it is ready: one cut
    short is never offered (F32).
    """
    async with db.transaction() as tx:
        customer_id = await stored.begin(tx, export_id)
        customer = await accounts.customer(tx, customer_id) if customer_id else None
        name_of_shop = (await shop.current(tx)).name
        country = await shop.country(tx)
    if customer is None:
        return
    values = await values_in(db, customer.language)
    work = Path(settings.data) / FOLDER
    work.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=work, prefix="making-"))
    try:
        formats = Formats(customer.language, customer.timezone, country)
        with Reading(formats, customer.name, name_of_shop, values) as reading:
            size = await archive.write(
                db, keepers, customer.id, folder / "export.zip", reading, Progress(db, export_id).note
            )
        await files.put_file(key_of(customer.id, export_id), folder / "export.zip")
        async with db.transaction() as tx:
            await _ready(tx, customer, export_id, size)
    except GivenUp:
        # Its owner was erased meanwhile.
        await files.delete(key_of(customer.id, export_id))
    except Unavailable:
        raise
    except Exception:
        log.exception("export_failed", export=str(export_id))
        async with db.transaction() as tx:
            if await stored.fail(tx, export_id) and customer.email:
                await accounts.post_notice(tx, "customer", customer.id, "export_failed", customer.email)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _ready(tx: Transaction, customer: Customer, export_id: UUID, size: int) -> None:
    expires_at = await stored.end(tx, export_id, size, EXPORT_LIFE.total_seconds())
    if expires_at is None:
        raise GivenUp
    if customer.email:
        day = Formats(customer.language, customer.timezone, await shop.country(tx)).datetime(expires_at)
        await accounts.post_notice(tx, "customer", customer.id, "export_ready", customer.email, until=day)
    log.info("export_ready", export=str(export_id), bytes=size)


class Progress:
    """Writes down how far an export is, twice a second at most."""

    def __init__(self, db: Database, export_id: UUID) -> None:
        self._db = db
        self._export_id = export_id
        self._percent = 0
        self._at = time.monotonic()

    async def note(self, percent: int) -> None:
        """So many percent are done. Raises GivenUp where the export is not wanted any more."""
        if percent == self._percent or time.monotonic() - self._at < PROGRESS_SECONDS:
            return
        self._percent, self._at = percent, time.monotonic()
        async with self._db.transaction() as tx:
            if not await stored.note_progress(tx, self._export_id, percent):
                raise GivenUp


# ------------------------------------------------------------------ their end


async def expire(db: Database, settings: Settings, files: Files) -> None:
    """End exports whose week is over, give up those that nobody makes any more, and clear what a crash has left."""
    async with db.transaction() as tx:
        over = await stored.over(tx)
        # Before the commit: where this fails the rows are found again.
        for row in over:
            await files.delete(key_of(row.customer_id, row.id))
        if given_up := await stored.give_up(tx, GIVE_UP_HOURS):
            log.error("exports_given_up", exports=given_up)
        await stored.forget_old(tx)
    work = Path(settings.data) / FOLDER
    for folder in work.glob("making-*"):
        if time.time() - folder.stat().st_mtime > GIVE_UP_HOURS * 3600:
            shutil.rmtree(folder, ignore_errors=True)


async def known(db: Database, keys: Sequence[str]) -> set[str]:
    """Those of the stored keys that an export names, for the sweep of orphans."""
    ids = {key: UUID(Path(key).stem) for key in keys}
    async with db.read() as reader:
        found = await stored.known(reader, list(ids.values()))
    return {key for key, export_id in ids.items() if export_id in found}
