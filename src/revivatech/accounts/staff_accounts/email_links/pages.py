"""The pages on which a colleague chooses a password by a link in a mail, and asks for that link."""

import functools
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler

from revivatech.accounts.contracts import ProofOfWorkNeeded, WrongPassword
from revivatech.accounts.emails.links.service import LinkOver
from revivatech.accounts.registration.contracts import SignInLinksOff
from revivatech.accounts.registration.email_links.pages import confirm_page, over_page
from revivatech.accounts.registration.mail_requests import Asker
from revivatech.accounts.registration.pages import LONGEST_TOKEN, ask_by_form, request_page
from revivatech.accounts.secrets.proof_of_work import LONGEST_PROOF
from revivatech.accounts.sign_in.pages import (
    browser_of,
    enter,
    keep_device,
    presented_by,
)
from revivatech.accounts.staff_accounts import (
    mail_requests,
    passwords,
    service,
    sign_in_link,
)
from revivatech.accounts.staff_accounts.pages import FIELDS, twice
from revivatech.accounts.staff_accounts.queries.accounts import Member
from revivatech.db import Database
from revivatech.kit.errors import InvalidInput, Refusal, TooMany
from revivatech.kit.text import plain
from revivatech.settings import Settings
from revivatech.web.context import AppContext, context_of
from revivatech.web.forms import fields_of, why
from revivatech.web.openapi import OPEN
from revivatech.web.pages import language_of
from revivatech.web.request import Request
from revivatech.web.responses import see_other

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
    context = context_of(request)
    form = fields_of(await request.form())
    browser, token = browser_of(request), form["token"]
    try:
        password = twice(form)
        await service.join(context.db, context.settings, token, password, browser)
    except (InvalidInput, LinkOver) as refusal:
        return await _welcome(request, token, refusal=refusal)
    answer: Response[Any] = see_other("/staff/sign-in?joined=1")
    keep_device(request, answer, browser)
    return answer


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
    context = context_of(request)
    form = fields_of(await request.form())
    email = form["email"]
    asker = Asker(
        browser_of(request),
        previous=form["previous"][:LONGEST_TOKEN],
        proof=form["proof_of_work"][: LONGEST_PROOF + 1],
    )
    try:
        await mail_requests.ask(context.db, context.settings, "reset_password", email, asker)
    except (InvalidInput, TooMany) as refusal:
        return await _forgot(request, refusal=refusal, email=plain(email)[:LONGEST_EMAIL], previous=asker.previous)
    return see_other("/staff/forgot-password?asked=1")


async def _forgot(
    request: Request, *, asked: bool = False, refusal: Refusal | None = None, email: str = "", previous: str = ""
) -> Response[Any]:
    return await context_of(request).pages.render(
        request,
        "accounts/staff_forgot.html",
        asked=asked,
        email=email,
        previous=previous,
        asks_proof=isinstance(refusal, ProofOfWorkNeeded),
        limited=isinstance(refusal, TooMany),
        home_url="/staff/sign-in",
        **why(refusal, language_of(request)),
    )


@get("/staff/reset-password", include_in_schema=False, security=OPEN)
async def reset_form(request: Request) -> Response[Any]:
    """The form for the new password; what to do where the link is over."""
    return await _reset(request, request.query_params.get("token", ""))


@post("/staff/reset-password", status_code=200, include_in_schema=False, security=OPEN)
async def reset(request: Request) -> Response[Any]:
    """Keep the new password and lead to the sign-in page, or show the form again with why not."""
    context = context_of(request)
    form = fields_of(await request.form())
    browser, token = browser_of(request), form["token"]
    try:
        await passwords.reset(context.db, context.settings, token, twice(form), browser)
    except (InvalidInput, LinkOver) as refusal:
        return await _reset(request, token, refusal=refusal)
    answer: Response[Any] = see_other("/staff/sign-in?reset=1")
    keep_device(request, answer, browser)
    return answer


async def _reset(request: Request, token: str, *, refusal: Refusal | None = None) -> Response[Any]:
    member, over = await _behind(passwords.look_reset, request, token)
    return await _choosing(request, "accounts/staff_reset.html", token, over or refusal, member=member)


# ---------------------------------------------------------------- a link that signs in


@get("/staff/sign-in/link", include_in_schema=False, security=OPEN)
async def sign_in_page(request: Request) -> Response[Any]:
    """The button of a link that signs in; without a link the form to ask for one."""
    context = context_of(request)
    if "token" not in request.query_params or not context.settings.sign_in_links:
        refusal = None if context.settings.sign_in_links else SignInLinksOff()
        return await request_page(request, "staff", "sign_in", refusal=refusal)
    token = request.query_params.get("token", "")[:LONGEST_TOKEN]
    try:
        await sign_in_link.look(context.db, context.settings, token)
    except LinkOver:
        return await over_page(request, "staff", "sign_in", token)
    return await confirm_page(request, "staff", "sign_in", "/staff/sign-in/link", token)


@post("/staff/sign-in/link", status_code=200, include_in_schema=False, security=OPEN)
async def sign_in(request: Request) -> Response[Any]:
    """Sign in by the link; without one, mail one."""
    context = context_of(request)
    form = fields_of(await request.form())
    if "token" not in form:
        return await ask_by_form(request, "staff", "sign_in", functools.partial(_ask_link, context))
    browser, token = browser_of(request), form["token"][:LONGEST_TOKEN]
    try:
        arrival = await sign_in_link.enter(context.db, context.settings, token, browser, presented_by(request, "staff"))
    except (LinkOver, WrongPassword, SignInLinksOff):
        return await over_page(request, "staff", "sign_in", token)
    return enter(request, "staff", arrival, browser, form["next"], is_trusted=True)


async def _ask_link(context: AppContext, email: str, asker: Asker, wanted: str) -> None:
    await mail_requests.ask(context.db, context.settings, "sign_in", email, asker, wanted=wanted)


# ---------------------------------------------------------------- helpers


async def _behind(
    look: Callable[[Database, Settings, str], Awaitable[Member]], request: Request, token: str
) -> tuple[Member | None, LinkOver | None]:
    """Return whose link it is, or that it is over."""
    context = context_of(request)
    try:
        return await look(context.db, context.settings, token), None
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
    pages = context_of(request).pages
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
    sign_in_page,
    sign_in,
]
