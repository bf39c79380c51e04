"""Inviting a customer from a page of the desk."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar import Response, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from revivatech.accounts import service as accounts
from revivatech.kit.errors import Conflict, TooMany
from revivatech.kit.urls import safe_next
from revivatech.staff.people.routes import client_of
from revivatech.staff.permissions import Permission
from revivatech.staff.routes import admitted
from revivatech.web.answers import see_other
from revivatech.web.portal import portal_of
from revivatech.web.request import Request


@post("/staff/customers/{customer_id:uuid}/invite", status_code=200, include_in_schema=False)
async def invite(request: Request, customer_id: FromPath[UUID]) -> Response[Any]:
    """Mail the customer their link, and go back to the page of `next`, which says what came of it."""
    actor = await admitted(request, Permission.INVITE_CUSTOMERS)
    form = await request.form()
    wanted = form.get("next")
    back = safe_next(wanted if isinstance(wanted, str) else "", "/staff").partition("?")[0]
    try:
        await accounts.invite_customer(portal_of(request).db, actor, customer_id, client_of(request))
    except (Conflict, TooMany) as refusal:
        return see_other(f"{back}?invited={refusal.code}")
    return see_other(f"{back}?invited=1")


handlers: Sequence[HTTPRouteHandler] = [invite]
