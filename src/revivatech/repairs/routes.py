"""A customer's repairs as JSON."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery, QueryParameter

from revivatech.kit.actor import CustomerActor
from revivatech.kit.paging import DEFAULT_LIMIT, Page
from revivatech.repairs import service
from revivatech.repairs.contracts import LONGEST_SEARCH, Repair, RepairFilter, Sort, Status, TimelineItem
from revivatech.web.context import context_of
from revivatech.web.openapi import answers
from revivatech.web.pages import language_of
from revivatech.web.parameters import Cursor, Limit
from revivatech.web.request import Request
from revivatech.web.responses import cached_json

Search = Annotated[
    str,
    QueryParameter(
        max_length=LONGEST_SEARCH,
        description="Words of the device, the issue or the number, all of which must occur; accents and case do not "
        "count. Or a repair number as people write it, or the address of a repair's page.",
    ),
]


@get(
    "/api/customer/repairs",
    tags=["Repairs"],
    responses=answers(Page[Repair], 401, 422, 429),
)
async def list_repairs(
    request: Request,
    status: FromQuery[Status | None] = None,
    q: Search = "",
    sort: FromQuery[Sort] = "-createdAt",
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Response[Any]:
    """The customer's repairs, the newest first unless `sort` says otherwise."""
    wanted = RepairFilter(status, q, sort, limit, cursor)
    db = context_of(request).db

    async def produce(actor: CustomerActor) -> Page[Repair]:
        labels = await service.labels_in(db, language_of(request))
        async with db.read() as reader:
            return await service.list_repairs(reader, actor, labels, wanted)

    return await cached_json(request, produce)


@get(
    "/api/customer/repairs/{repair_id:uuid}",
    tags=["Repairs"],
    responses=answers(Repair, 401, 404, 429),
)
async def get_repair(request: Request, repair_id: FromPath[UUID]) -> Response[Any]:
    """One repair of the customer."""
    db = context_of(request).db

    async def produce(actor: CustomerActor) -> Repair:
        labels = await service.labels_in(db, language_of(request))
        async with db.read() as reader:
            return await service.get_repair(reader, actor, labels, repair_id)

    return await cached_json(request, produce)


@get(
    "/api/customer/repairs/{repair_id:uuid}/timeline",
    tags=["Repairs"],
    responses=answers(Page[TimelineItem], 401, 404, 429),
)
async def get_timeline(request: Request, repair_id: FromPath[UUID]) -> Response[Any]:
    """Return what happened to one repair of the customer, oldest first, all of it."""
    db = context_of(request).db

    async def produce(actor: CustomerActor) -> Page[TimelineItem]:
        labels = await service.labels_in(db, language_of(request))
        async with db.read() as reader:
            return Page(await service.timeline(reader, actor, labels, repair_id))

    return await cached_json(request, produce)


handlers: Sequence[HTTPRouteHandler] = [list_repairs, get_repair, get_timeline]
