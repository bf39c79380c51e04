"""The pages to sign in and out, which work without any script."""

from collections.abc import Sequence
from typing import Any

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler

from revivatech.accounts import sessions, signin
from revivatech.accounts.contracts import Realm, TooManyFailures, WrongPassword
from revivatech.accounts.cookies import cookie_name, remove_cookie, set_cookie
from revivatech.accounts.credentials import read_credential
from revivatech.accounts.passwords import DEMO_PASSWORD
from revivatech.accounts.routes import client_of
from revivatech.kit.errors import InvalidInput, NotSignedIn, TooMany
from revivatech.kit.structs import Value
from revivatech.kit.text import plain
from revivatech.kit.urls import safe_next
from revivatech.web.answers import see_other
from revivatech.web.portal import portal_of
from revivatech.web.request import Request


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
    DemoAccount("staff", "manager", "manager@demo.example"),
)


@get("/customer/sign-in", include_in_schema=False)
async def customer_sign_in(request: Request) -> Response[Any]:
    """The customers' form, or straight on for who is signed in."""
    try:
        await portal_of(request).door.customer(request)
    except NotSignedIn:
        return await _form(request, "customer")
    return see_other(_next(request, "customer"))


@get("/staff/sign-in", include_in_schema=False)
async def staff_sign_in(request: Request) -> Response[Any]:
    """The staff's form, or straight on for who is signed in."""
    try:
        await portal_of(request).door.staff(request)
    except NotSignedIn:
        return await _form(request, "staff")
    return see_other(_next(request, "staff"))


@post("/customer/sign-in", include_in_schema=False)
async def sign_customer_in(request: Request) -> Response[Any]:
    """Sign a customer in, or show the form again with what is wrong."""
    return await _sign_in(request, "customer")


@post("/staff/sign-in", include_in_schema=False)
async def sign_staff_in(request: Request) -> Response[Any]:
    """Sign a staff member in, or show the form again with what is wrong."""
    return await _sign_in(request, "staff")


@post("/customer/sign-out", include_in_schema=False)
async def sign_customer_out(request: Request) -> Response[Any]:
    """End the customer's session and leave nothing of it in the browser."""
    return await _sign_out(request, "customer")


@post("/staff/sign-out", include_in_schema=False)
async def sign_staff_out(request: Request) -> Response[Any]:
    """End the staff member's session and leave nothing of it in the browser."""
    return await _sign_out(request, "staff")


async def _sign_in(request: Request, realm: Realm) -> Response[Any]:
    portal = portal_of(request)
    form = await request.form()
    email, password, wanted = (_typed(form.get(name)) for name in ("email", "password", "next"))
    email = email.strip()
    cookie = request.cookies.get(cookie_name(portal.settings, realm))
    try:
        credential = await signin.sign_in_browser(
            portal.db,
            portal.settings,
            realm,
            email,
            password,
            client_of(request),
            read_credential(cookie) if cookie else None,
        )
    except (WrongPassword, TooManyFailures, InvalidInput) as refusal:
        return await _form(request, realm, refusal=refusal, email=email, wanted=wanted)
    answer: Response[Any] = see_other(safe_next(wanted, HOMES[realm]))
    answer.set_header("Set-Cookie", set_cookie(portal.settings, realm, credential))
    return answer


async def _sign_out(request: Request, realm: Realm) -> Response[Any]:
    portal = portal_of(request)
    cookie = request.cookies.get(cookie_name(portal.settings, realm))
    await sessions.sign_out(portal.db, realm, credential=read_credential(cookie) if cookie else None)
    answer: Response[Any] = see_other(f"/{realm}/sign-in?signed-out=1")
    answer.set_header("Set-Cookie", remove_cookie(portal.settings, realm))
    answer.set_header("Clear-Site-Data", '"cache", "storage"')
    return answer


async def _form(
    request: Request,
    realm: Realm,
    *,
    refusal: WrongPassword | InvalidInput | TooMany | None = None,
    email: str = "",
    wanted: str | None = None,
) -> Response[Any]:
    """The form; with a refusal, what was typed but the password, why, and when to come again."""
    retry_after = int(refusal.headers["Retry-After"]) if isinstance(refusal, TooMany) else 0
    return await portal_of(request).pages.render(
        request,
        "accounts/sign_in.html",
        status=refusal.status if refusal else 200,
        headers=refusal.headers if isinstance(refusal, TooMany) else {},
        realm=realm,
        email=plain(email)[:LONGEST_EMAIL],
        code=refusal.code if refusal else "",
        refused=refusal is not None,
        minutes=-(-retry_after // 60),
        next=safe_next(wanted if wanted is not None else request.query_params.get("next"), ""),
        signed_out="signed-out" in request.query_params,
        demo_accounts=DEMO_ACCOUNTS,
        demo_password=DEMO_PASSWORD,
        home_url=f"/{realm}/sign-in",
    )


def _next(request: Request, realm: Realm) -> str:
    return safe_next(request.query_params.get("next"), HOMES[realm])


def _typed(value: object) -> str:
    """A field's text as it was typed; a file or nothing is an empty one."""
    return value if isinstance(value, str) else ""


handlers: Sequence[HTTPRouteHandler] = [
    customer_sign_in,
    sign_customer_in,
    sign_customer_out,
    staff_sign_in,
    sign_staff_in,
    sign_staff_out,
]
