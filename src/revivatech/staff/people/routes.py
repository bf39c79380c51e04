"""People, what they may do and what was done to accounts, as JSON; for admins."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar import Response, delete, get, patch, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody
from msgspec import UNSET

from revivatech.accounts import service as accounts
from revivatech.accounts.contracts import Client
from revivatech.accounts.service import AuditEntry, Permission, needs, permissions_of
from revivatech.kit.actor import Role
from revivatech.kit.errors import FieldError, InvalidInput
from revivatech.kit.paging import DEFAULT_LIMIT, Page
from revivatech.repairs import service as repairs
from revivatech.staff.people import service
from revivatech.staff.people.schemas import HelperBody, InviteBody, PersonChange, RolePermissions
from revivatech.staff.people.service import Person
from revivatech.web.access import EVERY_ROLE
from revivatech.web.client_address import client_address
from revivatech.web.context import context_of
from revivatech.web.desk import json_response, staff_actor
from revivatech.web.openapi import answers
from revivatech.web.parameters import Cursor, Limit
from revivatech.web.request import Request


def client_of(request: Request) -> Client:
    """Return where the request comes from."""
    return Client(client_address(request))


@get(
    "/api/staff/users",
    tags=["People"],
    responses=answers(Page[Person], 401, 403, 429),
    guards=[needs(Permission.MANAGE_STAFF)],
)
async def list_people(request: Request) -> Response[Any]:
    """Everybody who works or worked here, invited colleagues too; all of them."""
    actor = await staff_actor(request)
    async with context_of(request).db.read() as reader:
        return json_response(Page(await service.everybody(reader, actor)))


@post(
    "/api/staff/users",
    tags=["People"],
    responses=answers(Person, 401, 403, 409, 422, 429, status=201),
    guards=[needs(Permission.MANAGE_STAFF)],
)
async def invite(request: Request, data: JSONBody[InviteBody]) -> Response[Any]:
    """Invite a colleague: the link in the mail works for seven days."""
    actor = await staff_actor(request)
    db = context_of(request).db
    account = await accounts.invite_staff(db, actor, data.newcomer(), client_of(request))
    repairs.forget_known(db)
    return await _person(request, account.id, 201)


@get(
    "/api/staff/users/{user_id:uuid}",
    tags=["People"],
    responses=answers(Person, 401, 403, 404, 429),
    guards=[needs(Permission.MANAGE_STAFF)],
)
async def get_person(request: Request, user_id: FromPath[UUID]) -> Response[Any]:
    """One person."""
    await staff_actor(request)
    return await _person(request, user_id)


@patch(
    "/api/staff/users/{user_id:uuid}",
    tags=["People"],
    responses=answers(Person, 401, 403, 404, 409, 422, 429),
    guards=[needs(Permission.MANAGE_STAFF)],
)
async def change_person(request: Request, user_id: FromPath[UUID], data: JSONBody[PersonChange]) -> Response[Any]:
    """Give a role, close or open the account; sessions end at once. Nobody does this to themselves."""
    actor = await staff_actor(request)
    db, client = context_of(request).db, client_of(request)
    if data.role is not UNSET and data.disabled is not UNSET:
        problem = "Change the role or close the account, one at a time."
        raise InvalidInput(problem, errors=[FieldError("disabled", problem)])
    if isinstance(data.role, Role):
        await accounts.change_role(db, actor, user_id, data.role, client)
    elif data.disabled is True:
        await service.close(db, actor, user_id, data.hand_over_to, client)
    elif data.disabled is False:
        await accounts.reopen_staff(db, actor, user_id, client)
        repairs.forget_known(db)
    return await _person(request, user_id)


@post(
    "/api/staff/users/{user_id:uuid}/invite",
    status_code=200,
    tags=["People"],
    responses=answers(Person, 401, 403, 404, 409, 429),
    guards=[needs(Permission.MANAGE_STAFF)],
)
async def invite_again(request: Request, user_id: FromPath[UUID]) -> Response[Any]:
    """Send a new invitation to somebody who has not joined; the older link ends. At most five a day."""
    actor = await staff_actor(request)
    await accounts.invite_staff_again(context_of(request).db, actor, user_id, client_of(request))
    return await _person(request, user_id)


@delete(
    "/api/staff/users/{user_id:uuid}/invite",
    status_code=200,
    tags=["People"],
    responses=answers(Person, 401, 403, 404, 409, 429),
    guards=[needs(Permission.MANAGE_STAFF)],
)
async def withdraw(request: Request, user_id: FromPath[UUID]) -> Response[Any]:
    """End the invitation of somebody who has not joined."""
    actor = await staff_actor(request)
    db = context_of(request).db
    await service.withdraw(db, actor, user_id, client_of(request))
    return await _person(request, user_id)


@post(
    "/api/staff/users/{user_id:uuid}/2fa/reset",
    status_code=200,
    tags=["People"],
    responses=answers(Person, 401, 403, 404, 409, 422, 429),
    guards=[needs(Permission.MANAGE_STAFF)],
)
async def reset_factor(request: Request, user_id: FromPath[UUID], data: JSONBody[HelperBody]) -> Response[Any]:
    """Take a colleague's lost second factor off: sessions end, and a link in their mail leads to a new password."""
    actor = await staff_actor(request)
    context = context_of(request)
    await accounts.reset_colleague_two_factor(
        context.db, context.settings, actor, user_id, data.proof(), client_of(request)
    )
    return await _person(request, user_id)


@get("/api/staff/permissions", tags=["People"], responses=answers(Page[RolePermissions], 401, 429), opt=EVERY_ROLE)
async def list_permissions(request: Request) -> Response[Any]:
    """Return what each role may do."""
    await context_of(request).authenticator.staff(request)
    return json_response(Page([RolePermissions(role, permissions_of(role)) for role in Role]))


@get(
    "/api/staff/audit",
    tags=["People"],
    responses=answers(Page[AuditEntry], 401, 403, 422, 429),
    guards=[needs(Permission.READ_AUDIT)],
)
async def list_audit(request: Request, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None) -> Response[Any]:
    """Return who did what to whose account, the newest first."""
    await staff_actor(request)
    async with context_of(request).db.read() as reader:
        return json_response(await accounts.audit_log(reader, cursor=cursor, limit=limit))


async def _person(request: Request, user_id: UUID, status: int = 200) -> Response[Any]:
    actor = await context_of(request).authenticator.staff(request)
    async with context_of(request).db.read() as reader:
        return json_response(await service.one(reader, actor, user_id), status)


handlers: Sequence[HTTPRouteHandler] = [
    list_people,
    invite,
    get_person,
    change_person,
    invite_again,
    withdraw,
    reset_factor,
    list_permissions,
    list_audit,
]
