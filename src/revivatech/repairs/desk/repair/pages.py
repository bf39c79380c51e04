"""A repair at the desk, with everything that is done to it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from revivatech.accounts import service as accounts
from revivatech.accounts.service import Permission, may, needs
from revivatech.kit.actor import StaffActor
from revivatech.kit.clock import utcnow
from revivatech.kit.errors import Conflict, FieldError, InvalidInput, NotAllowed, Refusal
from revivatech.kit.i18n import translations
from revivatech.mail import outcomes
from revivatech.repairs import service
from revivatech.repairs.contracts import (
    SomebodyWasFaster,
    StaffRepair,
    StatusChange,
)
from revivatech.repairs.desk import forms
from revivatech.repairs.desk.context import Desk, enter_desk, typed_form
from revivatech.repairs.desk.lateness import lateness
from revivatech.repairs.desk.priorities import priorities_in
from revivatech.repairs.service import Labels
from revivatech.web.forms import TypedForm, fields_of, why
from revivatech.web.pages import wants_fragment
from revivatech.web.request import Request
from revivatech.web.responses import see_other

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


@get("/staff/repairs/{repair_id:uuid}", include_in_schema=False, guards=[needs(Permission.READ)])
async def repair_page(request: Request, repair_id: FromPath[UUID]) -> Response[Any]:
    """One repair: its facts, its customer, its history, and the forms that change it."""
    desk = await enter_desk(request)
    return await _repair(request, desk, repair_id, saved=request.query_params.get("saved", ""))


@post(
    "/staff/repairs/{repair_id:uuid}/status",
    status_code=200,
    include_in_schema=False,
    guards=[needs(Permission.CHANGE_STATUS)],
)
async def change_status(request: Request, repair_id: FromPath[UUID]) -> Response[Any]:
    """Move the repair, or show the form again with what was typed and why not."""
    desk = await enter_desk(request)
    form = await typed_form(request, desk)
    try:
        change = forms.status_change(form)
        await _change_once(desk, repair_id, change)
    except (Conflict, InvalidInput, NotAllowed) as refusal:
        return await _repair(request, desk, repair_id, form=form, refusal=refusal, tried="status")
    return await _saved(request, desk, repair_id, "status")


async def _change_once(desk: Desk, repair_id: UUID, change: StatusChange) -> None:
    """Make the change; sent twice it is one. Raises as `service.change_status`."""
    try:
        await service.change_status(desk.db, desk.actor, repair_id, change)
    except SomebodyWasFaster:
        async with desk.db.read() as reader:
            if not await service.is_repeat(reader, desk.actor, repair_id, change):
                raise


@post(
    "/staff/repairs/{repair_id:uuid}/assign",
    status_code=200,
    include_in_schema=False,
    guards=[needs(Permission.TAKE_ON)],
)
async def assign(request: Request, repair_id: FromPath[UUID]) -> Response[Any]:
    """Give the repair to a colleague, or show the page again with why not."""
    desk = await enter_desk(request)
    form = await typed_form(request, desk)
    try:
        technician_id, version = forms.assignment(form)
        if technician_id != desk.actor.id and not may(desk.actor, Permission.ASSIGN):
            raise NotAllowed("Your role does not allow that.")  # noqa: TRY301 - shown like any other refusal
        await service.assign(desk.db, desk.actor, repair_id, technician_id, version)
    except (Conflict, InvalidInput, NotAllowed) as refusal:
        return await _repair(request, desk, repair_id, form=form, refusal=refusal, tried="assign")
    return await _saved(request, desk, repair_id)


@post("/staff/repairs/{repair_id:uuid}/edit", status_code=200, include_in_schema=False, guards=[needs(Permission.EDIT)])
async def edit(request: Request, repair_id: FromPath[UUID]) -> Response[Any]:
    """Change the repair's facts, or show the form again with what was typed and why not."""
    desk = await enter_desk(request)
    form = await typed_form(request, desk)
    try:
        await service.edit_repair(desk.db, desk.actor, repair_id, forms.repair_edit(form))
    except (Conflict, InvalidInput) as refusal:
        return await _repair(request, desk, repair_id, form=form, refusal=refusal, tried="edit")
    return await _saved(request, desk, repair_id)


@post(
    "/staff/repairs/{repair_id:uuid}/called",
    status_code=200,
    include_in_schema=False,
    guards=[needs(Permission.CHANGE_STATUS)],
)
async def note_call(request: Request, repair_id: FromPath[UUID]) -> Response[Any]:
    """Note that the customer was called about an entry of the history."""
    desk = await enter_desk(request)
    entry_id = forms.entry_of(fields_of(await request.form()))
    await service.note_call(desk.db, desk.actor, repair_id, entry_id)
    return await _saved(request, desk, repair_id, "called")


async def _saved(request: Request, desk: Desk, repair_id: UUID, saved: str = "1") -> Response[Any]:
    """After a change: the block anew for the page's script, else the page by its own address."""
    if wants_fragment(request):
        return await _repair(request, desk, repair_id, saved=saved)
    return see_other(f"/staff/repairs/{repair_id}?saved={saved}")


async def _repair(
    request: Request,
    desk: Desk,
    repair_id: UUID,
    *,
    form: TypedForm | None = None,
    refusal: Refusal | None = None,
    tried: str = "",
    saved: str = "",
) -> Response[Any]:
    """The page of a repair as it now stands; after a refusal, with what was typed."""
    actor, labels, timezone = desk.actor, desk.labels, desk.timezone
    async with desk.db.transaction() as tx:
        one = await service.desk_repair(tx, actor, labels, repair_id)
        items = await service.desk_timeline(tx, labels, repair_id)
        await accounts.note_visit(tx, actor, one.customer_id, "repair", repair_id, one.repair.repair_number)
        device, earlier = await service.device_of_repair(tx, labels, one)
        trouble = await outcomes.trouble_of(tx, one.customer_id)
        reach = await service.reach(tx, one.customer_id)
        may_invite = may(actor, Permission.INVITE_CUSTOMERS) and await accounts.may_be_invited(tx, one.customer_id)
    progress = service.progress(one.repair, labels, [item.item for item in items])
    said = why(refusal, labels.language, FIELDS)
    if tried == "edit":
        said["errors"] = [FieldError(EDIT_IDS.get(one.field, one.field), one.message) for one in said["errors"]]
    return await desk.pages.render(
        request,
        "repairs/desk_repair.html",
        viewer=actor,
        block="work" if wants_fragment(request) == "work" else None,
        one=one,
        repair=one.repair,
        history=items,
        progress=progress,
        late=lateness(one, utcnow(), labels.language),
        choices=_choices(one, actor, labels),
        costs={name: forms.shown(getattr(one.repair, name), labels.language) for name in COSTS},
        colleagues=labels.known.colleagues,
        estimate=forms.local(one.repair.estimated_completion, timezone),
        timezone=timezone,
        priorities=priorities_in(labels.language),
        may_assign=may(actor, Permission.ASSIGN),
        device=device,
        earlier=earlier,
        reach=reach,
        mail_trouble=trouble,
        may_look_up=may(actor, Permission.READ_CUSTOMERS),
        may_invite=may_invite,
        invited=request.query_params.get("invited", ""),
        form=form or TypedForm({}, labels.language, timezone),
        tried=tried,
        saved=saved,
        **said,
    )


def _choices(one: StaffRepair, actor: StaffActor, labels: Labels) -> list[tuple[str, str]]:
    """Return where the repair may go, present stage first: pairs of `status/stage` and its name."""
    _ = translations(labels.language).gettext
    repair = one.repair
    present = [(f"{repair.status}/{repair.stage.key}", _("Stay: %(stage)s") % {"stage": repair.stage.label})]
    targets = (repair.status, *service.allowed(repair.status, actor))
    others = [
        (f"{stage.status}/{stage.key}", stage.label(labels.language))
        for target in targets
        for stage in labels.known.stages.values()
        if stage.status == target and stage.key != repair.stage.key
    ]
    return present + others


handlers: Sequence[HTTPRouteHandler] = [
    repair_page,
    change_status,
    assign,
    edit,
    note_call,
]
