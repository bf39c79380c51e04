"""Erasures: asked with proof, taken back within a week; and what follows when the eraser has done them."""

from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID

import msgspec
import structlog

from revivatech.accounts import service as accounts
from revivatech.cache.store import Cache, CacheUnavailable
from revivatech.db import Database, Reader
from revivatech.db.personal_data import Kept
from revivatech.kit.actor import CustomerActor
from revivatech.privacy.contracts import DeviceWithShop, ErasureView, NothingToCancel, Remains
from revivatech.privacy.ports import Keeper, Processor
from revivatech.privacy.queries import calls
from revivatech.privacy.queries import erasures as stored
from revivatech.privacy.retention_rules import GRACE
from revivatech.realtime.contracts import CustomerChanged
from revivatech.settings import Settings
from revivatech.shop import service as shop
from revivatech.web.formats import Formats

log = structlog.get_logger(__name__)


# ------------------------------------------------------------------ the customer's side


async def would_remain(reader: Reader, keepers: Sequence[Keeper], customer_id: UUID) -> list[Remains]:
    """Return the records that the law would keep if the customer were deleted now."""
    profile = await shop.country_profile(reader)
    kept = [one for keeper in keepers for one in await keeper.kept(reader, customer_id, profile.invoice_years)]
    return [_remains(one, profile) for one in kept]


async def blocked(reader: Reader, keepers: Sequence[Keeper], customer_id: UUID) -> str:
    """Return why the customer cannot be erased now, as a word; empty where they can."""
    for keeper in keepers:
        if reason := await keeper.blocks(reader, customer_id):
            return reason
    return ""


async def ask(
    db: Database,
    settings: Settings,
    keepers: Sequence[Keeper],
    actor: CustomerActor,
    *,
    password: str,
    code: str,
    address: str | None,
) -> ErasureView:
    """The erasure, for in a week. Every session ends; signing in leads to nothing but taking it back (R128).

    Raises ProofNeeded, TooManyFailures, and DeviceWithShop while a repair has not ended. Asked twice it stays as it is.
    """
    await accounts.prove(db, settings, "customer", actor.id, password=password, code=code, address=address)
    async with db.transaction() as tx:
        if await blocked(tx, keepers, actor.id):
            raise DeviceWithShop(
                "One of your devices is still with the shop. You can ask for this once you have it back."
            )
        row = await stored.add(tx, actor.id, GRACE.total_seconds())
        if row is not None:
            await accounts.begin_erasure(tx, actor.id, row.execute_at)
            tx.note(CustomerChanged(actor.id))
            await accounts.note_activity(tx, actor.id, "erasure_asked")
            customer = await accounts.customer(tx, actor.id)
            if customer is not None and customer.email:
                day = Formats(customer.language, customer.timezone, await shop.country(tx)).datetime(row.execute_at)
                await accounts.post_notice(tx, "customer", actor.id, "erasure_asked", customer.email, day=day)
            log.info("erasure_asked", account=str(actor.id))
        else:
            row = await stored.open_one(tx, actor.id)
            if row is None:
                raise NothingToCancel
        return ErasureView(row.status, row.execute_at, await would_remain(tx, keepers, actor.id))


async def waiting(reader: Reader, keepers: Sequence[Keeper], actor: CustomerActor) -> ErasureView | None:
    """The customer's erasure that waits for its day, None where none does."""
    row = await stored.open_one(reader, actor.id)
    if row is None:
        return None
    return ErasureView(row.status, row.execute_at, await would_remain(reader, keepers, actor.id))


async def cancel(db: Database, cache: Cache, actor: CustomerActor) -> None:
    """Take the erasure back. Raises NothingToCancel where none waits or its day has come.

    The session that asked is let in again at once, others of these days within a minute.
    """
    async with db.transaction() as tx:
        if not await stored.cancel(tx, actor.id):
            raise NothingToCancel
        await accounts.cancel_erasure(tx, actor.id)
        tx.note(CustomerChanged(actor.id))
        await accounts.note_activity(tx, actor.id, "erasure_cancelled")
        customer = await accounts.customer(tx, actor.id)
        if customer is not None and customer.email:
            await accounts.post_notice(tx, "customer", actor.id, "erasure_cancelled", customer.email)
    log.info("erasure_cancelled", account=str(actor.id))
    with suppress(CacheUnavailable):
        await cache.forget_session(actor.id, actor.session_id)


# ------------------------------------------------------------------ afterwards


async def sweep(db: Database, cache: Cache, keepers: Sequence[Keeper], customer_id: UUID) -> None:
    """Remove an erased customer's files and kept responses. Raises CacheUnavailable and Unavailable."""
    for keeper in keepers:
        await keeper.sweep(db, customer_id)
    await cache.forget_answers(customer_id)


async def tell_processors(db: Database, processors: Sequence[Processor]) -> None:
    """Tell those who work for the shop whom to erase; who does not answer is told again with the next run (R130)."""
    bound = {processor.name: processor for processor in processors}
    async with db.read() as reader:
        waiting_calls = await calls.still_open(reader)
    for call in waiting_calls:
        processor = bound.get(call.processor)
        if processor is None:
            log.error("processor_unknown", processor=call.processor)
            continue
        try:
            await processor.forget(call.customer_id)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is asked again
            log.warning("processor_not_told", processor=call.processor, error=type(error).__name__)
            continue
        async with db.transaction() as tx:
            await calls.done(tx, call.customer_id, call.processor)


async def end_keeping(db: Database, keepers: Sequence[Keeper]) -> None:
    """Delete what was kept of erased customers and need not be any longer, and write down what still is."""
    async with db.read() as reader:
        years = (await shop.country_profile(reader)).invoice_years
        rows = await stored.keeping(reader)
    for row in rows:
        async with db.transaction() as tx:
            kept: list[Kept] = []
            for keeper in keepers:
                await keeper.end_keeping(tx, [row.customer_id], years)
                kept += await keeper.kept(tx, row.customer_id, years)
            await stored.note_kept(tx, row.id, msgspec.to_builtins(kept))


def _remains(kept: Kept, profile: shop.CountryProfile) -> Remains:
    source = profile.invoice_source if kept.reason == "invoice" else profile.warranty_source
    return Remains(kept.what, "invoice" if kept.reason == "invoice" else "warranty", kept.rows, kept.until, source)
