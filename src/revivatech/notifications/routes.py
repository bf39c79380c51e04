"""A customer's notifications and events as JSON."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get, put
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from revivatech.kit.actor import CustomerActor
from revivatech.kit.numbers import LARGEST_SEQ
from revivatech.kit.paging import DEFAULT_LIMIT, LARGEST_LIMIT, Page
from revivatech.kit.structs import Body
from revivatech.notifications import service
from revivatech.notifications.contracts import Notification, Unread
from revivatech.realtime.contracts import EventPage
from revivatech.realtime.event_log import MOST_EVENTS, events_since
from revivatech.web.context import context_of
from revivatech.web.openapi import answers, problems
from revivatech.web.parameters import Cursor, Limit
from revivatech.web.request import Request
from revivatech.web.responses import cached_json, encode, raw_json


class ReadAll(Body):
    """The newest notification that was on the screen; what arrived after it stays unread."""

    up_to: UUID | None = None


@get("/api/customer/notifications", tags=["Notifications"], responses=answers(Page[Notification], 401, 422, 429))
async def list_notifications(
    request: Request,
    unread: FromQuery[bool | None] = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Response[Any]:
    """The customer's notifications, newest first."""
    db = context_of(request).db

    async def produce(actor: CustomerActor) -> Page[Notification]:
        async with db.read() as reader:
            return await service.list_notifications(reader, actor.id, unread=unread, limit=limit, cursor=cursor)

    return await cached_json(request, produce)


@put(
    "/api/customer/notifications/{notification_id:uuid}/read", tags=["Notifications"], responses=problems(401, 404, 429)
)
async def read_one(request: Request, notification_id: FromPath[UUID]) -> Unread:
    """Mark one as read; how many are left unread comes back."""
    context = context_of(request)
    actor = (await context.authenticator.customer(request)).actor
    return Unread(await service.mark_read(context.db, actor, notification_id))


@put("/api/customer/notifications/read-all", tags=["Notifications"], responses=problems(401, 404, 422, 429))
async def read_all(request: Request, data: JSONBody[ReadAll]) -> Unread:
    """Mark all as read that were there; how many arrived meanwhile comes back."""
    context = context_of(request)
    actor = (await context.authenticator.customer(request)).actor
    return Unread(await service.mark_all_read(context.db, actor, data.up_to))


@get("/api/customer/events", tags=["Events"], responses=answers(EventPage, 401, 422, 429))
async def list_events(
    request: Request,
    after: Annotated[int, QueryParameter(ge=0, le=LARGEST_SEQ, description="The last seq that the client has seen.")],
    limit: Annotated[int, QueryParameter(ge=1, le=MOST_EVENTS, description="The most events at once.")] = LARGEST_LIMIT,
) -> Response[Any]:
    """Return what has happened since, oldest first: the same log that the socket speaks from."""
    context = context_of(request)
    actor = (await context.authenticator.customer(request)).actor
    async with context.db.read() as reader:
        return raw_json(encode(await events_since(reader, actor.id, after, limit)))


handlers: Sequence[HTTPRouteHandler] = [list_notifications, read_one, read_all, list_events]
