"""The dashboard's figures and news as JSON."""

from collections.abc import Sequence
from typing import Any

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from revivatech.home import service
from revivatech.home.contracts import Appointment
from revivatech.kit.actor import CustomerActor
from revivatech.kit.paging import DEFAULT_LIMIT, Page
from revivatech.repairs.contracts import ActivityItem, Stats
from revivatech.web.context import context_of
from revivatech.web.openapi import answers
from revivatech.web.pages import language_of
from revivatech.web.parameters import Cursor, Limit
from revivatech.web.request import Request
from revivatech.web.responses import cached_json


@get(
    "/api/customer/dashboard/stats",
    tags=["Dashboard"],
    responses=answers(Stats, 401, 429),
)
async def get_stats(request: Request) -> Response[Any]:
    """The figures of all repairs of the customer."""
    db = context_of(request).db

    async def produce(actor: CustomerActor) -> Stats:
        return await service.stats(db, actor, language_of(request))

    return await cached_json(request, produce)


@get(
    "/api/customer/dashboard/activity",
    tags=["Dashboard"],
    responses=answers(Page[ActivityItem], 401, 422, 429),
)
async def get_activity(request: Request, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None) -> Response[Any]:
    """Return what happened to all repairs of the customer, newest first."""
    db = context_of(request).db

    async def produce(actor: CustomerActor) -> Page[ActivityItem]:
        return await service.activity(db, actor, language_of(request), limit=limit, cursor=cursor)

    return await cached_json(request, produce)


@get(
    "/api/customer/dashboard/appointments",
    tags=["Dashboard"],
    responses=answers(Page[Appointment], 401, 429),
)
async def get_appointments(request: Request) -> Response[Any]:
    """The customer's next appointments; none until the shop takes them."""

    async def produce(_: CustomerActor) -> Page[Appointment]:
        return Page(service.upcoming_appointments())

    return await cached_json(request, produce)


handlers: Sequence[HTTPRouteHandler] = [get_stats, get_activity, get_appointments]
