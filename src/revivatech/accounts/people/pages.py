"""A staff member's own pages: joining by an invitation, the own account."""

from collections.abc import Sequence
from typing import Any

import anyio.to_thread
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler

from revivatech.accounts.links.service import LinkOver
from revivatech.accounts.people import own, service
from revivatech.accounts.people.contracts import Invitation
from revivatech.accounts.people.own import OwnFacts
from revivatech.accounts.profile import zones
from revivatech.accounts.routes import client_of
from revivatech.kit.actor import StaffActor
from revivatech.kit.errors import FieldError, InvalidInput, Refusal
from revivatech.kit.i18n import marked, translations
from revivatech.web.answers import see_other
from revivatech.web.pages import language_of
from revivatech.web.portal import portal_of
from revivatech.web.request import Request

FIELDS = {"firstName": "first_name", "lastName": "last_name"}
NO_REFERRER = {"Referrer-Policy": "no-referrer"}


# ---------------------------------------------------------------- joining


@get("/staff/welcome", include_in_schema=False)
async def welcome(request: Request) -> Response[Any]:
    """The form with which an invited person chooses a password; what to do where the link is over."""
    return await _welcome(request, request.query_params.get("token", ""))


@post("/staff/welcome", status_code=200, include_in_schema=False)
async def join(request: Request) -> Response[Any]:
    """Keep the password and lead to the sign-in page, or show the form again with why not."""
    portal = portal_of(request)
    form = await request.form()
    token, password, again = (_text(form.get(name)) for name in ("token", "password", "password_again"))
    try:
        if password != again:
            problem = marked("The two passwords are not the same.")
            raise InvalidInput(problem, errors=[FieldError("password_again", problem)])
        await service.join(portal.db, portal.settings, token, password, client_of(request))
    except Refusal as refusal:
        if refusal.status not in {410, 422}:
            raise
        return await _welcome(request, token, refusal=refusal)
    return see_other("/staff/sign-in?joined=1")


async def _welcome(request: Request, token: str, *, refusal: Refusal | None = None) -> Response[Any]:
    portal = portal_of(request)
    called: Invitation | None = None
    try:
        called = await service.invitation(portal.db, portal.settings, token)
    except LinkOver as over:
        refusal = over
    frame = await portal.pages.frame(request, None)
    errors = _problems(refusal, language_of(request, frame.viewer))
    return await portal.pages.render(
        request,
        "accounts/staff_welcome.html",
        status=refusal.status if refusal else 200,
        headers=NO_REFERRER,
        called=called,
        token=token,
        refused=refusal is not None,
        errors=errors,
        wrong={error.field: error.message for error in errors},
        home_url="/staff/sign-in",
    )


# ---------------------------------------------------------------- the own account


@get("/staff/account", include_in_schema=False)
async def account(request: Request) -> Response[Any]:
    """How the colleague is called, and how they read."""
    actor = await portal_of(request).door.staff(request)
    return await _account(request, actor, saved="saved" in request.query_params)


@post("/staff/account", status_code=200, include_in_schema=False)
async def write_account(request: Request) -> Response[Any]:
    """Keep what was typed, or show the form again with why not."""
    portal = portal_of(request)
    actor = await portal.door.staff(request)
    form = await request.form()
    names = ("first_name", "last_name", "language", "timezone")
    typed = {name: _text(form.get(name)) for name in names}
    try:
        await own.write(portal.db, actor, OwnFacts(**typed))
    except InvalidInput as refusal:
        return await _account(request, actor, typed=typed, refusal=refusal)
    answer = see_other("/staff/account?saved=1")
    # The page's language follows the account's from now on, not what this browser chose before.
    answer.delete_cookie("language")
    return answer


async def _account(
    request: Request,
    actor: StaffActor,
    *,
    typed: dict[str, str] | None = None,
    refusal: Refusal | None = None,
    saved: bool = False,
) -> Response[Any]:
    portal = portal_of(request)
    frame = await portal.pages.frame(request, actor)
    language = language_of(request, frame.viewer)
    async with portal.db.read() as reader:
        person = await service.one(reader, actor.id)
    facts = typed or {name: getattr(person, name) for name in ("first_name", "last_name", "language", "timezone")}
    errors = _problems(refusal, language)
    return await portal.pages.render(
        request,
        "accounts/staff_account.html",
        viewer=actor,
        status=refusal.status if refusal else 200,
        person=person,
        facts=facts,
        zones=await anyio.to_thread.run_sync(zones.choices, language, person.timezone),
        refused=refusal is not None,
        errors=errors,
        wrong={error.field: error.message for error in errors},
        saved=saved,
    )


# ---------------------------------------------------------------- helpers


def _problems(refusal: Refusal | None, language: str) -> list[FieldError]:
    """What is wrong by the form's own fields, in the reader's language."""
    _ = translations(language).gettext
    errors = refusal.errors if refusal else ()
    return [FieldError(FIELDS.get(error.field, error.field), _(error.message)) for error in errors]


def _text(value: object) -> str:
    """A field's text as it was typed; a file or nothing is an empty one."""
    return value if isinstance(value, str) else ""


handlers: Sequence[HTTPRouteHandler] = [
    welcome,
    join,
    account,
    write_account,
]
