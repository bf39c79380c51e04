"""The desk's list of repairs: what is late, what came in, whose work it is."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from revivatech.accounts.service import Permission, may, needs
from revivatech.kit.actor import StaffActor
from revivatech.kit.clock import utcnow
from revivatech.kit.i18n import translations
from revivatech.kit.structs import Value
from revivatech.repairs import service
from revivatech.repairs.contracts import (
    LONGEST_SEARCH,
    DeskFilter,
    StaffRepair,
    Status,
    StatusCount,
)
from revivatech.repairs.desk.context import enter_desk
from revivatech.repairs.desk.lateness import lateness
from revivatech.repairs.service import Labels
from revivatech.web.formats import zone
from revivatech.web.pages import wants_fragment
from revivatech.web.request import Request


class View(Value):
    """A view of the list: which repairs, whose, matching what."""

    path: str
    name: str
    technician: str
    q: str
    cursor: str | None

    @property
    def status(self) -> Status | None:
        """The one status shown, if it is one."""
        return Status(self.name) if self.name in set(Status) else None

    def address(self, **changes: str | None) -> str:
        """This list's address with these parts changed."""
        parts = {"view": self.name, "technician": self.technician, "q": self.q} | changes
        query = urlencode({name: value for name, value in parts.items() if value})
        return f"{self.path}?{query}" if query else self.path


class Line(Value):
    """A repair in the list; how late it is in words, and whether it is due today or tomorrow where the reader is."""

    one: StaffRepair
    late: str
    near: Literal["", "today", "tomorrow"]


@get(["/staff", "/staff/repairs"], include_in_schema=False, guards=[needs(Permission.READ)])
async def repair_list(request: Request) -> Response[Any]:
    """Open work, what is late first; or all repairs, the newest first."""
    desk = await enter_desk(request)
    actor, labels = desk.actor, desk.labels
    view = _view(request)
    by_due = view.name in {"open", "late"} or (view.status is not None and view.status in service.OPEN)
    wanted = DeskFilter(
        status=view.status,
        technician=_technician(view.technician, actor),
        q=view.q,
        overdue=view.name == "late",
        sort="due" if by_due else "newest",
        cursor=view.cursor,
    )
    async with desk.db.read() as reader:
        page = await service.desk_list(reader, actor, labels, wanted)
        counts = await service.open_counts(reader)
        own = (await service.open_work(reader)).get(actor.id, 0)
    now = utcnow()
    block = wants_fragment(request)
    return await desk.pages.render(
        request,
        "repairs/desk.html",
        viewer=actor,
        block=block if block in {"list", "work"} else None,
        lines=[Line(one, lateness(one, now, labels.language), _near(one, now, desk.timezone)) for one in page.items],
        view=view,
        segments=_segments(view, counts, own, labels),
        colleagues=labels.known.colleagues,
        more_url=view.address(cursor=page.next_cursor) if page.next_cursor else "",
        may_take_in=may(actor, Permission.TAKE_IN),
        may_look_up=may(actor, Permission.READ_CUSTOMERS),
        total=sum(count.total for count in counts),
        overdue=sum(count.overdue for count in counts),
    )


def _view(request: Request) -> View:
    query = request.query_params
    path = request.url.path.rstrip("/")
    default = "open" if path == "/staff" else "all"
    name = query.get("view", "")
    return View(
        path=path,
        name=name if name in {"open", "late", "all", *Status} else default,
        technician="" if (technician := query.get("technician", "")) == "all" else technician,
        q=query.get("q", "")[:LONGEST_SEARCH].strip(),
        cursor=query.get("cursor") or None,
    )


def _technician(text: str, actor: StaffActor) -> UUID | Literal["none"] | None:
    """Return whose work a filter means; what it cannot mean is everybody's."""
    if text == "none":
        return "none"
    if text == "me":
        return actor.id
    try:
        return UUID(text)
    except ValueError:
        return None


def _segments(
    view: View, counts: Sequence[StatusCount], own: int, labels: Labels
) -> list[tuple[str, str, str, int | None]]:
    """The views of the list: open, late and the viewer's own work, each status, everything."""
    _ = translations(labels.language).gettext
    total, overdue = sum(count.total for count in counts), sum(count.overdue for count in counts)
    open_ones = [
        (count.status.value, labels.label_of(count.status), view.address(view=count.status), count.total)
        for count in counts
    ]
    return [
        ("open", translations(labels.language).pgettext("repairs", "Open"), view.address(view="open"), total),
        ("late", _("Late"), view.address(view="late"), overdue),
        ("mine", _("Mine"), View(view.path, "open", "me", view.q, None).address(), own),
        *open_ones,
        *((status.value, labels.label_of(status), view.address(view=status), None) for status in service.ENDED),
        ("all", _("All"), view.address(view="all"), None),
    ]


def _near(one: StaffRepair, now: datetime, timezone: str) -> Literal["", "today", "tomorrow"]:
    """Return whether a repair is due today or tomorrow, in that zone; empty for one that is late or has ended."""
    due = one.repair.estimated_completion
    if due is None or one.is_overdue or one.repair.actual_completion is not None:
        return ""
    days = (due.astimezone(zone(timezone)).date() - now.astimezone(zone(timezone)).date()).days
    return {0: "today", 1: "tomorrow"}.get(days, "")  # type: ignore[return-value]


handlers: Sequence[HTTPRouteHandler] = [repair_list]
