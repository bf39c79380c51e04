"""The pages on which a colleague chooses a password by a link in a mail, and asks for that link."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler

from revivatech.accounts.links.service import LinkOver
from revivatech.accounts.people import passwords, service
from revivatech.accounts.people.pages import FIELDS, twice
from revivatech.accounts.people.queries import Member
from revivatech.accounts.routes import client_of
from revivatech.db import Database
from revivatech.kit.errors import InvalidInput, Refusal, TooMany
from revivatech.kit.text import plain
from revivatech.settings import Settings
from revivatech.web.answers import see_other
from revivatech.web.forms import fields_of, why
from revivatech.web.openapi import OPEN
from revivatech.web.pages import language_of
from revivatech.web.portal import portal_of
from revivatech.web.request import Request

LONGEST_EMAIL = 255
NO_REFERRER = {"Referrer-Policy": "no-referrer"}


# ---------------------------------------------------------------- joining


@get("/staff/welcome", include_in_schema=False, security=OPEN)
async def welcome(request: Request) -> Response[Any]:
    """The form with which an invited person chooses a password; what to do where the link is over."""
    return await _welcome(request, request.query_params.get("token", ""))


@post("/staff/welcome", status_code=200, include_in_schema=False, security=OPEN)
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


@get("/staff/forgot-password", include_in_schema=False, security=OPEN)
async def forgot(request: Request) -> Response[Any]:
    """The form to ask for a new password; after it, what to do next."""
    return await _forgot(request, asked="asked" in request.query_params)


@post("/staff/forgot-password", status_code=200, include_in_schema=False, security=OPEN)
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


@get("/staff/reset-password", include_in_schema=False, security=OPEN)
async def reset_form(request: Request) -> Response[Any]:
    """The form for the new password; what to do where the link is over."""
    return await _reset(request, request.query_params.get("token", ""))


@post("/staff/reset-password", status_code=200, include_in_schema=False, security=OPEN)
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


handlers: Sequence[HTTPRouteHandler] = [
    welcome,
    join,
    forgot,
    ask_reset,
    reset_form,
    reset,
]
