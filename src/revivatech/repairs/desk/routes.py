"""The desk's repairs as JSON."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal
from uuid import UUID

from litestar import Response, get, patch, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery, HeaderParameter, JSONBody, QueryParameter

from revivatech.accounts import service as accounts
from revivatech.accounts.service import Permission, needs, require
from revivatech.kit.actor import StaffActor
from revivatech.kit.paging import DEFAULT_LIMIT, Page
from revivatech.repairs import service
from revivatech.repairs.contracts import (
    LONGEST_SEARCH,
    DeskFilter,
    DeskSort,
    StaffRepair,
    StaffTimelineItem,
    Status,
)
from revivatech.repairs.desk.schemas import (
    AssignBody,
    CalledBody,
    Colleague,
    NewRepairBody,
    RepairEditBody,
    StageChoice,
    StatusChangeBody,
)
from revivatech.web.context import context_of
from revivatech.web.desk import json_response, staff_actor
from revivatech.web.openapi import answers
from revivatech.web.parameters import Cursor, Limit
from revivatech.web.request import Request

# msgspec reads no union of an id and a word, so the words and the id's shape are one pattern.
Technician = Annotated[
    str | None,
    QueryParameter(
        pattern=r"^(me|none|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$",
        description="A colleague's id, `me`, or `none` for nobody's work.",
    ),
]
SEARCHED = (
    "Words of the repair, or of the customer's name, with `customers:read` also of their email or phone; accents and "
    "case do not count. Or a repair number as people write it, the address of a repair's page, or how a device's "
    "serial number or IMEI begins."
)
Search = Annotated[str, QueryParameter(max_length=LONGEST_SEARCH, description=SEARCHED)]
Sort = Annotated[DeskSort, QueryParameter(description="`due` lists open work alone, what is late first.")]
Key = Annotated[
    str | None,
    HeaderParameter(name="Idempotency-Key", max_length=200, description="The same key again answers the same repair."),
]


def whose(technician: str | None, actor: StaffActor) -> UUID | Literal["none"] | None:
    """The technician that a filter means."""
    match technician:
        case None | "none":
            return technician
        case "me":
            return actor.id
        case _:
            return UUID(technician)


@get(
    "/api/staff/repairs",
    tags=["Staff"],
    responses=answers(Page[StaffRepair], 401, 403, 422, 429),
    guards=[needs(Permission.READ)],
)
async def list_repairs(
    request: Request,
    status: FromQuery[Status | None] = None,
    technician: Technician = None,
    q: Search = "",
    overdue: FromQuery[bool] = False,  # noqa: FBT002 - a query parameter
    sort: Sort = "newest",
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Response[Any]:
    """The shop's repairs."""
    actor = await staff_actor(request)
    db = context_of(request).db
    labels = await service.labels_for(db, actor)
    wanted = DeskFilter(status, whose(technician, actor), q, overdue, sort, limit, cursor)
    async with db.read() as reader:
        return json_response(await service.desk_list(reader, actor, labels, wanted))


@post(
    "/api/staff/repairs",
    tags=["Staff"],
    responses=answers(StaffRepair, 401, 403, 422, 429, status=201),
    guards=[needs(Permission.TAKE_IN)],
)
async def take_in(request: Request, data: JSONBody[NewRepairBody], key: Key = None) -> Response[Any]:
    """Take a device in. The same key with other facts is a 422 `idempotency_key_reused`, which names the repair."""
    actor = await staff_actor(request)
    return json_response(await service.intake(context_of(request).db, actor, data.repair(key)), 201)


@get(
    "/api/staff/repairs/{repair_id:uuid}",
    tags=["Staff"],
    responses=answers(StaffRepair, 401, 403, 404, 429),
    guards=[needs(Permission.READ)],
)
async def get_repair(request: Request, repair_id: FromPath[UUID]) -> Response[Any]:
    """One repair of the shop."""
    actor = await staff_actor(request)
    db = context_of(request).db
    labels = await service.labels_for(db, actor)
    async with db.transaction() as tx:
        one = await service.desk_repair(tx, actor, labels, repair_id)
        await accounts.note_visit(tx, actor, one.customer_id, "repair", repair_id, one.repair.repair_number)
    return json_response(one)


@patch(
    "/api/staff/repairs/{repair_id:uuid}",
    tags=["Staff"],
    responses=answers(StaffRepair, 401, 403, 404, 409, 422, 429),
    guards=[needs(Permission.EDIT)],
)
async def edit_repair(request: Request, repair_id: FromPath[UUID], data: JSONBody[RepairEditBody]) -> Response[Any]:
    """Change a repair's facts; a 409 holds the present state."""
    actor = await staff_actor(request)
    return json_response(await service.edit_repair(context_of(request).db, actor, repair_id, data.edit()))


@post(
    "/api/staff/repairs/{repair_id:uuid}/status",
    status_code=200,
    tags=["Staff"],
    responses=answers(StaffRepair, 401, 403, 404, 409, 422, 429),
    guards=[needs(Permission.CHANGE_STATUS)],
)
async def change_status(request: Request, repair_id: FromPath[UUID], data: JSONBody[StatusChangeBody]) -> Response[Any]:
    """Move a repair along; a 409 holds the present state and what is allowed from there."""
    actor = await staff_actor(request)
    return json_response(await service.change_status(context_of(request).db, actor, repair_id, data.change()))


@post(
    "/api/staff/repairs/{repair_id:uuid}/assign",
    status_code=200,
    tags=["Staff"],
    responses=answers(StaffRepair, 401, 403, 404, 409, 422, 429),
    guards=[needs(Permission.TAKE_ON)],
)
async def assign(request: Request, repair_id: FromPath[UUID], data: JSONBody[AssignBody]) -> Response[Any]:
    """Give a repair to a colleague; technicians may take work on for themselves."""
    actor = await staff_actor(request)
    require(actor, Permission.TAKE_ON if data.technician_id == actor.id else Permission.ASSIGN)
    return json_response(
        await service.assign(context_of(request).db, actor, repair_id, data.technician_id, data.version)
    )


@get(
    "/api/staff/repairs/{repair_id:uuid}/timeline",
    tags=["Staff"],
    responses=answers(Page[StaffTimelineItem], 401, 403, 404, 429),
    guards=[needs(Permission.READ)],
)
async def get_timeline(request: Request, repair_id: FromPath[UUID]) -> Response[Any]:
    """Return what happened to one repair, internal notes too, oldest first, all of it."""
    actor = await staff_actor(request)
    db = context_of(request).db
    labels = await service.labels_for(db, actor)
    async with db.transaction() as tx:
        one = await service.desk_repair(tx, actor, labels, repair_id)
        items = await service.desk_timeline(tx, labels, repair_id)
        await accounts.note_visit(tx, actor, one.customer_id, "repair", repair_id, one.repair.repair_number)
    return json_response(Page(items))


@post(
    "/api/staff/repairs/{repair_id:uuid}/called",
    status_code=200,
    tags=["Staff"],
    responses=answers(Page[StaffTimelineItem], 401, 403, 404, 422, 429),
    guards=[needs(Permission.CHANGE_STATUS)],
)
async def note_call(request: Request, repair_id: FromPath[UUID], data: JSONBody[CalledBody]) -> Response[Any]:
    """Note that the customer was called about an entry whose notices did not reach them; the timeline as it then is."""
    actor = await staff_actor(request)
    return json_response(Page(await service.note_call(context_of(request).db, actor, repair_id, data.entry_id)))


@get(
    "/api/staff/stages", tags=["Staff"], responses=answers(Page[StageChoice], 401, 429), guards=[needs(Permission.READ)]
)
async def list_stages(request: Request) -> Response[Any]:
    """The shop's stages, in the order of the work."""
    actor = await staff_actor(request)
    labels = await service.labels_for(context_of(request).db, actor)
    stages = labels.known.stages.values()
    return json_response(
        Page([StageChoice(one.key, one.status, one.label(labels.language), one.tells_customer) for one in stages])
    )


@get(
    "/api/staff/technicians",
    tags=["Staff"],
    responses=answers(Page[Colleague], 401, 429),
    guards=[needs(Permission.READ)],
)
async def list_technicians(request: Request) -> Response[Any]:
    """Everybody who can be given work."""
    await staff_actor(request)
    async with context_of(request).db.read() as reader:
        staff = await accounts.active_staff(reader)
    return json_response(Page([Colleague(member.id, member.first_name, member.last_name) for member in staff]))


handlers: Sequence[HTTPRouteHandler] = [
    list_repairs,
    take_in,
    get_repair,
    edit_repair,
    change_status,
    assign,
    get_timeline,
    note_call,
    list_stages,
    list_technicians,
]
