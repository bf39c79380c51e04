"""Requests at the counter as JSON; for managers."""

from collections.abc import Sequence
from uuid import UUID

from litestar import delete, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody

from revivatech.accounts import service as accounts
from revivatech.accounts.contracts import Client
from revivatech.accounts.service import Permission, needs
from revivatech.privacy.desk import service
from revivatech.privacy.routes import Proof, keepers_of
from revivatech.web.client_address import client_address
from revivatech.web.context import context_of
from revivatech.web.openapi import problems
from revivatech.web.request import Request


class NotedBody(Proof, frozen=True, kw_only=True):
    """The manager's own proof, and how the customer's identity was checked."""

    identity: accounts.LetterIdentity


@post(
    "/api/staff/customers/{customer_id:uuid}/privacy/export",
    status_code=202,
    tags=["Customers"],
    responses=problems(401, 403, 404, 409, 422, 429),
    guards=[needs(Permission.ASK_FOR_CUSTOMERS)],
)
async def ask_customers_export(request: Request, customer_id: FromPath[UUID], data: JSONBody[NotedBody]) -> None:
    """Have a copy made of what is kept of a customer, who asked at the counter or by letter and is told by mail."""
    context = context_of(request)
    actor = await context.authenticator.staff(request)
    client = Client(client_address(request))
    await service.ask_export(context.db, context.settings, actor, customer_id, data.own(), data.identity, client)


@post(
    "/api/staff/customers/{customer_id:uuid}/privacy/erasure",
    status_code=202,
    tags=["Customers"],
    responses=problems(401, 403, 404, 409, 422, 429),
    guards=[needs(Permission.ASK_FOR_CUSTOMERS)],
)
async def ask_customers_erasure(request: Request, customer_id: FromPath[UUID], data: JSONBody[NotedBody]) -> None:
    """Have a customer erased in a week, who asked at the counter or by letter and is told by mail."""
    context = context_of(request)
    actor = await context.authenticator.staff(request)
    client = Client(client_address(request))
    await service.ask_erasure(
        context.db, context.settings, keepers_of(request), actor, customer_id, data.own(), data.identity, client
    )


@delete(
    "/api/staff/customers/{customer_id:uuid}/privacy/erasure",
    status_code=204,
    tags=["Customers"],
    responses=problems(401, 403, 404, 429),
    guards=[needs(Permission.ASK_FOR_CUSTOMERS)],
)
async def cancel_customers_erasure(request: Request, customer_id: FromPath[UUID]) -> None:
    """Take back an erasure that the shop wrote down; one that a customer asked for in the portal is a 404."""
    context = context_of(request)
    actor = await context.authenticator.staff(request)
    await service.take_back(context.db, actor, customer_id, Client(client_address(request)))


handlers: Sequence[HTTPRouteHandler] = [ask_customers_export, ask_customers_erasure, cancel_customers_erasure]
