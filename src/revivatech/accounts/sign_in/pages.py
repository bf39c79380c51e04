"""The pages to sign in and out, which work without any script."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from msgspec import structs

from revivatech.accounts.contracts import Client, ProofOfWorkNeeded, Realm, TooManyFailures, WrongPassword
from revivatech.accounts.secrets.credentials import Presented, read_credential
from revivatech.accounts.secrets.passwords import DEMO_PASSWORD
from revivatech.accounts.secrets.proof_of_work import LONGEST_PROOF
from revivatech.accounts.sessions import service as sessions
from revivatech.accounts.sessions import throttle
from revivatech.accounts.sessions.client import client_of
from revivatech.accounts.sessions.cookies import (
    cookie_name,
    device_cookie_name,
    is_device,
    pending_cookie_name,
    remove_cookie,
    remove_pending_cookie,
    set_cookie,
    set_device_cookie,
    set_pending_cookie,
)
from revivatech.accounts.sessions.known_devices.service import new_device
from revivatech.accounts.sessions.start_session import SignInResult
from revivatech.accounts.sign_in import service as signin
from revivatech.accounts.two_factor.reauthentication import NO_PASSWORD
from revivatech.accounts.two_factor.webauthn_ceremonies import are_possible
from revivatech.kit.email import lookup_forms
from revivatech.kit.errors import InvalidInput, NotSignedIn, TooMany
from revivatech.kit.structs import Value
from revivatech.kit.text import plain
from revivatech.kit.urls import safe_next
from revivatech.web.context import context_of, is_at_public_address
from revivatech.web.forms import fields_of, missing, why
from revivatech.web.openapi import OPEN
from revivatech.web.pages import language_of
from revivatech.web.request import Request
from revivatech.web.responses import see_other


class DemoAccount(Value, frozen=True):
    """An account that a visitor of the demo may use."""

    realm: Realm
    role: str
    email: str


LONGEST_EMAIL = 255
HOMES: dict[Realm, str] = {"customer": "/customer/dashboard", "staff": "/staff"}
DEMO_ACCOUNTS = (
    DemoAccount("customer", "customer", "customer@demo.example"),
    DemoAccount("customer", "customer", "other-customer@demo.example"),
    DemoAccount("staff", "technician", "technician@demo.example"),
    DemoAccount("staff", "front_desk", "front-desk@demo.example"),
    DemoAccount("staff", "manager", "manager@demo.example"),
    DemoAccount("staff", "admin", "admin@demo.example"),
)


@get("/customer/sign-in", include_in_schema=False, security=OPEN)
async def customer_sign_in(request: Request) -> Response[Any]:
    """The customers' form, or straight on for who is signed in."""
    try:
        await context_of(request).authenticator.customer(request)
    except NotSignedIn:
        return await _form(request, "customer")
    return see_other(_next(request, "customer"))


@get("/staff/sign-in", include_in_schema=False, security=OPEN)
async def staff_sign_in(request: Request) -> Response[Any]:
    """The staff's form, or straight on for who is signed in."""
    try:
        await context_of(request).authenticator.staff(request)
    except NotSignedIn:
        return await _form(request, "staff")
    return see_other(_next(request, "staff"))


@post("/customer/sign-in", include_in_schema=False, security=OPEN)
async def sign_customer_in(request: Request) -> Response[Any]:
    """Sign a customer in, or show the form again with what is wrong."""
    return await _sign_in(request, "customer")


@post("/staff/sign-in", include_in_schema=False, security=OPEN)
async def sign_staff_in(request: Request) -> Response[Any]:
    """Sign a staff member in, or show the form again with what is wrong."""
    return await _sign_in(request, "staff")


@post("/customer/sign-out", include_in_schema=False, security=OPEN)
async def sign_customer_out(request: Request) -> Response[Any]:
    """End the customer's session and leave nothing of it in the browser."""
    return await _sign_out(request, "customer")


@post("/staff/sign-out", include_in_schema=False, security=OPEN)
async def sign_staff_out(request: Request) -> Response[Any]:
    """End the staff member's session and leave nothing of it in the browser."""
    return await _sign_out(request, "staff")


async def _sign_in(request: Request, realm: Realm) -> Response[Any]:
    context = context_of(request)
    form = fields_of(await request.form())
    email, password, wanted = form["email"], form["password"], form["next"]
    email = email.strip()
    browser = browser_of(request)
    presented = presented_by(request, realm)
    proof = form["proof_of_work"][: LONGEST_PROOF + 1]
    try:
        with missing(form, {"password": NO_PASSWORD}) as problems:
            lookup_forms(email)
        problems.finish()
        arrival = await signin.sign_in_browser(
            context.db, context.settings, realm, email, password, browser, presented, proof
        )
    except (WrongPassword, TooManyFailures, ProofOfWorkNeeded, InvalidInput) as refusal:
        return await _form(request, realm, refusal=refusal, email=email, wanted=wanted)
    return enter(request, realm, arrival, browser, wanted)


async def _sign_out(request: Request, realm: Realm) -> Response[Any]:
    context = context_of(request)
    pending = request.cookies.get(pending_cookie_name(context.settings, realm))
    await sessions.sign_out(
        context.db, context.settings, realm, credential=presented_by(request, realm), challenge_token=pending
    )
    answer: Response[Any] = see_other(f"/{realm}/sign-in?signed-out=1")
    answer.set_header("Set-Cookie", remove_cookie(context.settings, realm))
    if pending is not None:
        add_cookie(answer, remove_pending_cookie(context.settings, realm))
    answer.set_header("Clear-Site-Data", '"cache", "storage"')
    return answer


def browser_of(request: Request) -> Client:
    """Return the client, with the cookie by which its browser is known again: a fresh one if it has none."""
    device = request.cookies.get(device_cookie_name(context_of(request).settings))
    return structs.replace(client_of(request), device=device if is_device(device) else new_device())


def presented_by(request: Request, realm: Realm) -> Presented | None:
    """The session that the browser came with, alive or not."""
    cookie = request.cookies.get(cookie_name(context_of(request).settings, realm))
    return read_credential(cookie) if cookie else None


def keep_device(request: Request, answer: Response[Any], browser: Client) -> None:
    """Give the browser the cookie by which the account knows it again."""
    if browser.device is not None:
        add_cookie(answer, set_device_cookie(context_of(request).settings, browser.device))


def enter(
    request: Request, realm: Realm, arrival: SignInResult, browser: Client, wanted: str, *, is_trusted: bool = False
) -> Response[Any]:
    """Return the answer after a first factor: to the wanted page with the session's cookie, or to the second step.

    `is_trusted`: the account knows the browser before the second step, because a mailed link was opened in it.
    """
    settings = context_of(request).settings
    answer: Response[Any]
    if arrival.challenge is not None:
        target = safe_next(wanted, "")
        answer = see_other(f"/{realm}/sign-in/second-step" + (f"?next={quote(target, safe='/')}" if target else ""))
        add_cookie(answer, set_pending_cookie(settings, realm, arrival.challenge))
        if is_trusted:
            keep_device(request, answer, browser)
        return answer
    assert arrival.credential is not None  # noqa: S101 - one of the two is there
    answer = see_other(safe_next(wanted, HOMES[realm]))
    answer.set_header("Set-Cookie", set_cookie(settings, realm, arrival.credential))
    keep_device(request, answer, browser)
    if pending_cookie_name(settings, realm) in request.cookies:
        add_cookie(answer, remove_pending_cookie(settings, realm))
    return answer


def add_cookie(answer: Response[Any], line: str) -> None:
    """Set one more cookie: `set_header` would replace the one before."""
    name, _, rest = line.partition("=")
    value, *marks = rest.split("; ")
    given = dict(mark.partition("=")[::2] for mark in marks)
    answer.set_cookie(
        key=name,
        value=value,
        path=given["Path"],
        max_age=int(given["Max-Age"]),
        httponly=True,
        secure="Secure" in given,
        samesite="lax",
    )


async def _form(
    request: Request,
    realm: Realm,
    *,
    refusal: WrongPassword | InvalidInput | TooMany | None = None,
    email: str = "",
    wanted: str | None = None,
) -> Response[Any]:
    """The form; with a refusal, what was typed but the password, why, and when to come again."""
    context = context_of(request)
    async with context.db.read() as reader:
        asks_proof = await throttle.asks_for_proof(reader, context.settings, realm)
    return await context.pages.render(
        request,
        "accounts/sign_in.html",
        realm=realm,
        email=plain(email)[:LONGEST_EMAIL],
        asks_proof=asks_proof or isinstance(refusal, ProofOfWorkNeeded),
        next=safe_next(wanted if wanted is not None else request.query_params.get("next"), ""),
        signed_out="signed-out" in request.query_params,
        chosen=not {"joined", "reset"}.isdisjoint(request.query_params),
        over="over" in request.query_params,
        passkey_refused="passkey" in request.query_params,
        passkeys_possible=are_possible(context.settings) and is_at_public_address(request),
        registration=context.settings.registration,
        sign_in_links=context.settings.sign_in_links,
        demo_accounts=DEMO_ACCOUNTS,
        demo_password=DEMO_PASSWORD,
        home_url=f"/{realm}/sign-in",
        **why(refusal, language_of(request)),
    )


def _next(request: Request, realm: Realm) -> str:
    return safe_next(request.query_params.get("next"), HOMES[realm])


handlers: Sequence[HTTPRouteHandler] = [
    customer_sign_in,
    sign_customer_in,
    sign_customer_out,
    staff_sign_in,
    sign_staff_in,
    sign_staff_out,
]
