"""The pages of the second step, of an account's security, its two-step sign-in and its passkeys; for both realms."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from revivatech.accounts import sessions
from revivatech.accounts.contracts import Realm, TooManyFailures
from revivatech.accounts.cookies import pending_cookie_name
from revivatech.accounts.factors import ceremonies, passkeys, second_step, service
from revivatech.accounts.factors.contracts import (
    Enrolment,
    PasskeyOptions,
    PasskeyRefused,
    PasskeysUnavailable,
    WrongCode,
)
from revivatech.accounts.factors.routes import LONGEST_CODE, actor_of, realm_of
from revivatech.accounts.pages import browser_of, enter, presented_by
from revivatech.accounts.passwords import LONGEST
from revivatech.accounts.routes import client_of
from revivatech.accounts.waiting import service as waiting
from revivatech.accounts.waiting.service import ChallengeOver
from revivatech.kit.actor import CustomerActor, StaffActor
from revivatech.kit.errors import NotFound, Refusal, TooMany
from revivatech.kit.text import one_line
from revivatech.kit.urls import safe_next
from revivatech.web.answers import see_other
from revivatech.web.client import client_address
from revivatech.web.portal import is_at_public_address, portal_of
from revivatech.web.request import Request

FRAMES: dict[Realm, str] = {"customer": "layouts/account.html", "staff": "accounts/factors/staff_frame.html"}
UNPROCESSABLE = 422


def both(path: str) -> list[str]:
    """The address in either half of the portal."""
    return [f"/customer{path}", f"/staff{path}"]


# ------------------------------------------------------------------ the second step


@get(both("/sign-in/second-step"), include_in_schema=False)
async def second_step_page(request: Request) -> Response[Any]:
    """The form for the code, or back to the first step where none was shown."""
    return await _second_step(request, request.query_params.get("next") or "", request.query_params.get("by") or "")


@post(both("/sign-in/second-step"), include_in_schema=False)
async def finish(request: Request) -> Response[Any]:
    """Sign in with the code, or show the form again with what is wrong."""
    portal, realm, form = portal_of(request), realm_of(request), await _form(request)
    answer = second_step.Answer(_pending(request), form["code"][:LONGEST_CODE], form["recovery_code"][:LONGEST_CODE])
    browser = browser_of(request)
    try:
        arrival = await second_step.finish_browser(
            portal.db, portal.settings, realm, answer, browser, presented_by(request, realm)
        )
    except ChallengeOver:
        return _start_again(request, form["next"])
    except (WrongCode, TooManyFailures) as refusal:
        return await _second_step(request, form["next"], form["by"], refusal)
    return enter(request, realm, arrival, browser, form["next"])


@post(both("/sign-in/passkey"), include_in_schema=False)
async def by_passkey(request: Request) -> Response[Any]:
    """Sign in with a passkey, alone or as the second step."""
    portal, realm, form = portal_of(request), realm_of(request), await _form(request)
    browser = browser_of(request)
    is_second = form["step"] == "second"
    token = _pending(request) if is_second else ""
    if is_second and not token:
        return _start_again(request, form["next"])
    try:
        arrival = await passkeys.arrive_browser_by_passkey(
            portal.db,
            portal.settings,
            realm,
            _credential(form["credential"]),
            browser,
            presented_by(request, realm),
            challenge_token=token,
        )
    except ChallengeOver:
        return _start_again(request, form["next"])
    except (PasskeyRefused, PasskeysUnavailable) as refusal:
        if is_second:
            return await _second_step(request, form["next"], "app", refusal)
        return see_other(f"/{realm}/sign-in?passkey=refused{_and_next(form['next'])}")
    return enter(request, realm, arrival, browser, form["next"])


async def _second_step(request: Request, wanted: str, by: str, refusal: Refusal | None = None) -> Response[Any]:
    portal, realm, token = portal_of(request), realm_of(request), _pending(request)
    async with portal.db.read() as reader:
        if not token or await waiting.look(reader, portal.settings, realm, token) is None:
            return _start_again(request, wanted)
    try:
        options = _json(await passkeys.second_step_options(portal.db, portal.settings, realm, token))
    except (NotFound, PasskeysUnavailable, ChallengeOver):
        options = ""
    return await portal.pages.render(
        request,
        "accounts/factors/second_step.html",
        status=refusal.status if refusal else 200,
        headers=refusal.headers if isinstance(refusal, TooMany) else {},
        realm=realm,
        next=safe_next(wanted, ""),
        by="recovery" if by == "recovery" else "app",
        passkey_options=options,
        home_url=f"/{realm}/sign-in",
        refused=refusal is not None,
        **_why(refusal),
    )


def _pending(request: Request) -> str:
    return request.cookies.get(pending_cookie_name(portal_of(request).settings, realm_of(request)), "")


def _start_again(request: Request, wanted: str) -> Response[Any]:
    return see_other(f"/{realm_of(request)}/sign-in?over=1{_and_next(wanted)}")


def _and_next(wanted: str) -> str:
    target = safe_next(wanted, "")
    return f"&next={quote(target, safe='/')}" if target else ""


# ------------------------------------------------------------------ security at a glance


@get(both("/account/security"), include_in_schema=False)
async def security(request: Request) -> Response[Any]:
    """How one signs in, and where one is signed in."""
    portal, realm, actor = portal_of(request), realm_of(request), await actor_of(request)
    async with portal.db.read() as reader:
        state = await service.state(reader, portal.settings, realm, actor.id)
        own = await passkeys.list_of(reader, realm, actor.id)
    return await _page(
        request,
        actor,
        "security.html",
        state=state,
        passkeys=own,
        sessions=await sessions.sessions_of(portal.db, realm, actor),
        done=request.query_params.get("done", ""),
    )


@post(both("/account/security/sessions/{session_id:uuid}/end"), include_in_schema=False)
async def end_session(request: Request, session_id: FromPath[UUID]) -> Response[Any]:
    """End one of the own sessions."""
    actor = await actor_of(request)
    await sessions.end_one(portal_of(request).db, realm_of(request), actor.id, session_id, client_of(request))
    return see_other(f"{_base(request)}?done=ended")


@post(both("/account/security/sessions/end-others"), include_in_schema=False)
async def end_other_sessions(request: Request) -> Response[Any]:
    """End every own session but this one."""
    actor = await actor_of(request)
    await sessions.leave_others(
        portal_of(request).db, realm_of(request), actor.id, actor.session_id, client_of(request)
    )
    return see_other(f"{_base(request)}?done=others")


# ------------------------------------------------------------------ two-step sign-in


@get(both("/account/security/two-step"), include_in_schema=False)
async def two_step(request: Request) -> Response[Any]:
    """Whether two-step sign-in is on, and what can be done about it."""
    return await _two_step(request, await actor_of(request))


@post(both("/account/security/two-step/start"), status_code=200, include_in_schema=False)
async def start(request: Request) -> Response[Any]:
    """A fresh key, shown this once as a picture and as text."""
    portal, actor, form = portal_of(request), await actor_of(request), await _form(request)
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


@post(both("/account/security/two-step/verify"), status_code=200, include_in_schema=False)
async def verify(request: Request) -> Response[Any]:
    """The recovery codes, once the new app has shown a right code."""
    portal, actor, form = portal_of(request), await actor_of(request), await _form(request)
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
    return await _page(request, actor, "codes.html", codes=made.recovery_codes)


@post(both("/account/security/two-step/codes"), status_code=200, include_in_schema=False)
async def new_codes(request: Request) -> Response[Any]:
    """Ten fresh recovery codes."""
    portal, actor, form = portal_of(request), await actor_of(request), await _form(request)
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
    return await _page(request, actor, "codes.html", codes=made.recovery_codes)


@post(both("/account/security/two-step/off"), status_code=200, include_in_schema=False)
async def turn_off(request: Request) -> Response[Any]:
    """Turn it off, with password and code."""
    portal, actor, form = portal_of(request), await actor_of(request), await _form(request)
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
    return see_other(f"{_base(request)}?done=off")


async def _two_step(
    request: Request,
    actor: CustomerActor | StaffActor,
    *,
    form: str = "",
    enrolment: Enrolment | None = None,
    refusal: Refusal | None = None,
) -> Response[Any]:
    portal = portal_of(request)
    async with portal.db.read() as reader:
        state = await service.state(reader, portal.settings, realm_of(request), actor.id)
    return await _page(request, actor, "two_step.html", refusal, state=state, form=form, enrolment=enrolment)


# ------------------------------------------------------------------ passkeys


@get(both("/account/security/passkeys"), include_in_schema=False)
async def own_passkeys(request: Request) -> Response[Any]:
    """The own passkeys, and the form for one more."""
    return await _passkeys(request, await actor_of(request))


@post(both("/account/security/passkeys/start"), status_code=200, include_in_schema=False)
async def start_passkey(request: Request) -> Response[Any]:
    """The page from which the browser makes a passkey."""
    portal, actor, form = portal_of(request), await actor_of(request), await _form(request)
    name = one_line(form["name"])
    if not 1 <= len(name) <= passkeys.LONGEST_NAME:
        return await _passkeys(request, actor, name=name, wrong={"name"}, status=UNPROCESSABLE)
    try:
        options = await passkeys.begin_adding(
            portal.db,
            portal.settings,
            realm_of(request),
            actor.id,
            actor.session_id,
            password=form["password"][:LONGEST],
            code=form["code"][:LONGEST_CODE],
            address=client_address(request),
        )
    except Refusal as refusal:
        return await _passkeys(request, actor, refusal, name=name)
    return await _passkeys(request, actor, name=name, options=_json(options))


@post(both("/account/security/passkeys/add"), status_code=200, include_in_schema=False)
async def add_passkey(request: Request) -> Response[Any]:
    """Keep what the browser has made."""
    portal, actor, form = portal_of(request), await actor_of(request), await _form(request)
    try:
        await passkeys.add(
            portal.db,
            portal.settings,
            realm_of(request),
            actor.id,
            actor.session_id,
            name=form["name"],
            credential=_credential(form["credential"]),
            client=client_of(request),
        )
    except Refusal as refusal:
        return await _passkeys(request, actor, refusal, name=form["name"])
    return see_other(f"{_base(request)}/passkeys?done=added")


@post(both("/account/security/passkeys/{passkey_id:uuid}/name"), status_code=200, include_in_schema=False)
async def rename_passkey(request: Request, passkey_id: FromPath[UUID]) -> Response[Any]:
    """Give a passkey another name."""
    actor, form = await actor_of(request), await _form(request)
    try:
        await passkeys.rename(portal_of(request).db, realm_of(request), actor.id, passkey_id, form["name"])
    except NotFound:
        raise
    except Refusal as refusal:
        return await _passkeys(request, actor, refusal)
    return see_other(f"{_base(request)}/passkeys?done=named")


@get(both("/account/security/passkeys/{passkey_id:uuid}/remove"), include_in_schema=False)
async def passkey_removal(request: Request, passkey_id: FromPath[UUID]) -> Response[Any]:
    """What is lost, and the form that asks for proof."""
    return await _removal(request, await actor_of(request), passkey_id)


@post(both("/account/security/passkeys/{passkey_id:uuid}/remove"), status_code=200, include_in_schema=False)
async def remove_passkey(request: Request, passkey_id: FromPath[UUID]) -> Response[Any]:
    """Remove a passkey, with proof."""
    portal, actor, form = portal_of(request), await actor_of(request), await _form(request)
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
    return see_other(f"{_base(request)}/passkeys?done=removed")


async def _passkeys(
    request: Request,
    actor: CustomerActor | StaffActor,
    refusal: Refusal | None = None,
    **context: object,
) -> Response[Any]:
    portal, realm = portal_of(request), realm_of(request)
    async with portal.db.read() as reader:
        state = await service.state(reader, portal.settings, realm, actor.id)
        own = await passkeys.list_of(reader, realm, actor.id)
    shown: dict[str, Any] = {"name": "", "options": "", "done": request.query_params.get("done", "")}
    return await _page(
        request,
        actor,
        "passkeys.html",
        refusal,
        **(shown | {"state": state, "passkeys": own, "here": _passkeys_here(request)} | context),
    )


def _passkeys_here(request: Request) -> str:
    """Whether a browser makes passkeys on this page: "yes", "no", or the address of the same page where it does."""
    settings = portal_of(request).settings
    if not ceremonies.are_possible(settings):
        return "no"
    return "yes" if is_at_public_address(request) else settings.public_url.rstrip("/") + request.url.path


async def _removal(
    request: Request, actor: CustomerActor | StaffActor, passkey_id: UUID, refusal: Refusal | None = None
) -> Response[Any]:
    portal, realm = portal_of(request), realm_of(request)
    async with portal.db.read() as reader:
        state = await service.state(reader, portal.settings, realm, actor.id)
        passkey = next((one for one in await passkeys.list_of(reader, realm, actor.id) if one.id == passkey_id), None)
    if passkey is None:
        raise NotFound
    return await _page(request, actor, "passkey_removal.html", refusal, state=state, passkey=passkey)


# ------------------------------------------------------------------ all of them


async def _page(
    request: Request,
    actor: CustomerActor | StaffActor,
    template: str,
    refusal: Refusal | None = None,
    *,
    status: int = 200,
    **context: object,
) -> Response[Any]:
    realm = realm_of(request)
    return await portal_of(request).pages.render(
        request,
        f"accounts/factors/{template}",
        viewer=actor,
        status=refusal.status if refusal else status,
        headers=refusal.headers if isinstance(refusal, TooMany) else {},
        **({"frame": FRAMES[realm], "realm": realm, "base": _base(request)} | _why(refusal) | context),
        refused=refusal is not None or status != 200,  # noqa: PLR2004 - HTTP's own
    )


def _why(refusal: Refusal | None) -> dict[str, Any]:
    """What the templates say of a refusal: its code, why each field is wrong, the minutes until the next try."""
    retry_after = int(refusal.headers["Retry-After"]) if isinstance(refusal, TooMany) else 0
    return {
        "code": refusal.code if refusal else "",
        "wrong": {error.field: error.message for error in refusal.errors} if refusal else {},
        "minutes": -(-retry_after // 60),
    }


def _base(request: Request) -> str:
    return f"/{realm_of(request)}/account/security"


class _Fields(dict[str, str]):
    """The text fields of a form; a missing one is empty."""

    def __missing__(self, name: str) -> str:
        return ""


async def _form(request: Request) -> _Fields:
    form = await request.form()
    return _Fields({name: value for name, value in form.items() if isinstance(value, str)})


def _credential(text: str) -> dict[str, Any]:
    """The browser's answer; what is no JSON object is an empty one, which no check accepts."""
    try:
        return msgspec.json.decode(text, type=dict[str, Any])
    except (msgspec.DecodeError, ValueError):
        return {}


def _json(options: PasskeyOptions) -> str:
    return msgspec.json.encode(options.public_key).decode()


handlers: Sequence[HTTPRouteHandler] = [
    second_step_page,
    finish,
    by_passkey,
    security,
    end_session,
    end_other_sessions,
    two_step,
    start,
    verify,
    new_codes,
    turn_off,
    own_passkeys,
    start_passkey,
    add_passkey,
    rename_passkey,
    passkey_removal,
    remove_passkey,
]
