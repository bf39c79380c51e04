"""The desk's pages: what is late, what came in, one repair with everything that is done to it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from revivatech.accounts import service as accounts
from revivatech.accounts.service import needs
from revivatech.kit.actor import StaffActor
from revivatech.kit.clock import utcnow
from revivatech.kit.errors import Conflict, FieldError, InvalidInput, NotAllowed, Refusal
from revivatech.kit.i18n import translations
from revivatech.kit.structs import Value
from revivatech.mail import outcomes
from revivatech.repairs import service
from revivatech.repairs.contracts import (
    LONGEST_SEARCH,
    PRIORITIES,
    DeskFilter,
    SomebodyWasFaster,
    StaffRepair,
    Status,
    StatusChange,
    StatusCount,
)
from revivatech.repairs.service import Words
from revivatech.staff import forms
from revivatech.staff.permissions import Permission, may
from revivatech.staff.routes import admitted
from revivatech.web.answers import see_other
from revivatech.web.formats import zone
from revivatech.web.forms import fields_of, why
from revivatech.web.pages import language_of, wants_fragment
from revivatech.web.portal import portal_of
from revivatech.web.request import Request

HOUR = 3600
DAY = 24 * HOUR
COSTS = ("repair_cost", "parts_cost", "labor_cost", "total_cost")
# What the services, which also answer programs, call the fields of the repair's page.
FIELDS = {
    "stage": "to",
    "internalNotes": "internal_notes",
    "estimatedCompletion": "estimate",
    "technicianId": "technician",
    "repairCost": "repair_cost",
    "warrantyMonths": "warranty_months",
    "issueDescription": "issue_description",
}
# Two of its forms have fields of these names: the ids of the second's.
EDIT_IDS = {"notes": "edit-notes", "internal_notes": "edit-internal-notes"}


class View(Value):
    """What the list shows: which repairs, whose, matching what."""

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


# ---------------------------------------------------------------- the list


@get(["/staff", "/staff/repairs"], include_in_schema=False, guards=[needs(Permission.READ)])
async def desk(request: Request) -> Response[Any]:
    """Open work, what is late first; or all repairs, the newest first."""
    actor = await admitted(request)
    portal = portal_of(request)
    words = await words_of(request, actor)
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
    async with portal.db.read() as reader:
        page = await service.desk_list(reader, actor, words, wanted)
        counts = await service.open_counts(reader)
        own = (await service.open_work(reader)).get(actor.id, 0)
    now = utcnow()
    timezone = await timezone_of(request, actor)
    block = wants_fragment(request)
    return await portal.pages.render(
        request,
        "staff/desk.html",
        viewer=actor,
        block=block if block in {"list", "work"} else None,
        lines=[Line(one, _late(one, now, words.language), _near(one, now, timezone)) for one in page.items],
        view=view,
        segments=_segments(view, counts, own, words),
        colleagues=words.known.colleagues,
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
    """Whose work a filter means; what it cannot mean is everybody's."""
    if text == "none":
        return "none"
    if text == "me":
        return actor.id
    try:
        return UUID(text)
    except ValueError:
        return None


def _segments(
    view: View, counts: Sequence[StatusCount], own: int, words: Words
) -> list[tuple[str, str, str, int | None]]:
    """The views of the list: open, late and the viewer's own work, each status, everything."""
    _ = translations(words.language).gettext
    total, overdue = sum(count.total for count in counts), sum(count.overdue for count in counts)
    open_ones = [
        (count.status.value, words.label_of(count.status), view.address(view=count.status), count.total)
        for count in counts
    ]
    return [
        ("open", translations(words.language).pgettext("repairs", "Open"), view.address(view="open"), total),
        ("late", _("Late"), view.address(view="late"), overdue),
        ("mine", _("Mine"), View(view.path, "open", "me", view.q, None).address(), own),
        *open_ones,
        *((status.value, words.label_of(status), view.address(view=status), None) for status in service.ENDED),
        ("all", _("All"), view.address(view="all"), None),
    ]


def _late(one: StaffRepair, now: datetime, language: str) -> str:
    """How late a repair is; empty where it is not."""
    if not one.is_overdue or one.repair.estimated_completion is None:
        return ""
    ngettext = translations(language).ngettext
    seconds = int((now - one.repair.estimated_completion).total_seconds())
    if seconds >= DAY:
        return ngettext("%(num)s day late", "%(num)s days late", seconds // DAY) % {"num": seconds // DAY}
    hours = max(seconds // HOUR, 1)
    return ngettext("%(num)s hour late", "%(num)s hours late", hours) % {"num": hours}


def _near(one: StaffRepair, now: datetime, timezone: str) -> Literal["", "today", "tomorrow"]:
    """Whether a repair is due today or tomorrow, in that zone; empty for one that is late or has ended."""
    due = one.repair.estimated_completion
    if due is None or one.is_overdue or one.repair.actual_completion is not None:
        return ""
    days = (due.astimezone(zone(timezone)).date() - now.astimezone(zone(timezone)).date()).days
    return {0: "today", 1: "tomorrow"}.get(days, "")  # type: ignore[return-value]


# ---------------------------------------------------------------- one repair


@get("/staff/repairs/{repair_id:uuid}", include_in_schema=False, guards=[needs(Permission.READ)])
async def repair_page(request: Request, repair_id: FromPath[UUID]) -> Response[Any]:
    """One repair: its facts, its customer, its history, and the forms that change it."""
    actor = await admitted(request)
    return await _repair(request, actor, repair_id, saved=request.query_params.get("saved", ""))


@post(
    "/staff/repairs/{repair_id:uuid}/status",
    status_code=200,
    include_in_schema=False,
    guards=[needs(Permission.CHANGE_STATUS)],
)
async def change_status(request: Request, repair_id: FromPath[UUID]) -> Response[Any]:
    """Move the repair, or show the form again with what was typed and why not."""
    actor = await admitted(request)
    form = await typed(request, actor)
    try:
        change = forms.status_change(form)
        await _change_once(request, actor, repair_id, change)
    except (Conflict, InvalidInput, NotAllowed) as refusal:
        return await _repair(request, actor, repair_id, form=form, refusal=refusal, tried="status")
    return await _saved(request, actor, repair_id, "status")


async def _change_once(request: Request, actor: StaffActor, repair_id: UUID, change: StatusChange) -> None:
    """Make the change; sent twice it is one. Raises as `service.change_status`."""
    db = portal_of(request).db
    try:
        await service.change_status(db, actor, repair_id, change)
    except SomebodyWasFaster:
        async with db.read() as reader:
            if not await service.is_repeat(reader, actor, repair_id, change):
                raise


@post(
    "/staff/repairs/{repair_id:uuid}/assign",
    status_code=200,
    include_in_schema=False,
    guards=[needs(Permission.TAKE_ON)],
)
async def assign(request: Request, repair_id: FromPath[UUID]) -> Response[Any]:
    """Give the repair to a colleague, or show the page again with why not."""
    actor = await admitted(request)
    portal = portal_of(request)
    form = await typed(request, actor)
    try:
        technician_id, version = forms.assignment(form)
        if technician_id != actor.id and not may(actor, Permission.ASSIGN):
            raise NotAllowed("Your role does not allow that.")  # noqa: TRY301 - shown like any other refusal
        await service.assign(portal.db, actor, repair_id, technician_id, version)
    except (Conflict, InvalidInput, NotAllowed) as refusal:
        return await _repair(request, actor, repair_id, form=form, refusal=refusal, tried="assign")
    return await _saved(request, actor, repair_id)


@post("/staff/repairs/{repair_id:uuid}/edit", status_code=200, include_in_schema=False, guards=[needs(Permission.EDIT)])
async def edit(request: Request, repair_id: FromPath[UUID]) -> Response[Any]:
    """Change the repair's facts, or show the form again with what was typed and why not."""
    actor = await admitted(request)
    portal = portal_of(request)
    form = await typed(request, actor)
    try:
        await service.edit_repair(portal.db, actor, repair_id, forms.repair_edit(form))
    except (Conflict, InvalidInput) as refusal:
        return await _repair(request, actor, repair_id, form=form, refusal=refusal, tried="edit")
    return await _saved(request, actor, repair_id)


@post(
    "/staff/repairs/{repair_id:uuid}/called",
    status_code=200,
    include_in_schema=False,
    guards=[needs(Permission.CHANGE_STATUS)],
)
async def note_call(request: Request, repair_id: FromPath[UUID]) -> Response[Any]:
    """Note that the customer was called about an entry of the history."""
    actor = await admitted(request)
    entry_id = forms.entry_of(fields_of(await request.form()))
    await service.note_call(portal_of(request).db, actor, repair_id, entry_id)
    return await _saved(request, actor, repair_id, "called")


async def _saved(request: Request, actor: StaffActor, repair_id: UUID, saved: str = "1") -> Response[Any]:
    """After a change: the block anew for the page's script, else the page by its own address."""
    if wants_fragment(request):
        return await _repair(request, actor, repair_id, saved=saved)
    return see_other(f"/staff/repairs/{repair_id}?saved={saved}")


async def _repair(
    request: Request,
    actor: StaffActor,
    repair_id: UUID,
    *,
    form: forms.Typed | None = None,
    refusal: Refusal | None = None,
    tried: str = "",
    saved: str = "",
) -> Response[Any]:
    """The page of a repair as it now stands; after a refusal, with what was typed."""
    portal = portal_of(request)
    words = await words_of(request, actor)
    timezone = await timezone_of(request, actor)
    async with portal.db.transaction() as tx:
        one = await service.desk_repair(tx, actor, words, repair_id)
        items = await service.desk_timeline(tx, words, repair_id)
        await accounts.note_visit(tx, actor, one.customer_id, "repair", repair_id, one.repair.repair_number)
        device, earlier = await service.device_of_repair(tx, words, one)
        trouble = await outcomes.trouble_of(tx, one.customer_id)
        reach = await service.reach(tx, one.customer_id)
        may_invite = may(actor, Permission.INVITE_CUSTOMERS) and await accounts.may_be_invited(tx, one.customer_id)
    outlook = service.outlook(one.repair, words, [item.item for item in items])
    said = why(refusal, words.language, FIELDS)
    if tried == "edit":
        said["errors"] = [FieldError(EDIT_IDS.get(one.field, one.field), one.message) for one in said["errors"]]
    return await portal.pages.render(
        request,
        "staff/repair.html",
        viewer=actor,
        block="work" if wants_fragment(request) == "work" else None,
        one=one,
        repair=one.repair,
        history=items,
        outlook=outlook,
        late=_late(one, utcnow(), words.language),
        choices=_choices(one, actor, words),
        costs={name: forms.shown(getattr(one.repair, name), words.language) for name in COSTS},
        colleagues=words.known.colleagues,
        estimate=forms.local(one.repair.estimated_completion, timezone),
        timezone=timezone,
        priorities=priorities_in(words.language),
        may_assign=may(actor, Permission.ASSIGN),
        device=device,
        earlier=earlier,
        reach=reach,
        mail_trouble=trouble,
        may_look_up=may(actor, Permission.READ_CUSTOMERS),
        may_invite=may_invite,
        invited=request.query_params.get("invited", ""),
        form=form or forms.Typed({}, words.language, timezone),
        tried=tried,
        saved=saved,
        **said,
    )


def _choices(one: StaffRepair, actor: StaffActor, words: Words) -> list[tuple[str, str]]:
    """Where the repair may go, present stage first: pairs of `status/stage` and its name."""
    _ = translations(words.language).gettext
    repair = one.repair
    present = [(f"{repair.status}/{repair.stage.key}", _("Stay: %(stage)s") % {"stage": repair.stage.label})]
    targets = (repair.status, *service.allowed(repair.status, actor))
    others = [
        (f"{stage.status}/{stage.key}", stage.label(words.language))
        for target in targets
        for stage in words.known.stages.values()
        if stage.status == target and stage.key != repair.stage.key
    ]
    return present + others


def priorities_in(language: str) -> list[tuple[str, str]]:
    """Each priority and its name, as forms offer them."""
    _ = translations(language).gettext
    names = {"low": _("Low"), "normal": _("Normal"), "high": _("High"), "urgent": _("Urgent")}
    return [(priority, names[priority]) for priority in PRIORITIES]


# ---------------------------------------------------------------- who looks


async def typed(request: Request, actor: StaffActor) -> forms.Typed:
    """What was sent, if anything was."""
    sent = await request.form() if request.method == "POST" else {}
    words = await words_of(request, actor)
    return forms.typed(sent, words.language, await timezone_of(request, actor))


async def words_of(request: Request, actor: StaffActor) -> Words:
    """How the page calls stages and people."""
    portal = portal_of(request)
    frame = await portal.pages.frame(request, actor)
    return await service.words_in(portal.db, language_of(request, frame.viewer))


async def timezone_of(request: Request, actor: StaffActor) -> str:
    """The zone in which the viewer reads and types times."""
    frame = await portal_of(request).pages.frame(request, actor)
    return frame.viewer.timezone if frame.viewer else "UTC"


handlers: Sequence[HTTPRouteHandler] = [
    desk,
    repair_page,
    change_status,
    assign,
    edit,
    note_call,
]
