"""Privacy as pages: what is kept and why, the export, the erasure and its taking back, and the staff's queue."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from revivatech.accounts import service as accounts
from revivatech.accounts.contracts import TooManyFailures
from revivatech.accounts.service import Permission, ProofNeeded, needs
from revivatech.kit.actor import CustomerActor
from revivatech.kit.errors import InvalidInput, NotSignedIn, Refusal, TooMany
from revivatech.kit.i18n import marked
from revivatech.privacy import erasures, exports, requests
from revivatech.privacy.contracts import DeviceWithShop
from revivatech.privacy.desk import service as counter
from revivatech.privacy.routes import download, keepers_of, owner_of, take_back
from revivatech.shop import service as shop
from revivatech.web.access import WHILE_ERASING
from revivatech.web.client_address import client_address
from revivatech.web.context import context_of
from revivatech.web.forms import fields_of, missing, why
from revivatech.web.openapi import OPEN
from revivatech.web.pages import language_of, wants_fragment
from revivatech.web.request import Request
from revivatech.web.responses import see_other

NOT_UNDERSTOOD = marked("Please confirm that you have read it.")
PAGE = "/customer/account/privacy"
ERASURE = PAGE + "/erasure"
# Where somebody is sent whose account waits for its erasure (accounts.contracts.ErasurePending).
PENDING = "/customer/erasure"
DASHBOARD = "/customer/dashboard"


@get(PAGE, include_in_schema=False)
async def privacy_page(request: Request) -> Response[Any]:
    """Return what is kept and why, the exports, and the way out."""
    context = context_of(request)
    actor = (await context.authenticator.customer(request)).actor
    return await _privacy(request, actor)


@post(PAGE + "/export", include_in_schema=False)
async def ask_export(request: Request) -> Response[Any]:
    """Begin an export, or show the form again with what is wrong."""
    context = context_of(request)
    actor = (await context.authenticator.customer(request)).actor
    own = accounts.OwnProof.of(await request.form())
    try:
        await exports.ask(
            context.db,
            context.settings,
            actor,
            password=own.password,
            code=own.code,
            address=client_address(request),
        )
    except (ProofNeeded, TooManyFailures, TooMany) as refusal:
        return await _privacy(request, actor, refusal)
    return see_other(PAGE + "?asked=1#exports")


@get(PAGE + "/exports/{export_id:uuid}/download", include_in_schema=False)
async def download_export(request: Request, export_id: FromPath[UUID]) -> Response[Any]:
    """The file."""
    return await download(request, export_id)


async def _privacy(request: Request, actor: CustomerActor, refusal: Refusal | None = None) -> Response[Any]:
    context = context_of(request)
    frame = await context.pages.frame(request, actor)
    found = await exports.exports_of(context.db, actor)
    return await context.pages.render(
        request,
        "privacy/privacy.html",
        viewer=actor,
        block="exports" if wants_fragment(request) == "exports" else None,
        asks_for_code=await accounts.asks_for_code(context.db, "customer", actor.id),
        exports=found,
        is_open=any(export.status in {"waiting", "running"} for export in found),
        asked="asked" in request.query_params,
        kept=[
            table.file for keeper in reversed(keepers_of(request)) for table in reversed(keeper.tables) if table.file
        ],
        profile=await shop.country_profile_of(frame.shop),
        addresses_days=context.settings.retention_addresses_days,
        **why(refusal, language_of(request, frame.viewer)),
    )


# ------------------------------------------------------------------ erasures


@get(ERASURE, include_in_schema=False)
async def erasure_page(request: Request) -> Response[Any]:
    """Return what would be lost and what would stay, and the question whether it is really meant."""
    actor = (await context_of(request).authenticator.customer(request)).actor
    return await _erasure(request, actor)


@post(ERASURE, include_in_schema=False)
async def ask_erasure(request: Request) -> Response[Any]:
    """Have the account erased in a week, which signs out everywhere; or show the form again with what is wrong."""
    context = context_of(request)
    actor = (await context.authenticator.customer(request)).actor
    form = fields_of(await request.form())
    own = accounts.OwnProof.of(form)
    try:
        with missing(form, {"understood": NOT_UNDERSTOOD}) as problems:
            await accounts.require_typed(context.db, "customer", actor.id, own)
        problems.finish()
        await erasures.ask(
            context.db,
            context.settings,
            keepers_of(request),
            actor,
            password=own.password,
            code=own.code,
            address=client_address(request),
        )
    except (ProofNeeded, InvalidInput, TooManyFailures, DeviceWithShop) as refusal:
        return await _erasure(request, actor, refusal)
    answer: Response[Any] = see_other(PENDING + "?asked=1")
    answer.set_header("Clear-Site-Data", '"cache", "storage"')
    return answer


@get(PENDING, include_in_schema=False, security=OPEN, opt=WHILE_ERASING)
async def pending_page(request: Request) -> Response[Any]:
    """The day of the erasure and the way back, for its owner; a farewell for whoever has just asked for it."""
    context = context_of(request)
    try:
        actor, is_pending = await owner_of(request)
    except NotSignedIn:
        if "asked" not in request.query_params:
            raise
        return await context.pages.render(request, "privacy/pending.html", erasure=None, noon=_noon)
    if not is_pending:
        return see_other(PAGE)
    async with context.db.read() as reader:
        erasure = await erasures.waiting(reader, keepers_of(request), actor)
    return await context.pages.render(request, "privacy/pending.html", viewer=actor, erasure=erasure, noon=_noon)


@post(PENDING + "/cancel", include_in_schema=False, opt=WHILE_ERASING)
async def cancel_erasure(request: Request) -> Response[Any]:
    """Take the erasure back, and on to the portal."""
    await take_back(request)
    return see_other(PAGE + "?kept=1")


async def _erasure(request: Request, actor: CustomerActor, refusal: Refusal | None = None) -> Response[Any]:
    context = context_of(request)
    frame = await context.pages.frame(request, actor)
    said = why(refusal, language_of(request, frame.viewer))
    keepers = keepers_of(request)
    async with context.db.read() as reader:
        remains = await erasures.would_remain(reader, keepers, actor.id)
        blocked = await erasures.blocked(reader, keepers, actor.id)
    return await context.pages.render(
        request,
        "privacy/erasure.html",
        viewer=actor,
        asks_for_code=await accounts.asks_for_code(context.db, "customer", actor.id),
        remains=remains,
        noon=_noon,
        blocked=blocked,
        **said,
    )


# ------------------------------------------------------------------ the staff


@get("/staff/privacy", include_in_schema=False, guards=[needs(Permission.READ_PRIVACY)])
async def queue_page(request: Request) -> Response[Any]:
    """Return who has asked for what and by when they must have it; for managers."""
    context = context_of(request)
    actor = await context.authenticator.staff(request)
    queue = await requests.queue(context.db, actor)
    async with context.db.read() as reader:
        handovers = await counter.to_hand_over(reader, actor)
        people = await accounts.customers(reader, {one.customer_id for one in handovers})
    return await context.pages.render(
        request, "privacy/queue.html", viewer=actor, queue=queue, handovers=handovers, people=people
    )


def _noon(day: date) -> datetime:
    """A moment of that day in every zone that people live in, nearly."""
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


handlers: Sequence[HTTPRouteHandler] = [
    privacy_page,
    ask_export,
    download_export,
    erasure_page,
    ask_erasure,
    pending_page,
    cancel_erasure,
    queue_page,
]
