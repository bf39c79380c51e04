"""The pages of the second step, and of signing in by a passkey; for both realms."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler

from revivatech.accounts.contracts import TooManyFailures
from revivatech.accounts.sessions.client import both, realm_of
from revivatech.accounts.sessions.cookies import pending_cookie_name
from revivatech.accounts.sessions.pending_sign_ins import service as waiting
from revivatech.accounts.sessions.pending_sign_ins.service import ChallengeOver
from revivatech.accounts.sign_in.pages import browser_of, enter, presented_by
from revivatech.accounts.sign_in.second_step import service as second_step
from revivatech.accounts.two_factor import passkeys
from revivatech.accounts.two_factor.contracts import (
    LONGEST_CODE,
    PasskeyRefused,
    PasskeysUnavailable,
    WrongCode,
)
from revivatech.accounts.two_factor.pages import (
    credential_of,
    fields_of,
    hint_of,
    json_of,
)
from revivatech.kit.errors import NotFound, Refusal
from revivatech.kit.urls import safe_next
from revivatech.web.context import context_of
from revivatech.web.forms import why
from revivatech.web.openapi import OPEN
from revivatech.web.pages import language_of
from revivatech.web.request import Request
from revivatech.web.responses import see_other


@get(both("/sign-in/second-step"), include_in_schema=False, security=OPEN)
async def second_step_page(request: Request) -> Response[Any]:
    """The form for the code, or back to the first step where none was shown."""
    return await _second_step(request, request.query_params.get("next") or "", request.query_params.get("by") or "")


@post(both("/sign-in/second-step"), include_in_schema=False, security=OPEN)
async def finish(request: Request) -> Response[Any]:
    """Sign in with the code, or show the form again with what is wrong."""
    context, realm, form = context_of(request), realm_of(request), await fields_of(request)
    answer = second_step.Answer(_pending(request), form["code"][:LONGEST_CODE], form["recovery_code"][:LONGEST_CODE])
    browser = browser_of(request)
    try:
        arrival = await second_step.finish_browser(
            context.db, context.settings, realm, answer, browser, presented_by(request, realm)
        )
    except ChallengeOver:
        return _start_again(request, form["next"])
    except (WrongCode, TooManyFailures) as refusal:
        return await _second_step(request, form["next"], form["by"], refusal)
    return enter(request, realm, arrival, browser, form["next"])


@post(both("/sign-in/passkey"), include_in_schema=False, security=OPEN)
async def by_passkey(request: Request) -> Response[Any]:
    """Sign in with a passkey, alone or as the second step."""
    context, realm, form = context_of(request), realm_of(request), await fields_of(request)
    browser = browser_of(request)
    is_second = form["step"] == "second"
    token = _pending(request) if is_second else ""
    if is_second and not token:
        return _start_again(request, form["next"])
    try:
        arrival = await passkeys.arrive_browser_by_passkey(
            context.db,
            context.settings,
            realm,
            credential_of(form["credential"]),
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
    context, realm, token = context_of(request), realm_of(request), _pending(request)
    async with context.db.read() as reader:
        if not token or await waiting.look(reader, context.settings, realm, token) is None:
            return _start_again(request, wanted)
    try:
        options = json_of(await passkeys.second_step_options(context.db, context.settings, realm, token))
    except (NotFound, PasskeysUnavailable, ChallengeOver):
        options = ""
    return await context.pages.render(
        request,
        "accounts/two_factor/second_step.html",
        realm=realm,
        next=safe_next(wanted, ""),
        by="recovery" if by == "recovery" else "app",
        passkey_options=options,
        home_url=f"/{realm}/sign-in",
        hint=hint_of(refusal),
        **why(refusal, language_of(request)),
    )


def _pending(request: Request) -> str:
    return request.cookies.get(pending_cookie_name(context_of(request).settings, realm_of(request)), "")


def _start_again(request: Request, wanted: str) -> Response[Any]:
    return see_other(f"/{realm_of(request)}/sign-in?over=1{_and_next(wanted)}")


def _and_next(wanted: str) -> str:
    target = safe_next(wanted, "")
    return f"&next={quote(target, safe='/')}" if target else ""


handlers: Sequence[HTTPRouteHandler] = [
    second_step_page,
    finish,
    by_passkey,
]
