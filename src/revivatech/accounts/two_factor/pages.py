"""The pages of an account's security and its two-step sign-in, and what all pages of factors share; for both realms."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from revivatech.accounts.contracts import Realm
from revivatech.accounts.secrets.passwords import LONGEST
from revivatech.accounts.sessions import service as sessions
from revivatech.accounts.sessions.client import both, client_of, realm_of
from revivatech.accounts.two_factor import passkeys, service
from revivatech.accounts.two_factor.contracts import LONGEST_CODE, Enrolment, PasskeyOptions
from revivatech.accounts.two_factor.routes import actor_of
from revivatech.kit.actor import CustomerActor, StaffActor
from revivatech.kit.errors import Refusal
from revivatech.web import forms
from revivatech.web.access import EVERY_ROLE
from revivatech.web.client_address import client_address
from revivatech.web.context import context_of
from revivatech.web.pages import language_of
from revivatech.web.request import Request
from revivatech.web.responses import see_other

FRAMES: dict[Realm, str] = {"customer": "layouts/account.html", "staff": "accounts/two_factor/staff_frame.html"}


# ------------------------------------------------------------------ security at a glance


@get(both("/account/security"), include_in_schema=False, opt=EVERY_ROLE)
async def security(request: Request) -> Response[Any]:
    """Return how one signs in, and where one is signed in."""
    portal, realm, actor = context_of(request), realm_of(request), await actor_of(request)
    async with portal.db.read() as reader:
        state = await service.state(reader, portal.settings, realm, actor.id)
        own = await passkeys.list_of(reader, realm, actor.id)
    return await page(
        request,
        actor,
        "security.html",
        state=state,
        passkeys=own,
        sessions=await sessions.sessions_of(portal.db, realm, actor),
        done=request.query_params.get("done", ""),
    )


@post(both("/account/security/sessions/{session_id:uuid}/end"), include_in_schema=False, opt=EVERY_ROLE)
async def end_session(request: Request, session_id: FromPath[UUID]) -> Response[Any]:
    """End one of the own sessions."""
    actor = await actor_of(request)
    await sessions.end_one(context_of(request).db, realm_of(request), actor.id, session_id, client_of(request))
    return see_other(f"{base(request)}?done=ended")


@post(both("/account/security/sessions/end-others"), include_in_schema=False, opt=EVERY_ROLE)
async def end_other_sessions(request: Request) -> Response[Any]:
    """End every own session but this one."""
    actor = await actor_of(request)
    await sessions.leave_others(
        context_of(request).db, realm_of(request), actor.id, actor.session_id, client_of(request)
    )
    return see_other(f"{base(request)}?done=others")


# ------------------------------------------------------------------ two-step sign-in


@get(both("/account/security/two-step"), include_in_schema=False, opt=EVERY_ROLE)
async def two_step(request: Request) -> Response[Any]:
    """Return whether two-step sign-in is on, and what can be done about it."""
    return await _two_step(request, await actor_of(request))


@post(both("/account/security/two-step/start"), status_code=200, include_in_schema=False, opt=EVERY_ROLE)
async def start(request: Request) -> Response[Any]:
    """A fresh key, shown this once as a picture and as text."""
    portal, actor, form = context_of(request), await actor_of(request), await fields_of(request)
    try:
        enrolment = await service.enable(
            portal.db,
            portal.settings,
            realm_of(request),
            actor.id,
            password=form["password"][:LONGEST],
            address=client_address(request),
        )
    except Refusal as refusal:
        return await _two_step(request, actor, form="start", refusal=refusal)
    return await _two_step(request, actor, enrolment=enrolment)


@post(both("/account/security/two-step/verify"), status_code=200, include_in_schema=False, opt=EVERY_ROLE)
async def verify(request: Request) -> Response[Any]:
    """The recovery codes, once the new app has shown a right code."""
    portal, actor, form = context_of(request), await actor_of(request), await fields_of(request)
    try:
        made = await service.verify(
            portal.db,
            portal.settings,
            realm_of(request),
            actor.id,
            actor.session_id,
            code=form["code"][:LONGEST_CODE],
            current_code=form["current_code"][:LONGEST_CODE],
            client=client_of(request),
        )
    except Refusal as refusal:
        is_over = refusal.code == "no_set_up"
        return await _two_step(request, actor, form="" if is_over else "verify", refusal=refusal)
    return await page(request, actor, "codes.html", codes=made.recovery_codes)


@post(both("/account/security/two-step/codes"), status_code=200, include_in_schema=False, opt=EVERY_ROLE)
async def new_codes(request: Request) -> Response[Any]:
    """Ten fresh recovery codes."""
    portal, actor, form = context_of(request), await actor_of(request), await fields_of(request)
    try:
        made = await service.new_recovery_codes(
            portal.db,
            portal.settings,
            realm_of(request),
            actor.id,
            password=form["password"][:LONGEST],
            code=form["code"][:LONGEST_CODE],
            client=client_of(request),
        )
    except Refusal as refusal:
        return await _two_step(request, actor, form="codes", refusal=refusal)
    return await page(request, actor, "codes.html", codes=made.recovery_codes)


@post(both("/account/security/two-step/off"), status_code=200, include_in_schema=False, opt=EVERY_ROLE)
async def turn_off(request: Request) -> Response[Any]:
    """Turn it off, with password and code."""
    portal, actor, form = context_of(request), await actor_of(request), await fields_of(request)
    try:
        await service.disable(
            portal.db,
            portal.settings,
            realm_of(request),
            actor.id,
            actor.session_id,
            password=form["password"][:LONGEST],
            code=form["code"][:LONGEST_CODE],
            new_password=form["new_password"][: LONGEST + 1],
            client=client_of(request),
        )
    except Refusal as refusal:
        return await _two_step(request, actor, form="off", refusal=refusal)
    return see_other(f"{base(request)}?done=off")


async def _two_step(
    request: Request,
    actor: CustomerActor | StaffActor,
    *,
    form: str = "",
    enrolment: Enrolment | None = None,
    refusal: Refusal | None = None,
) -> Response[Any]:
    portal = context_of(request)
    async with portal.db.read() as reader:
        state = await service.state(reader, portal.settings, realm_of(request), actor.id)
    return await page(request, actor, "two_step.html", refusal, state=state, form=form, enrolment=enrolment)


# ------------------------------------------------------------------ all pages of factors


async def page(
    request: Request,
    actor: CustomerActor | StaffActor,
    template: str,
    refusal: Refusal | None = None,
    **context: Any,  # noqa: ANN401 - whatever the template shows
) -> Response[Any]:
    """A page of the account's security; the refusal says with which status, and what is wrong."""
    realm, portal = realm_of(request), context_of(request)
    frame = await portal.pages.frame(request, actor)
    said = forms.why(refusal, language_of(request, frame.viewer))
    return await portal.pages.render(
        request,
        f"accounts/two_factor/{template}",
        viewer=actor,
        **({"frame": FRAMES[realm], "realm": realm, "base": base(request), "hint": hint_of(refusal)} | said | context),
    )


def hint_of(refusal: Refusal | None) -> str:
    """Return what a refused code says of the phone's clock, empty where it says nothing."""
    return str(refusal.extra.get("hint", "")) if refusal else ""


def base(request: Request) -> str:
    """Return where these pages begin, in the realm of the request."""
    return f"/{realm_of(request)}/account/security"


async def fields_of(request: Request) -> forms.Fields:
    """Return what was typed; files are left out."""
    return forms.fields_of(await request.form())


def credential_of(text: str) -> dict[str, Any]:
    """The browser's answer; what is no JSON object is an empty one, which no check accepts."""
    try:
        return msgspec.json.decode(text, type=dict[str, Any])
    except (msgspec.DecodeError, ValueError):
        return {}


def json_of(options: PasskeyOptions) -> str:
    """Return what the browser is to be given, as its script reads it."""
    return msgspec.json.encode(options.public_key).decode()


handlers: Sequence[HTTPRouteHandler] = [
    security,
    end_session,
    end_other_sessions,
    two_step,
    start,
    verify,
    new_codes,
    turn_off,
]
