"""Passkeys as JSON: made, named, removed."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from litestar import delete, get, patch, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from revivatech.accounts.sessions.client import client_of, realm_of
from revivatech.accounts.two_factor import passkeys
from revivatech.accounts.two_factor.contracts import PasskeyOptions, PasskeyView
from revivatech.accounts.two_factor.routes import TAGS, Proof, actor_of
from revivatech.kit.paging import Page
from revivatech.kit.structs import Body
from revivatech.web.access import EVERY_ROLE
from revivatech.web.client_address import client_address
from revivatech.web.context import context_of
from revivatech.web.openapi import problems
from revivatech.web.request import Request


class NewPasskey(Body, frozen=True):
    """The answer of navigator.credentials.create, as JSON, and the passkey's name."""

    credential: dict[str, Any]
    name: Annotated[str, Meta(min_length=1, max_length=passkeys.LONGEST_NAME)]


class PasskeyName(Body, frozen=True):
    """A passkey's name."""

    name: Annotated[str, Meta(min_length=1, max_length=passkeys.LONGEST_NAME)]


@get(
    ["/api/customer/profile/passkeys", "/api/staff/profile/passkeys"],
    tags=TAGS,
    responses=problems(401, 403, 429),
    opt=EVERY_ROLE,
)
async def own_passkeys(request: Request) -> Page[PasskeyView]:
    """The own passkeys, the oldest first; at most 20."""
    context, actor = context_of(request), await actor_of(request)
    async with context.db.read() as reader:
        return Page(await passkeys.list_of(reader, realm_of(request), actor.id))


@post(
    ["/api/customer/profile/passkeys/options", "/api/staff/profile/passkeys/options"],
    status_code=200,
    tags=TAGS,
    responses=problems(401, 403, 409, 422, 429),
    opt=EVERY_ROLE,
)
async def new_passkey_options(request: Request, data: JSONBody[Proof | None] = None) -> PasskeyOptions:
    """Return what navigator.credentials.create takes, good for five minutes in this session."""
    context, actor = context_of(request), await actor_of(request)
    return await passkeys.begin_adding(
        context.db,
        context.settings,
        realm_of(request),
        actor.id,
        actor.session_id,
        password=data.password if data else "",
        code=data.code if data else "",
        address=client_address(request),
    )


@post(
    ["/api/customer/profile/passkeys", "/api/staff/profile/passkeys"],
    status_code=201,
    tags=TAGS,
    responses=problems(401, 403, 409, 422, 429),
    opt=EVERY_ROLE,
)
async def add_passkey(request: Request, data: JSONBody[NewPasskey]) -> PasskeyView:
    """Keep a passkey that the device has made."""
    context, actor = context_of(request), await actor_of(request)
    return await passkeys.add(
        context.db,
        context.settings,
        realm_of(request),
        actor.id,
        actor.session_id,
        name=data.name,
        credential=data.credential,
        client=client_of(request),
    )


@patch(
    ["/api/customer/profile/passkeys/{passkey_id:uuid}", "/api/staff/profile/passkeys/{passkey_id:uuid}"],
    tags=TAGS,
    responses=problems(401, 403, 404, 422, 429),
    opt=EVERY_ROLE,
)
async def rename_passkey(request: Request, passkey_id: FromPath[UUID], data: JSONBody[PasskeyName]) -> PasskeyView:
    """Give a passkey another name."""
    context, actor = context_of(request), await actor_of(request)
    return await passkeys.rename(context.db, realm_of(request), actor.id, passkey_id, data.name)


@delete(
    ["/api/customer/profile/passkeys/{passkey_id:uuid}", "/api/staff/profile/passkeys/{passkey_id:uuid}"],
    status_code=204,
    tags=TAGS,
    responses=problems(401, 403, 404, 422, 429),
    opt=EVERY_ROLE,
)
async def remove_passkey(request: Request, passkey_id: FromPath[UUID], data: JSONBody[Proof | None] = None) -> None:
    """Have a passkey open nothing any more, with the password and, where one is on, the second factor."""
    context, actor = context_of(request), await actor_of(request)
    await passkeys.remove(
        context.db,
        context.settings,
        realm_of(request),
        actor.id,
        passkey_id,
        password=data.password if data else "",
        code=data.code if data else "",
        client=client_of(request),
    )


handlers: Sequence[HTTPRouteHandler] = [
    own_passkeys,
    new_passkey_options,
    add_passkey,
    rename_passkey,
    remove_passkey,
]
