"""Customers at the desk as JSON."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get, patch, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import Meta

from revivatech.accounts import service as accounts
from revivatech.accounts.service import CustomerAccount, Permission, needs
from revivatech.kit.paging import DEFAULT_LIMIT, Page
from revivatech.kit.structs import Body
from revivatech.repairs import service as repairs
from revivatech.repairs.service import Device
from revivatech.staff.people.routes import client_of
from revivatech.staff.people.schemas import HelperBody
from revivatech.web.context import context_of
from revivatech.web.desk import json_response, staff_actor
from revivatech.web.openapi import answers, problems
from revivatech.web.parameters import Cursor, Limit
from revivatech.web.request import Request

Search = Annotated[str, QueryParameter(max_length=100, description="Words of the name, address or telephone number.")]


class CustomerChange(Body, frozen=True):
    """A customer's account, closed or opened again."""

    disabled: bool


class CustomerHelpBody(HelperBody, frozen=True, kw_only=True):
    """The same, and how the customer's identity was checked."""

    identity: Annotated[
        accounts.Identity,
        Meta(description="An ID document, somebody known in person, a call back to the number on record."),
    ]


@get(
    "/api/staff/customers",
    tags=["Customers"],
    responses=answers(Page[CustomerAccount], 401, 403, 422, 429),
    guards=[needs(Permission.READ_CUSTOMERS)],
)
async def search_customers(
    request: Request, q: Search = "", limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Response[Any]:
    """Customers who match every word, the newest first."""
    actor = await staff_actor(request)
    async with context_of(request).db.read() as reader:
        return json_response(await accounts.search_customer_accounts(reader, actor, q, cursor=cursor, limit=limit))


@get(
    "/api/staff/customers/{customer_id:uuid}",
    tags=["Customers"],
    responses=answers(CustomerAccount, 401, 403, 404, 429),
    guards=[needs(Permission.READ_CUSTOMERS)],
)
async def get_customer(request: Request, customer_id: FromPath[UUID]) -> Response[Any]:
    """One customer; that you looked is on record, and the customer can read it."""
    actor = await staff_actor(request)
    async with context_of(request).db.transaction() as tx:
        found = await accounts.customer_account(tx, actor, customer_id)
        await accounts.note_visit(tx, actor, customer_id, "customer", customer_id, "")
    return json_response(found)


@patch(
    "/api/staff/customers/{customer_id:uuid}",
    tags=["Customers"],
    responses=answers(CustomerAccount, 401, 403, 404, 422, 429),
    guards=[needs(Permission.DISABLE_CUSTOMERS)],
)
async def change_customer(
    request: Request, customer_id: FromPath[UUID], data: JSONBody[CustomerChange]
) -> Response[Any]:
    """Close the account, which ends its sessions at once, or open it again."""
    actor = await staff_actor(request)
    db = context_of(request).db
    change = accounts.disable_customer if data.disabled else accounts.enable_customer
    await change(db, actor, customer_id, client_of(request))
    async with db.read() as reader:
        return json_response(await accounts.customer_account(reader, actor, customer_id))


@post(
    "/api/staff/customers/{customer_id:uuid}/invite",
    status_code=202,
    tags=["Customers"],
    responses=problems(401, 403, 404, 409, 429),
    guards=[needs(Permission.INVITE_CUSTOMERS)],
)
async def invite_customer(request: Request, customer_id: FromPath[UUID]) -> Response[Any]:
    """Mail a customer of the counter the link that makes their account, with its repairs, theirs."""
    actor = await staff_actor(request)
    await accounts.invite_customer(context_of(request).db, actor, customer_id, client_of(request))
    return Response(None, status_code=202)


@get(
    "/api/staff/customers/{customer_id:uuid}/devices",
    tags=["Customers"],
    responses=answers(Page[Device], 401, 403, 404, 429),
    guards=[needs(Permission.READ_CUSTOMERS)],
)
async def list_devices_of_customer(request: Request, customer_id: FromPath[UUID]) -> Response[Any]:
    """The customer's devices, all of them, for an intake to name one; that you looked is on record."""
    actor = await staff_actor(request)
    async with context_of(request).db.transaction() as tx:
        await accounts.customer_account(tx, actor, customer_id)
        await accounts.note_visit(tx, actor, customer_id, "customer", customer_id, "")
        return json_response(Page(await repairs.devices_at_desk(tx, actor, customer_id)))


@post(
    "/api/staff/customers/{customer_id:uuid}/2fa/reset",
    status_code=200,
    tags=["Customers"],
    responses=answers(CustomerAccount, 401, 403, 404, 409, 422, 429),
    guards=[needs(Permission.RESET_FACTORS)],
)
async def reset_customers_factor(
    request: Request, customer_id: FromPath[UUID], data: JSONBody[CustomerHelpBody]
) -> Response[Any]:
    """Take a customer's lost second factor off: sessions end, and a link in their mail leads to a new password."""
    actor = await staff_actor(request)
    context = context_of(request)
    await accounts.reset_customer_two_factor(
        context.db, context.settings, actor, customer_id, data.proof(), data.identity, client_of(request)
    )
    async with context.db.read() as reader:
        return json_response(await accounts.customer_account(reader, actor, customer_id))


handlers: Sequence[HTTPRouteHandler] = [
    search_customers,
    get_customer,
    change_customer,
    invite_customer,
    list_devices_of_customer,
    reset_customers_factor,
]
