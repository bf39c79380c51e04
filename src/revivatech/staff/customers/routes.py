"""Inviting customers, as JSON."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar import Response, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from revivatech.accounts import service as accounts
from revivatech.staff.people.routes import client_of
from revivatech.staff.permissions import Permission
from revivatech.staff.routes import admitted
from revivatech.web.openapi import PROBLEMS
from revivatech.web.portal import portal_of
from revivatech.web.request import Request


@post(
    "/api/staff/customers/{customer_id:uuid}/invite",
    status_code=202,
    tags=["Staff"],
    responses=PROBLEMS(401, 403, 404, 409, 429),
)
async def invite(request: Request, customer_id: FromPath[UUID]) -> Response[Any]:
    """Mail a customer of the counter the link that makes their account, with its repairs, theirs."""
    actor = await admitted(request, Permission.INVITE_CUSTOMERS)
    await accounts.invite_customer(portal_of(request).db, actor, customer_id, client_of(request))
    return Response(None, status_code=202)


handlers: Sequence[HTTPRouteHandler] = [invite]
