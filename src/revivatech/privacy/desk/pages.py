"""The page on which a manager writes down what a customer asks for at the counter or by letter."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, Literal
from uuid import UUID

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Stream

from revivatech.accounts import service as accounts
from revivatech.accounts.contracts import Client
from revivatech.accounts.service import OwnProof, Permission, needs
from revivatech.kit.actor import StaffActor
from revivatech.kit.errors import Conflict, InvalidInput, NotFound, Refusal, TooMany
from revivatech.privacy.desk import service
from revivatech.privacy.erasures import blocked
from revivatech.privacy.routes import ZIP, keepers_of
from revivatech.web.client_address import client_address
from revivatech.web.context import context_of
from revivatech.web.forms import fields_of, why
from revivatech.web.pages import language_of
from revivatech.web.request import Request
from revivatech.web.responses import see_other

PAGE = "/staff/privacy/customers/{customer_id:uuid}"
SAID = ("export", "erasure", "kept")
# Writes a request down: who, for which customer, with which proof and check of identity, from where.
Ask = Callable[[StaffActor, UUID, OwnProof, str, Client], Awaitable[None]]


@get(PAGE, include_in_schema=False, guards=[needs(Permission.ASK_FOR_CUSTOMERS)])
async def requests_page(request: Request, customer_id: FromPath[UUID]) -> Response[Any]:
    """Return what the shop wrote down for this customer, and the forms to write more."""
    actor = await context_of(request).authenticator.staff(request)
    said = request.query_params.get("said", "")
    return await _page(request, actor, customer_id, said=said if said in SAID else "")


@post(PAGE + "/export", status_code=200, include_in_schema=False, guards=[needs(Permission.ASK_FOR_CUSTOMERS)])
async def ask_export(request: Request, customer_id: FromPath[UUID]) -> Response[Any]:
    """Have the copy made, or show the form again with what is wrong."""
    context = context_of(request)
    return await _ask(request, customer_id, "export", partial(service.ask_export, context.db, context.settings))


@post(PAGE + "/erasure", status_code=200, include_in_schema=False, guards=[needs(Permission.ASK_FOR_CUSTOMERS)])
async def ask_erasure(request: Request, customer_id: FromPath[UUID]) -> Response[Any]:
    """Have the customer erased in a week, or show the form again with what is wrong."""
    context = context_of(request)
    ask = partial(service.ask_erasure, context.db, context.settings, keepers_of(request))
    return await _ask(request, customer_id, "erasure", ask)


async def _ask(request: Request, customer_id: UUID, what: Literal["export", "erasure"], ask: Ask) -> Response[Any]:
    """Write down what the customer wants, or show its form again with what is wrong."""
    actor = await context_of(request).authenticator.staff(request)
    form = fields_of(await request.form())
    try:
        await ask(actor, customer_id, OwnProof.of(form), form["identity"], _client(request))
    except (Conflict, InvalidInput, accounts.ProofNeeded, TooMany) as refusal:
        return await _page(request, actor, customer_id, refusal=refusal, tried=what, identity=form["identity"])
    return see_other(f"/staff/privacy/customers/{customer_id}?said={what}")


@post(PAGE + "/erasure/cancel", status_code=200, include_in_schema=False, guards=[needs(Permission.ASK_FOR_CUSTOMERS)])
async def take_back(request: Request, customer_id: FromPath[UUID]) -> Response[Any]:
    """Take the erasure back that the shop wrote down."""
    context = context_of(request)
    actor = await context.authenticator.staff(request)
    await service.take_back(context.db, actor, customer_id, _client(request))
    return see_other(f"/staff/privacy/customers/{customer_id}?said=kept")


@post(
    PAGE + "/exports/{export_id:uuid}/download",
    status_code=200,
    include_in_schema=False,
    guards=[needs(Permission.ASK_FOR_CUSTOMERS)],
)
async def hand_over(request: Request, customer_id: FromPath[UUID], export_id: FromPath[UUID]) -> Response[Any]:
    """The file for a customer who has no account to fetch it with; a form, because fetching it is on record."""
    context = context_of(request)
    actor = await context.authenticator.staff(request)
    found, chunks = await service.open_file(context.db, context.files, actor, customer_id, export_id, _client(request))
    name = f"export-{found.created_at:%Y-%m-%d}.zip"
    return Stream(
        chunks,
        media_type=ZIP,
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )


async def _page(
    request: Request,
    actor: StaffActor,
    customer_id: UUID,
    *,
    refusal: Refusal | None = None,
    tried: str = "",
    identity: str = "",
    said: str = "",
) -> Response[Any]:
    context = context_of(request)
    frame = await context.pages.frame(request, actor)
    language = language_of(request, frame.viewer)
    async with context.db.transaction() as tx:
        noted = await service.noted_for(tx, actor, customer_id)
        customer = await accounts.customer(tx, customer_id)
        if customer is None:
            raise NotFound
        people = await accounts.staff_members(tx, {one.noted_by for one in noted})
        await accounts.note_visit(tx, actor, customer_id, "customer", customer_id, "")
        reason = await blocked(tx, keepers_of(request), customer_id)
    return await context.pages.render(
        request,
        "privacy/desk.html",
        viewer=actor,
        customer=customer,
        noted=noted,
        people=people,
        identities=accounts.identity_choices(accounts.LETTER_IDENTITIES, language),
        identity=identity,
        tried=tried,
        blocked=reason,
        asks_for_code=await accounts.asks_for_code(context.db, "staff", actor.id),
        said=said,
        **why(refusal, language),
    )


def _client(request: Request) -> Client:
    return Client(client_address(request))


handlers: Sequence[HTTPRouteHandler] = [requests_page, ask_export, ask_erasure, take_back, hand_over]
