"""The customer's activity log as a page."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from typing import Any

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from revivatech.accounts.activity import service
from revivatech.accounts.activity.contracts import ActivityEntry
from revivatech.accounts.activity.labels import icon_of
from revivatech.kit.structs import Value
from revivatech.web.context import context_of
from revivatech.web.formats import zone
from revivatech.web.pages import language_of, wants_fragment
from revivatech.web.request import Request

PAGE = "/customer/account/activity"
ENTRIES = 50


class Line(Value):
    """An entry with its icon."""

    one: ActivityEntry
    icon: str


@get(PAGE, include_in_schema=False)
async def activity_page(request: Request) -> Response[Any]:
    """Return what the account has seen, newest first, by day."""
    context = context_of(request)
    actor = (await context.authenticator.customer(request)).actor
    frame = await context.pages.frame(request, actor)
    cursor = request.query_params.get("cursor") or None
    async with context.db.read() as reader:
        page = await service.activity(reader, actor, language_of(request, frame.viewer), limit=ENTRIES, cursor=cursor)
    timezone = frame.viewer.timezone if frame.viewer else frame.shop.timezone
    return await context.pages.render(
        request,
        "accounts/activity.html",
        viewer=actor,
        block="list" if wants_fragment(request) == "list" else None,
        days=_by_day([Line(one, icon_of(one.type)) for one in page.items], timezone),
        is_first=cursor is None,
        more_url=f"{PAGE}?cursor={page.next_cursor}" if page.next_cursor else "",
    )


def _by_day(lines: Sequence[Line], timezone: str) -> list[tuple[Line, list[Line]]]:
    """The entries of each day of the reader's zone, with the first of them to name the day by."""

    def day(line: Line) -> date:
        return line.one.created_at.astimezone(zone(timezone)).date()

    days = [list(group) for _, group in groupby(lines, key=day)]
    return [(group[0], group) for group in days]


handlers: Sequence[HTTPRouteHandler] = [activity_page]
