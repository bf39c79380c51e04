"""A customer's repairs as pages; they work without scripts."""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, get_args
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import structs

from revivatech.kit.i18n import translations
from revivatech.kit.paging import DEFAULT_LIMIT
from revivatech.repairs import service
from revivatech.repairs.contracts import LONGEST_SEARCH, Repair, RepairFilter, Sort, Stats, Status, TimelineItem
from revivatech.repairs.reference_data import Labels
from revivatech.web.context import context_of
from revivatech.web.formats import Formats
from revivatech.web.pages import language_of, wants_fragment
from revivatech.web.request import Request
from revivatech.web.responses import kept_page

LIST = "/customer/repairs"
DEFAULT_SORT: Sort = "-createdAt"


@get(LIST, include_in_schema=False)
async def list_page(request: Request) -> Response[Any]:
    """The customer's repairs: filtered by status, searched, sorted, page by page."""
    context = context_of(request)
    actor = (await context.authenticator.customer(request)).actor
    wanted = _wanted(request.query_params)
    inquiry = await service.list_with_stats(context.db, actor, wanted)
    frame, (page, stats) = await context.pages.frame_with(request, actor, inquiry)
    labels = await service.labels_in(context.db, language_of(request, frame.viewer))
    return await kept_page(
        request,
        "repairs/list.html",
        block=_block(request, {"content", "list"}),
        repairs=page.items,
        stats=stats,
        wanted=wanted,
        segments=_segments(stats, wanted, labels),
        more_url=_address(wanted, cursor=page.next_cursor) if page.next_cursor else "",
        is_narrowed=bool(wanted.status or wanted.q),
    )


@get(LIST + "/{repair_id:uuid}", include_in_schema=False)
async def repair_page(request: Request, repair_id: FromPath[UUID]) -> Response[Any]:
    """One repair: where it is, what comes next, when it is ready, what it costs, what waits for the customer."""
    context = context_of(request)
    actor = (await context.authenticator.customer(request)).actor
    inquiry = await service.repair_with_timeline(context.db, actor, repair_id)
    frame, (repair, items) = await context.pages.frame_with(request, actor, inquiry)
    labels = await service.labels_in(context.db, language_of(request, frame.viewer))
    progress = service.progress(repair, labels, items)
    formats = Formats(labels.language, frame.viewer.timezone if frame.viewer else "UTC", frame.country)
    return await kept_page(
        request,
        "repairs/repair.html",
        block=_block(request, {"content"}),
        repair=repair,
        history=[_with_figures(item, repair.currency, labels.language, formats) for item in items],
        progress=progress,
        upcoming=[(step.label, step.text) for step in progress.upcoming],
        warranty_until=_warranty_until(repair),
    )


def _warranty_until(repair: Repair) -> datetime | None:
    """Return when the warranty of a finished repair ends; None where it has none or has not begun."""
    begun = repair.actual_completion
    if repair.status != Status.COMPLETED or begun is None or not repair.warranty_months:
        return None
    years, month = divmod(begun.month - 1 + repair.warranty_months, 12)
    year = begun.year + years
    # The last day of February is a month after the 31st of January.
    return begun.replace(year=year, month=month + 1, day=min(begun.day, monthrange(year, month + 1)[1]))


def _with_figures(item: TimelineItem, currency: str, language: str, formats: Formats) -> TimelineItem:
    """Return the entry with the price and the estimate that it gave among its words."""
    _ = translations(language).gettext
    lines = [item.notes] if item.notes else []
    if item.quoted_cost is not None:
        lines.append(_("Price: %(amount)s") % {"amount": formats.money(item.quoted_cost, currency)})
    if item.estimated_completion is not None:
        lines.append(_("New estimate: %(day)s") % {"day": formats.day(item.estimated_completion)})
    return structs.replace(item, notes="\n".join(lines) or None)


def _wanted(query: Mapping[str, Any]) -> RepairFilter:
    """Return what the address asks for; what it cannot mean is left out."""
    status, sort = query.get("status", ""), query.get("sort", "")
    return RepairFilter(
        status=Status(status) if status in set(Status) else None,
        q=query.get("q", "")[:LONGEST_SEARCH].strip(),
        sort=sort if sort in get_args(Sort) else DEFAULT_SORT,
        limit=DEFAULT_LIMIT,
        cursor=query.get("cursor") or None,
    )


def _address(wanted: RepairFilter, **changes: str | None) -> str:
    """The list's address with these parameters changed; what is as it is anyway stays out of it."""
    present = {
        "status": wanted.status,
        "q": wanted.q,
        "sort": wanted.sort if wanted.sort != DEFAULT_SORT else None,
    }
    query = urlencode({name: value for name, value in (present | changes).items() if value})
    return f"{LIST}?{query}" if query else LIST


def _segments(stats: Stats, wanted: RepairFilter, labels: Labels) -> list[tuple[str, str, str, int]]:
    """The filter by status: all, and each status that the customer has a repair in."""
    _ = translations(labels.language).gettext
    segments = [("", _("All"), _address(wanted, status=None), stats.total_repairs)]
    for status in Status:
        count = stats.status_breakdown[status]
        if count or status == wanted.status:
            segments.append((status.value, labels.label_of(status), _address(wanted, status=status), count))
    return segments


def _block(request: Request, known: set[str]) -> str | None:
    """The block that the page's script asks for, if the template has it."""
    block = wants_fragment(request)
    return block if block in known else None


handlers: Sequence[HTTPRouteHandler] = [list_page, repair_page]
