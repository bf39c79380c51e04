"""The customer's home as a page."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from babel.dates import format_timedelta
from babel.numbers import format_percent
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from revivatech.home import service
from revivatech.kit.i18n import LOCALES, translations
from revivatech.kit.structs import Value
from revivatech.repairs.contracts import ActivityItem, Status
from revivatech.web.context import context_of
from revivatech.web.pages import language_of, wants_fragment
from revivatech.web.request import Request
from revivatech.web.responses import kept_page

ICONS = {
    Status.RECEIVED: "package-check",
    Status.DIAGNOSING: "scan-search",
    Status.QUOTED: "file-text",
    Status.APPROVED: "thumbs-up",
    Status.REPAIRING: "wrench",
    Status.TESTING: "clipboard-check",
    Status.COMPLETED: "circle-check-big",
    Status.CANCELLED: "circle-x",
}


@get("/customer/dashboard", include_in_schema=False)
async def dashboard(request: Request) -> Response[Any]:
    """Return what waits for the customer, what is under way, the figures, the news."""
    context = context_of(request)
    actor = (await context.authenticator.customer(request)).actor
    frame, overview = await context.pages.frame_with(request, actor, await service.overview(context.db, actor))
    language = language_of(request, frame.viewer)
    block = wants_fragment(request)
    return await kept_page(
        request,
        "home/dashboard.html",
        block=block if block == "content" else None,
        rows=overview.rows,
        overview=overview,
        news=[_news(item, language) for item in overview.activity],
        average_time=_duration(overview.stats.avg_completion_time, language),
        success=_percent(overview.stats.success_rate, language),
    )


class NewsLine(Value):
    """A line of the news, as ui.recent_activity shows it."""

    icon: str
    title: str
    text: str
    url: str
    at: datetime


def _news(item: ActivityItem, language: str) -> NewsLine:
    """A line of the news: what happened to which device, and what was said."""
    _ = translations(language).gettext
    device = f"{item.device_brand} {item.device_model}".strip() or item.repair_number
    if item.previous_status is None and item.notes is not None:
        title = _("%(device)s: a note") % {"device": device}
    elif item.previous_status is None and item.estimated_completion is not None and item.status != Status.RECEIVED:
        title = _("%(device)s: a new estimate") % {"device": device}
    else:
        title = f"{device}: {item.stage.label}"
    url = f"/customer/repairs/{item.repair_id}"
    return NewsLine(ICONS[item.status], title, item.notes or "", url, item.created_at)


# Babel is thorough and slow: each text is made once.
@lru_cache(maxsize=1024)
def _duration(hours: float | None, language: str) -> str | None:
    """A length of time in the one unit that says most."""
    if hours is None:
        return None
    return format_timedelta(timedelta(hours=hours), threshold=1.5, locale=LOCALES[language])


@lru_cache(maxsize=1024)
def _percent(share: float | None, language: str) -> str | None:
    return None if share is None else format_percent(share, locale=LOCALES[language])


handlers: Sequence[HTTPRouteHandler] = [dashboard]
