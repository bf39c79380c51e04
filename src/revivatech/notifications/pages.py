"""A customer's notifications as a page; it works without scripts."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.enums import RequestEncodingType
from litestar.handlers import HTTPRouteHandler
from litestar.params import Body, FromPath

from revivatech.kit.paging import DEFAULT_LIMIT
from revivatech.notifications import service
from revivatech.notifications.contracts import Notification
from revivatech.web.context import context_of
from revivatech.web.formats import zone
from revivatech.web.pages import wants_fragment
from revivatech.web.request import Request
from revivatech.web.responses import kept_page, see_other

LIST = "/customer/notifications"


class ReadAllForm(msgspec.Struct):
    """The newest notification on the page that the form stood on."""

    up_to: UUID | None = None


@get(LIST, include_in_schema=False)
async def list_page(request: Request) -> Response[Any]:
    """Return what the customer was told, newest first, by day."""
    context = context_of(request)
    actor = (await context.authenticator.customer(request)).actor
    frame = await context.pages.frame(request, actor)
    only_unread = request.query_params.get("unread") == "true"
    cursor = request.query_params.get("cursor") or None
    async with context.db.read() as reader:
        page = await service.list_notifications(
            reader, actor.id, unread=True if only_unread else None, limit=DEFAULT_LIMIT, cursor=cursor
        )
    query = "unread=true&" if only_unread else ""
    timezone = frame.viewer.timezone if frame.viewer else frame.shop.timezone
    return await kept_page(
        request,
        "notifications/list.html",
        block="list" if wants_fragment(request) == "list" else None,
        days=_by_day(page.items, timezone),
        newest=page.items[0].id if page.items else None,
        only_unread=only_unread,
        more_url=f"{LIST}?{query}cursor={page.next_cursor}" if page.next_cursor else "",
    )


@get(LIST + "/{notification_id:uuid}", include_in_schema=False)
async def follow(request: Request, notification_id: FromPath[UUID]) -> Response[Any]:
    """To the page that the notification is about, which marks it as read: the one thing that a GET may change."""
    context = context_of(request)
    actor = (await context.authenticator.customer(request)).actor
    return see_other(await service.follow(context.db, actor, notification_id))


@post(LIST + "/read-all", include_in_schema=False)
async def read_all(
    request: Request, data: Annotated[ReadAllForm, Body(media_type=RequestEncodingType.URL_ENCODED)]
) -> Response[Any]:
    """Mark all as read that the page showed."""
    context = context_of(request)
    actor = (await context.authenticator.customer(request)).actor
    await service.mark_all_read(context.db, actor, data.up_to)
    return see_other(LIST)


def _by_day(items: Sequence[Notification], timezone: str) -> list[tuple[Notification, list[Notification]]]:
    """The notifications of each day of the reader's zone, with the first of them to name the day by."""

    def day(item: Notification) -> date:
        return item.created_at.astimezone(zone(timezone)).date()

    days = [list(group) for _, group in groupby(items, key=day)]
    return [(group[0], group) for group in days]


handlers: Sequence[HTTPRouteHandler] = [list_page, follow, read_all]
