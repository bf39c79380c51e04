"""Confirming an address, setting a password, signing in: by a link, with a button (R10, R59)."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler

from revivatech.accounts.contracts import EmailTaken, Realm, WrongPassword
from revivatech.accounts.emails.links.service import LinkOver, Purpose
from revivatech.accounts.registration import (
    email_change,
    forms,
    invitation,
    mailed_links,
    recovery,
    sign_in_link,
    verification,
)
from revivatech.accounts.registration.contracts import SignInLinksOff
from revivatech.accounts.registration.pages import LONGEST_TOKEN, ask_for_sign_in_link, sign_in_link_form
from revivatech.accounts.registration.queries import Joined
from revivatech.accounts.sessions.client import client_of
from revivatech.accounts.sign_in.pages import (
    browser_of,
    enter,
    keep_device,
    presented_by,
)
from revivatech.kit.errors import InvalidInput, Refusal
from revivatech.web.context import context_of
from revivatech.web.openapi import OPEN
from revivatech.web.pages import language_of
from revivatech.web.request import Request
from revivatech.web.responses import see_other

# The address of such a page opens an account: it goes to nobody else (R10).
NO_REFERRER = {"Referrer-Policy": "no-referrer"}

PATHS: dict[Purpose, str] = {
    "verify_email": "/customer/verify-email",
    "change_email": "/customer/confirm-email",
    "reset_password": "/customer/reset-password",
    "invitation": "/customer/welcome",
    "sign_in": "/customer/sign-in/link",
}


@get("/customer/verify-email", include_in_schema=False, security=OPEN)
async def verify_form(request: Request) -> Response[Any]:
    """The button that confirms the address of a new account."""
    return await _confirm_page(request, "verify_email")


@post("/customer/verify-email", status_code=200, include_in_schema=False, security=OPEN)
async def verify(request: Request) -> Response[Any]:
    """Confirm the address."""
    return await _confirm(request, "verify_email", verification.verify)


@get("/customer/confirm-email", include_in_schema=False, security=OPEN)
async def confirm_form(request: Request) -> Response[Any]:
    """The button that makes another address the account's."""
    return await _confirm_page(request, "change_email")


@post("/customer/confirm-email", status_code=200, include_in_schema=False, security=OPEN)
async def confirm(request: Request) -> Response[Any]:
    """Make the address the account's."""
    return await _confirm(request, "change_email", email_change.confirm)


@get("/customer/reset-password", include_in_schema=False, security=OPEN)
async def reset_form(request: Request) -> Response[Any]:
    """The form to set a new password."""
    return await _password_page(request, "reset_password", _token(request))


@post("/customer/reset-password", status_code=200, include_in_schema=False, security=OPEN)
async def reset(request: Request) -> Response[Any]:
    """Set it, or show the form again with what is wrong."""
    return await _set_password(request, "reset_password", recovery.reset)


@get("/customer/welcome", include_in_schema=False, security=OPEN)
async def welcome_form(request: Request) -> Response[Any]:
    """The form with which somebody makes the account theirs that the shop has begun."""
    return await _password_page(request, "invitation", _token(request))


@post("/customer/welcome", status_code=200, include_in_schema=False, security=OPEN)
async def welcome(request: Request) -> Response[Any]:
    """Make it theirs, or show the form again with what is wrong."""
    return await _set_password(request, "invitation", invitation.accept)


@get("/customer/sign-in/link", include_in_schema=False, security=OPEN)
async def sign_in_page(request: Request) -> Response[Any]:
    """The button of a link that signs in; without a link the form to ask for one."""
    if "token" not in request.query_params or not context_of(request).settings.sign_in_links:
        return await sign_in_link_form(request)
    return await _confirm_page(request, "sign_in")


@post("/customer/sign-in/link", status_code=200, include_in_schema=False, security=OPEN)
async def sign_in(request: Request) -> Response[Any]:
    """Sign in by the link; without one, have one mailed."""
    portal = context_of(request)
    form = await request.form()
    if "token" not in form:
        return await ask_for_sign_in_link(request)
    browser, token = browser_of(request), forms.typed(form, "token")[:LONGEST_TOKEN]
    try:
        arrival = await sign_in_link.enter(
            portal.db, portal.settings, token, browser, presented_by(request, "customer")
        )
    except (LinkOver, WrongPassword, SignInLinksOff):
        return await over_page(request, "customer", "sign_in", token)
    return enter(request, "customer", arrival, browser, forms.typed(form, "next"), is_trusted=True)


# ------------------------------------------------------------------ a button


async def _confirm_page(request: Request, purpose: Purpose) -> Response[Any]:
    if "done" in request.query_params:
        return await _done(request, purpose)
    portal = context_of(request)
    token = _token(request)
    try:
        await mailed_links.look(portal.db, portal.settings, purpose, token)
    except LinkOver:
        return await over_page(request, "customer", purpose, token)
    return await confirm_page(request, "customer", purpose, PATHS[purpose], token)


async def confirm_page(request: Request, realm: Realm, purpose: Purpose, action: str, token: str) -> Response[Any]:
    """Show the button that does what the link is for: mail programs open links, too."""
    wanted = forms.wanted(request.query_params.get("next"))
    return await _render(
        request, "confirm", realm, headers=NO_REFERRER, purpose=purpose, action=action, token=token, next=wanted
    )


async def _confirm(request: Request, purpose: Purpose, act: Callable[..., Awaitable[str | None]]) -> Response[Any]:
    portal = context_of(request)
    token = forms.typed(await request.form(), "token")[:LONGEST_TOKEN]
    try:
        invitation_text = await act(portal.db, portal.settings, token, client_of(request))
    except (LinkOver, EmailTaken) as refusal:
        return await over_page(request, "customer", purpose, token, refusal)
    if invitation_text is not None:
        return see_other(f"{PATHS['invitation']}?token={invitation_text}")
    return see_other(f"{PATHS[purpose]}?done=1")


# ------------------------------------------------------------------ a password


async def _password_page(
    request: Request, purpose: Purpose, token: str, refusal: Refusal | None = None
) -> Response[Any]:
    if "done" in request.query_params and refusal is None:
        return await _done(request, purpose)
    portal = context_of(request)
    try:
        account: Joined = await mailed_links.look(portal.db, portal.settings, purpose, token)
    except LinkOver:
        return await over_page(request, "customer", purpose, token)
    return await _render(
        request,
        "choose_password",
        purpose=purpose,
        action=PATHS[purpose],
        token=token,
        account=account,
        **(forms.why(refusal, language_of(request)) | {"headers": NO_REFERRER}),
    )


async def _set_password(request: Request, purpose: Purpose, act: Callable[..., Awaitable[None]]) -> Response[Any]:
    portal = context_of(request)
    form = await request.form()
    browser, token = browser_of(request), forms.typed(form, "token")[:LONGEST_TOKEN]
    try:
        await act(portal.db, portal.settings, token, forms.typed(form, "password"), browser)
    except LinkOver:
        return await over_page(request, "customer", purpose, token)
    except InvalidInput as refusal:
        return await _password_page(request, purpose, token, refusal)
    answer: Response[Any] = see_other(f"{PATHS[purpose]}?done=1")
    keep_device(request, answer, browser)
    return answer


# ------------------------------------------------------------------ what came of it


async def _done(request: Request, purpose: Purpose) -> Response[Any]:
    return await _render(request, "done", headers=NO_REFERRER, purpose=purpose)


async def over_page(
    request: Request, realm: Realm, purpose: Purpose, token: str, refusal: Refusal | None = None
) -> Response[Any]:
    """Say that the link does not work any more, with a button for another one: `token` shows who asks for it."""
    refusal = refusal or LinkOver()
    return await _render(
        request,
        "over",
        realm,
        status=refusal.status,
        headers=NO_REFERRER,
        purpose=purpose,
        token=token,
        code=refusal.code,
        refused=True,
    )


async def _render(request: Request, name: str, realm: Realm = "customer", **context: Any) -> Response[Any]:  # noqa: ANN401 - whatever it shows
    return await context_of(request).pages.render(
        request, f"accounts/registration/{name}.html", realm=realm, home_url=f"/{realm}/sign-in", **context
    )


def _token(request: Request) -> str:
    return request.query_params.get("token", "")[:LONGEST_TOKEN]


handlers: Sequence[HTTPRouteHandler] = [
    verify_form,
    verify,
    confirm_form,
    confirm,
    reset_form,
    reset,
    welcome_form,
    welcome,
    sign_in_page,
    sign_in,
]
