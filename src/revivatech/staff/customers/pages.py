"""The pages about customers: looking them up, and one customer with their repairs."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from revivatech.accounts import service as accounts
from revivatech.accounts.service import Permission, may, needs
from revivatech.kit.actor import StaffActor
from revivatech.kit.errors import Conflict, InvalidInput, NotAllowed, Refusal, TooMany
from revivatech.kit.urls import safe_next
from revivatech.mail import outcomes
from revivatech.repairs import service as repairs
from revivatech.repairs.contracts import LONGEST_SEARCH
from revivatech.staff.people.routes import client_of
from revivatech.web.context import context_of
from revivatech.web.desk import staff_actor
from revivatech.web.forms import fields_of, why
from revivatech.web.pages import language_of, wants_fragment
from revivatech.web.request import Request
from revivatech.web.responses import see_other

PAGE = 30
SAID = ("invited", "closed", "opened", "factor")


@get("/staff/customers", include_in_schema=False, guards=[needs(Permission.READ_CUSTOMERS)])
async def customers_page(request: Request) -> Response[Any]:
    """Customers by words of their name, address or telephone number; the newest first."""
    actor = await staff_actor(request)
    context = context_of(request)
    text = request.query_params.get("q", "")[:LONGEST_SEARCH].strip()
    async with context.db.read() as reader:
        page = await accounts.search_customer_accounts(
            reader, actor, text, cursor=request.query_params.get("cursor") or None, limit=PAGE
        )
        counts = await repairs.counts_of(reader, [one.id for one in page.items])
    more = urlencode({"q": text, "cursor": page.next_cursor}) if page.next_cursor else ""
    return await context.pages.render(
        request,
        "staff/customers.html",
        viewer=actor,
        block="list" if wants_fragment(request) == "list" else None,
        customers=page.items,
        counts=counts,
        q=text,
        more_url=f"/staff/customers?{more}" if more else "",
    )


@get("/staff/customers/{customer_id:uuid}", include_in_schema=False, guards=[needs(Permission.READ_CUSTOMERS)])
async def customer_page(request: Request, customer_id: FromPath[UUID]) -> Response[Any]:
    """One customer: how to reach them, their repairs, their account. That somebody looked is on record."""
    actor = await staff_actor(request)
    said = request.query_params.get("said", "")
    return await _customer(request, actor, customer_id, said=said if said in SAID else "")


@post(
    "/staff/customers/{customer_id:uuid}/invite",
    status_code=200,
    include_in_schema=False,
    guards=[needs(Permission.INVITE_CUSTOMERS)],
)
async def invite(request: Request, customer_id: FromPath[UUID]) -> Response[Any]:
    """Mail the customer their link; where the form names a page as `next`, that one says what came of it."""
    actor = await staff_actor(request)
    back = safe_next(fields_of(await request.form())["next"], "").partition("?")[0]
    try:
        await accounts.invite_customer(context_of(request).db, actor, customer_id, client_of(request))
    except (Conflict, TooMany) as refusal:
        if back:
            return see_other(f"{back}?invited={refusal.code}")
        return await _customer(request, actor, customer_id, refusal=refusal)
    return see_other(f"{back}?invited=1" if back else f"/staff/customers/{customer_id}?said=invited")


@post(
    "/staff/customers/{customer_id:uuid}/close",
    status_code=200,
    include_in_schema=False,
    guards=[needs(Permission.DISABLE_CUSTOMERS)],
)
async def close(request: Request, customer_id: FromPath[UUID]) -> Response[Any]:
    """Close the customer's account; they are signed out everywhere."""
    actor = await staff_actor(request)
    await accounts.disable_customer(context_of(request).db, actor, customer_id, client_of(request))
    return see_other(f"/staff/customers/{customer_id}?said=closed")


@post(
    "/staff/customers/{customer_id:uuid}/reopen",
    status_code=200,
    include_in_schema=False,
    guards=[needs(Permission.DISABLE_CUSTOMERS)],
)
async def reopen(request: Request, customer_id: FromPath[UUID]) -> Response[Any]:
    """Open the customer's account again."""
    actor = await staff_actor(request)
    await accounts.enable_customer(context_of(request).db, actor, customer_id, client_of(request))
    return see_other(f"/staff/customers/{customer_id}?said=opened")


@post(
    "/staff/customers/{customer_id:uuid}/reset-factor",
    status_code=200,
    include_in_schema=False,
    guards=[needs(Permission.RESET_FACTORS)],
)
async def reset_factor(request: Request, customer_id: FromPath[UUID]) -> Response[Any]:
    """Take the customer's lost second factor off; nothing of a password comes back."""
    actor = await staff_actor(request)
    context = context_of(request)
    form = fields_of(await request.form())
    try:
        await accounts.reset_customer_two_factor(
            context.db,
            context.settings,
            actor,
            customer_id,
            accounts.OwnProof.of(form),
            form["identity"],
            client_of(request),
        )
    except (Conflict, InvalidInput, NotAllowed, TooMany) as refusal:
        return await _customer(request, actor, customer_id, refusal=refusal, identity=form["identity"])
    return see_other(f"/staff/customers/{customer_id}?said=factor")


async def _customer(
    request: Request,
    actor: StaffActor,
    customer_id: UUID,
    *,
    refusal: Refusal | None = None,
    said: str = "",
    identity: str = "",
) -> Response[Any]:
    context = context_of(request)
    frame = await context.pages.frame(request, actor)
    language = language_of(request, frame.viewer)
    labels = await repairs.labels_in(context.db, language)
    async with context.db.transaction() as tx:
        customer = await accounts.customer_account(tx, actor, customer_id)
        theirs = await repairs.desk_repairs_of(tx, actor, labels, customer_id)
        devices = await repairs.devices_at_desk(tx, actor, customer_id)
        trouble = await outcomes.trouble_of(tx, customer_id)
        await accounts.note_visit(tx, actor, customer_id, "customer", customer_id, "")
    may_help = customer.two_factor_enabled and may(actor, Permission.RESET_FACTORS)
    return await context.pages.render(
        request,
        "staff/customer.html",
        viewer=actor,
        customer=customer,
        repairs=[one.repair for one in theirs],
        devices=devices,
        mail_trouble=trouble,
        may_take_in=may(actor, Permission.TAKE_IN),
        may_invite=may(actor, Permission.INVITE_CUSTOMERS),
        may_close=may(actor, Permission.DISABLE_CUSTOMERS),
        may_ask=may(actor, Permission.ASK_FOR_CUSTOMERS),
        may_help=may_help,
        identities=accounts.identity_choices(accounts.IDENTITIES, language),
        identity=identity,
        asks_for_code=may_help and await accounts.asks_for_code(context.db, "staff", actor.id),
        said=said,
        **why(refusal, language),
    )


handlers: Sequence[HTTPRouteHandler] = [customers_page, customer_page, invite, close, reopen, reset_factor]
