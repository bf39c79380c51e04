"""The pages of the own passkeys; for both realms."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from revivatech.accounts.secrets.passwords import LONGEST
from revivatech.accounts.sessions.client import both, client_of, realm_of
from revivatech.accounts.two_factor import passkeys, service, webauthn_ceremonies
from revivatech.accounts.two_factor.contracts import LONGEST_CODE
from revivatech.accounts.two_factor.pages import (
    base,
    credential_of,
    fields_of,
    json_of,
    page,
)
from revivatech.accounts.two_factor.reauthentication import OwnProof, require_typed
from revivatech.accounts.two_factor.routes import actor_of
from revivatech.kit.actor import CustomerActor, StaffActor
from revivatech.kit.errors import InvalidInput, NotFound, Problems, Refusal
from revivatech.kit.text import one_line
from revivatech.web.access import EVERY_ROLE
from revivatech.web.client_address import client_address
from revivatech.web.context import context_of, is_at_public_address
from revivatech.web.request import Request
from revivatech.web.responses import see_other


@get(both("/account/security/passkeys"), include_in_schema=False, opt=EVERY_ROLE)
async def own_passkeys(request: Request) -> Response[Any]:
    """The own passkeys, and the form for one more."""
    return await _passkeys(request, await actor_of(request))


@post(both("/account/security/passkeys/start"), status_code=200, include_in_schema=False, opt=EVERY_ROLE)
async def start_passkey(request: Request) -> Response[Any]:
    """The page from which the browser makes a passkey."""
    portal, actor, form = context_of(request), await actor_of(request), await fields_of(request)
    name, own = one_line(form["name"]), OwnProof.of(form)
    try:
        await _require_name(request, actor, name, own)
        options = await passkeys.begin_adding(
            portal.db,
            portal.settings,
            realm_of(request),
            actor.id,
            actor.session_id,
            password=own.password,
            code=own.code,
            address=client_address(request),
        )
    except Refusal as refusal:
        return await _passkeys(request, actor, refusal, name=name)
    return await _passkeys(request, actor, name=name, options=json_of(options))


async def _require_name(request: Request, actor: CustomerActor | StaffActor, name: str, own: OwnProof) -> None:
    """Return when the passkey has a name. Raises InvalidInput naming that and whatever else the form lacks."""
    try:
        passkeys.checked_name(name)
    except InvalidInput as refusal:
        problems = Problems(refusal.errors)
        with problems:
            await require_typed(context_of(request).db, realm_of(request), actor.id, own)
        problems.finish()


@post(both("/account/security/passkeys/add"), status_code=200, include_in_schema=False, opt=EVERY_ROLE)
async def add_passkey(request: Request) -> Response[Any]:
    """Keep what the browser has made."""
    portal, actor, form = context_of(request), await actor_of(request), await fields_of(request)
    try:
        await passkeys.add(
            portal.db,
            portal.settings,
            realm_of(request),
            actor.id,
            actor.session_id,
            name=form["name"],
            credential=credential_of(form["credential"]),
            client=client_of(request),
        )
    except Refusal as refusal:
        return await _passkeys(request, actor, refusal, name=form["name"])
    return see_other(f"{base(request)}/passkeys?done=added")


@post(
    both("/account/security/passkeys/{passkey_id:uuid}/name"), status_code=200, include_in_schema=False, opt=EVERY_ROLE
)
async def rename_passkey(request: Request, passkey_id: FromPath[UUID]) -> Response[Any]:
    """Give a passkey another name."""
    actor, form = await actor_of(request), await fields_of(request)
    try:
        await passkeys.rename(context_of(request).db, realm_of(request), actor.id, passkey_id, form["name"])
    except NotFound:
        raise
    except Refusal as refusal:
        return await _passkeys(request, actor, refusal)
    return see_other(f"{base(request)}/passkeys?done=named")


@get(both("/account/security/passkeys/{passkey_id:uuid}/remove"), include_in_schema=False, opt=EVERY_ROLE)
async def passkey_removal(request: Request, passkey_id: FromPath[UUID]) -> Response[Any]:
    """Return what is lost, and the form that asks for proof."""
    return await _removal(request, await actor_of(request), passkey_id)


@post(
    both("/account/security/passkeys/{passkey_id:uuid}/remove"),
    status_code=200,
    include_in_schema=False,
    opt=EVERY_ROLE,
)
async def remove_passkey(request: Request, passkey_id: FromPath[UUID]) -> Response[Any]:
    """Remove a passkey, with proof."""
    portal, actor, form = context_of(request), await actor_of(request), await fields_of(request)
    try:
        await passkeys.remove(
            portal.db,
            portal.settings,
            realm_of(request),
            actor.id,
            passkey_id,
            password=form["password"][:LONGEST],
            code=form["code"][:LONGEST_CODE],
            client=client_of(request),
        )
    except NotFound:
        raise
    except Refusal as refusal:
        return await _removal(request, actor, passkey_id, refusal)
    return see_other(f"{base(request)}/passkeys?done=removed")


async def _passkeys(
    request: Request,
    actor: CustomerActor | StaffActor,
    refusal: Refusal | None = None,
    **context: Any,  # noqa: ANN401 - whatever the template shows
) -> Response[Any]:
    portal, realm = context_of(request), realm_of(request)
    async with portal.db.read() as reader:
        state = await service.state(reader, portal.settings, realm, actor.id)
        own = await passkeys.list_of(reader, realm, actor.id)
    shown: dict[str, Any] = {"name": "", "options": "", "done": request.query_params.get("done", "")}
    return await page(
        request,
        actor,
        "passkeys.html",
        refusal,
        **(shown | {"state": state, "passkeys": own, "here": _passkeys_here(request)} | context),
    )


def _passkeys_here(request: Request) -> str:
    """Return "yes" or "no" to whether a browser makes passkeys here, or the page's address where it does."""
    settings = context_of(request).settings
    if not webauthn_ceremonies.are_possible(settings):
        return "no"
    return "yes" if is_at_public_address(request) else settings.public_url.rstrip("/") + request.url.path


async def _removal(
    request: Request, actor: CustomerActor | StaffActor, passkey_id: UUID, refusal: Refusal | None = None
) -> Response[Any]:
    portal, realm = context_of(request), realm_of(request)
    async with portal.db.read() as reader:
        state = await service.state(reader, portal.settings, realm, actor.id)
        passkey = next((one for one in await passkeys.list_of(reader, realm, actor.id) if one.id == passkey_id), None)
    if passkey is None:
        raise NotFound
    return await page(request, actor, "passkey_removal.html", refusal, state=state, passkey=passkey)


handlers: Sequence[HTTPRouteHandler] = [
    own_passkeys,
    start_passkey,
    add_passkey,
    rename_passkey,
    passkey_removal,
    remove_passkey,
]
