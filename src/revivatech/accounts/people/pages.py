"""A staff member's own pages: joining by an invitation, a forgotten password, the own account."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import anyio.to_thread
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler

from revivatech.accounts.contracts import TooManyFailures
from revivatech.accounts.links.service import LinkOver
from revivatech.accounts.people import own, passwords, service
from revivatech.accounts.people.own import OwnFacts
from revivatech.accounts.people.queries import Member
from revivatech.accounts.profile import zones
from revivatech.accounts.proof import ProofNeeded
from revivatech.accounts.routes import client_of
from revivatech.db import Database
from revivatech.kit.actor import StaffActor
from revivatech.kit.errors import FieldError, InvalidInput, Refusal, TooMany
from revivatech.kit.i18n import marked
from revivatech.kit.text import plain
from revivatech.settings import Settings
from revivatech.web.answers import see_other
from revivatech.web.forms import Fields, fields_of, why
from revivatech.web.pages import language_of
from revivatech.web.portal import portal_of
from revivatech.web.request import Request

FIELDS = {"firstName": "first_name", "lastName": "last_name", "currentPassword": "current_password"}
LONGEST_EMAIL = 255
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
    form = fields_of(await request.form())
    token = form["token"]
    try:
        password = twice(form)
        await service.join(portal.db, portal.settings, token, password, client_of(request))
    except (InvalidInput, LinkOver) as refusal:
        return await _welcome(request, token, refusal=refusal)
    return see_other("/staff/sign-in?joined=1")


async def _welcome(request: Request, token: str, *, refusal: Refusal | None = None) -> Response[Any]:
    called, over = await _behind(service.invitation, request, token)
    return await _choosing(request, "accounts/staff_welcome.html", token, over or refusal, called=called)


# ---------------------------------------------------------------- a forgotten password


@get("/staff/forgot-password", include_in_schema=False)
async def forgot(request: Request) -> Response[Any]:
    """The form to ask for a new password; after it, what to do next."""
    return await _forgot(request, asked="asked" in request.query_params)


@post("/staff/forgot-password", status_code=200, include_in_schema=False)
async def ask_reset(request: Request) -> Response[Any]:
    """Have the link mailed and say the same whoever asked."""
    portal = portal_of(request)
    email = fields_of(await request.form())["email"]
    try:
        await passwords.ask_reset(portal.db, portal.settings, email, client_of(request))
    except (InvalidInput, TooMany) as refusal:
        return await _forgot(request, refusal=refusal, email=plain(email)[:LONGEST_EMAIL])
    return see_other("/staff/forgot-password?asked=1")


async def _forgot(
    request: Request, *, asked: bool = False, refusal: Refusal | None = None, email: str = ""
) -> Response[Any]:
    return await portal_of(request).pages.render(
        request,
        "accounts/staff_forgot.html",
        status=refusal.status if refusal else 200,
        headers=refusal.headers if isinstance(refusal, TooMany) else {},
        asked=asked,
        email=email,
        refused=refusal is not None,
        limited=isinstance(refusal, TooMany),
        wrong=isinstance(refusal, InvalidInput),
        home_url="/staff/sign-in",
    )


@get("/staff/reset-password", include_in_schema=False)
async def reset_form(request: Request) -> Response[Any]:
    """The form for the new password; what to do where the link is over."""
    return await _reset(request, request.query_params.get("token", ""))


@post("/staff/reset-password", status_code=200, include_in_schema=False)
async def reset(request: Request) -> Response[Any]:
    """Keep the new password and lead to the sign-in page, or show the form again with why not."""
    portal = portal_of(request)
    form = fields_of(await request.form())
    token = form["token"]
    try:
        await passwords.reset(portal.db, portal.settings, token, twice(form), client_of(request))
    except (InvalidInput, LinkOver) as refusal:
        return await _reset(request, token, refusal=refusal)
    return see_other("/staff/sign-in?reset=1")


async def _reset(request: Request, token: str, *, refusal: Refusal | None = None) -> Response[Any]:
    member, over = await _behind(passwords.look_reset, request, token)
    return await _choosing(request, "accounts/staff_reset.html", token, over or refusal, member=member)


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
    form = fields_of(await request.form())
    names = ("first_name", "last_name", "language", "timezone")
    typed = {name: form[name] for name in names}
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
    return await portal.pages.render(
        request,
        "accounts/staff_account.html",
        viewer=actor,
        person=person,
        facts=facts,
        zones=await anyio.to_thread.run_sync(zones.choices, language, person.timezone),
        saved=saved,
        **why(refusal, language, FIELDS),
    )


@get("/staff/account/password", include_in_schema=False)
async def password_form(request: Request) -> Response[Any]:
    """The form to change the own password."""
    actor = await portal_of(request).door.staff(request)
    return await _password(request, actor, saved="saved" in request.query_params)


@post("/staff/account/password", status_code=200, include_in_schema=False)
async def change_password(request: Request) -> Response[Any]:
    """Change the password, or show the form again with why not; nothing of a password comes back."""
    portal = portal_of(request)
    actor = await portal.door.staff(request)
    form = fields_of(await request.form())
    try:
        await passwords.change(
            portal.db,
            portal.settings,
            actor,
            form["current_password"],
            twice(form),
            client_of(request),
        )
    except (InvalidInput, ProofNeeded, TooManyFailures) as refusal:
        return await _password(request, actor, refusal=refusal)
    return see_other("/staff/account/password?saved=1")


async def _password(
    request: Request, actor: StaffActor, *, refusal: Refusal | None = None, saved: bool = False
) -> Response[Any]:
    portal = portal_of(request)
    frame = await portal.pages.frame(request, actor)
    language = language_of(request, frame.viewer)
    return await portal.pages.render(
        request,
        "accounts/staff_password.html",
        viewer=actor,
        saved=saved,
        **why(refusal, language, FIELDS),
    )


# ---------------------------------------------------------------- helpers


async def _behind(
    look: Callable[[Database, Settings, str], Awaitable[Member]], request: Request, token: str
) -> tuple[Member | None, LinkOver | None]:
    """Whose link it is, or that it is over."""
    portal = portal_of(request)
    try:
        return await look(portal.db, portal.settings, token), None
    except LinkOver as over:
        return None, over


async def _choosing(
    request: Request,
    template: str,
    token: str,
    refusal: Refusal | None,
    **whose: Any,  # noqa: ANN401 - a member under the name that the template has for them
) -> Response[Any]:
    """The page on which a password is chosen by a link."""
    pages = portal_of(request).pages
    frame = await pages.frame(request, None)
    return await pages.render(
        request,
        template,
        token=token,
        home_url="/staff/sign-in",
        **whose,
        **(why(refusal, language_of(request, frame.viewer), FIELDS) | {"headers": NO_REFERRER}),
    )


def twice(form: Fields) -> str:
    """The new password, which was typed twice alike. Raises InvalidInput."""
    password, again = form["password"], form["password_again"]
    if password != again:
        problem = marked("The two passwords are not the same.")
        raise InvalidInput(problem, errors=[FieldError("password_again", problem)])
    return password


handlers: Sequence[HTTPRouteHandler] = [
    welcome,
    join,
    forgot,
    ask_reset,
    reset_form,
    reset,
    account,
    write_account,
    password_form,
    change_password,
]
