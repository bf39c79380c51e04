"""The customer's activity log as JSON."""

from collections.abc import Sequence

from litestar import get
from litestar.handlers import HTTPRouteHandler

from revivatech.accounts.activity import service
from revivatech.accounts.activity.contracts import ActivityEntry
from revivatech.kit.paging import DEFAULT_LIMIT, Page
from revivatech.web.context import context_of
from revivatech.web.openapi import problems
from revivatech.web.pages import language_of
from revivatech.web.parameters import Cursor, Limit
from revivatech.web.request import Request


@get("/api/customer/activity", tags=["Profile"], responses=problems(401, 422, 429))
async def list_activity(request: Request, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None) -> Page[ActivityEntry]:
    """The account's activity, newest first: the customer's own acts, and who of the shop opened their repairs."""
    context = context_of(request)
    actor = (await context.authenticator.customer(request)).actor
    async with context.db.read() as reader:
        return await service.activity(reader, actor, language_of(request), limit=limit, cursor=cursor)


handlers: Sequence[HTTPRouteHandler] = [list_activity]
