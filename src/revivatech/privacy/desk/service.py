"""The verbs of requests at the counter: a copy or an erasure asked for in a customer's name, and taken back."""

from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from uuid import UUID

import structlog
from msgspec import structs

from revivatech.accounts import service as accounts
from revivatech.accounts.contracts import Client, Customer
from revivatech.accounts.service import OwnProof, Permission
from revivatech.db import Database, Reader, Transaction
from revivatech.jobs.queue import enqueue
from revivatech.kit.actor import StaffActor
from revivatech.kit.errors import Conflict, NotFound, Problems, TooMany
from revivatech.kit.i18n import marked
from revivatech.privacy import exports
from revivatech.privacy.contracts import DeviceWithShop, ExportAway, NothingToCancel
from revivatech.privacy.desk import queries
from revivatech.privacy.desk.contracts import NotedRequest
from revivatech.privacy.erasures import blocked
from revivatech.privacy.ports import Keeper
from revivatech.privacy.queries import erasures as stored_erasures
from revivatech.privacy.queries import exports as stored_exports
from revivatech.privacy.retention_rules import GRACE
from revivatech.realtime.contracts import CustomerChanged
from revivatech.settings import Settings
from revivatech.shop import service as shop
from revivatech.storage import Files
from revivatech.web.formats import Formats

log = structlog.get_logger(__name__)

SHOWN = 20


async def ask_export(
    db: Database, settings: Settings, actor: StaffActor, customer_id: UUID, own: OwnProof, identity: str, client: Client
) -> None:
    """Have the customer's copy made, and tell them by mail; who has no account yet is invited to fetch it.

    Raises NotAllowed, NotFound, InvalidInput for a check of identity that is none, ProofNeeded, TooManyFailures;
    Conflict while one is being made.
    """
    await _prove(db, settings, actor, own, identity, client)
    async with db.transaction() as tx:
        customer = await _customer(tx, customer_id)
        export_id = await stored_exports.add(tx, customer_id)
        if export_id is None:
            raise Conflict(marked("A copy for this customer is being made already."))
        await queries.note_export(tx, export_id, actor.id, identity)
        await enqueue(tx, "privacy:make_export", queue="exports", export_id=str(export_id))
        await accounts.note_activity(tx, customer_id, "export_asked_at_shop")
        await accounts.note_audit(
            tx, actor, "export_asked_for_customer", client, customer_id=customer_id, identity=identity
        )
        is_unclaimed = await accounts.may_be_invited(tx, customer_id)
        if customer.email:
            await accounts.post_notice(tx, "customer", customer_id, "export_noted", customer.email)
    if is_unclaimed:
        # Nothing hangs on it: five a day are enough, and the page of the customer offers another.
        with suppress(Conflict, TooMany):
            await accounts.invite_customer(db, actor, customer_id, client)


async def ask_erasure(
    db: Database,
    settings: Settings,
    keepers: Sequence[Keeper],
    actor: StaffActor,
    customer_id: UUID,
    own: OwnProof,
    identity: str,
    client: Client,
) -> None:
    """Have the customer erased in a week, as if they had asked themselves; their sessions end, a mail tells them.

    Raises as `ask_export`, Conflict where one waits already, DeviceWithShop while a repair has not ended.
    """
    await _prove(db, settings, actor, own, identity, client)
    async with db.transaction() as tx:
        customer = await _customer(tx, customer_id)
        if await blocked(tx, keepers, customer_id):
            raise DeviceWithShop(marked("A device of this customer is still here: give it back first."))
        row = await stored_erasures.add(tx, customer_id, GRACE.total_seconds())
        if row is None:
            raise Conflict(marked("An erasure of this customer waits already."))
        await queries.note_erasure(tx, row.id, actor.id, identity)
        await accounts.begin_erasure(tx, customer_id, row.execute_at)
        tx.note(CustomerChanged(customer_id))
        await accounts.note_activity(tx, customer_id, "erasure_asked_at_shop")
        await accounts.note_audit(
            tx, actor, "erasure_asked_for_customer", client, customer_id=customer_id, identity=identity
        )
        if customer.email:
            day = Formats(customer.language, customer.timezone, await shop.country(tx)).datetime(row.execute_at)
            await accounts.post_notice(tx, "customer", customer_id, "erasure_noted", customer.email, day=day)
    log.info("erasure_noted", account=str(customer_id), by=str(actor.id))


async def take_back(db: Database, actor: StaffActor, customer_id: UUID, client: Client) -> None:
    """Take back an erasure that the shop wrote down, for whoever has changed their mind and cannot sign in.

    What a customer has asked in the portal is theirs alone to take back. Raises NotAllowed, NothingToCancel.
    """
    accounts.require(actor, Permission.ASK_FOR_CUSTOMERS)
    async with db.transaction() as tx:
        if not await queries.cancel_erasure(tx, customer_id):
            raise NothingToCancel
        await accounts.cancel_erasure(tx, customer_id)
        tx.note(CustomerChanged(customer_id))
        await accounts.note_activity(tx, customer_id, "erasure_cancelled_at_shop")
        await accounts.note_audit(tx, actor, "erasure_cancelled_for_customer", client, customer_id=customer_id)
        customer = await accounts.customer(tx, customer_id)
        if customer is not None and customer.email:
            await accounts.post_notice(tx, "customer", customer_id, "erasure_cancelled", customer.email)


async def noted_for(reader: Reader, actor: StaffActor, customer_id: UUID) -> list[NotedRequest]:
    """Return what the shop wrote down for that customer, the newest first. Raises NotAllowed."""
    accounts.require(actor, Permission.ASK_FOR_CUSTOMERS)
    return await _with_email(reader, await queries.noted_for(reader, customer_id, SHOWN))


async def to_hand_over(reader: Reader, actor: StaffActor) -> list[NotedRequest]:
    """Copies that are ready and whose customers cannot fetch them themselves. Raises NotAllowed."""
    accounts.require(actor, Permission.ASK_FOR_CUSTOMERS)
    return [one for one in await _with_email(reader, await queries.ready(reader, SHOWN)) if one.is_to_hand_over]


async def require_handover(reader: Reader, actor: StaffActor, customer_id: UUID, export_id: UUID) -> None:
    """Raise ExportAway unless that copy of the customer's data is ready and is to be handed over. Raises NotAllowed."""
    if await _handover(reader, actor, customer_id, export_id) is None:
        raise ExportAway


async def _handover(reader: Reader, actor: StaffActor, customer_id: UUID, export_id: UUID) -> NotedRequest | None:
    noted = await noted_for(reader, actor, customer_id)
    return next((one for one in noted if one.id == export_id and one.is_to_hand_over), None)


async def open_file(
    db: Database, files: Files, actor: StaffActor, customer_id: UUID, export_id: UUID, client: Client
) -> tuple[NotedRequest, AsyncIterator[bytes]]:
    """A copy that is to be handed over, and its bytes; that somebody of the shop fetched it is on record.

    Raises NotAllowed, and ExportAway for a copy that its customer can fetch: then nobody else does.
    """
    async with db.transaction() as tx:
        found = await _handover(tx, actor, customer_id, export_id)
        if found is None:
            raise ExportAway
        await accounts.note_audit(tx, actor, "export_handed_over", client, customer_id=customer_id)
        await accounts.note_visit(tx, actor, customer_id, "customer", customer_id, "")
    chunks = await files.stream(exports.key_of(customer_id, export_id))
    if chunks is None:
        raise ExportAway
    return found, chunks


async def _prove(
    db: Database, settings: Settings, actor: StaffActor, own: OwnProof, identity: str, client: Client
) -> None:
    accounts.require(actor, Permission.ASK_FOR_CUSTOMERS)
    with Problems() as problems:
        accounts.require_identity_check(identity, accounts.LETTER_IDENTITIES)
    with problems:
        await accounts.require_typed(db, "staff", actor.id, own)
    problems.finish()
    await accounts.prove(db, settings, "staff", actor.id, password=own.password, code=own.code, address=client.address)


async def _customer(tx: Transaction, customer_id: UUID) -> Customer:
    """The customer, unless there is none or nobody is left of them. Raises NotFound."""
    customer = await accounts.customer(tx, customer_id)
    if customer is None or not await accounts.not_erased(tx, [customer_id]):
        raise NotFound
    return customer


async def _with_email(reader: Reader, rows: Sequence[NotedRequest]) -> list[NotedRequest]:
    people = await accounts.customers(reader, [row.customer_id for row in rows])
    return [
        structs.replace(row, has_email=bool(row.customer_id in people and people[row.customer_id].email))
        for row in rows
    ]
