"""The pages to register and to ask for a mail, which work without any script."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from urllib.parse import quote

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler

from revivatech.accounts.contracts import Realm
from revivatech.accounts.registration import (
    forms,
    mail_requests,
    registration,
)
from revivatech.accounts.registration.contracts import (
    Kind,
    NewAccount,
    RegistrationClosed,
    SignInLinksOff,
)
from revivatech.accounts.registration.mail_requests import Asker
from revivatech.accounts.secrets.password_rules import known_of, strength_of
from revivatech.accounts.secrets.passwords import LONGEST
from revivatech.accounts.secrets.proof_of_work import LONGEST_PROOF
from revivatech.accounts.sessions import throttle
from revivatech.accounts.sessions.client import client_of
from revivatech.accounts.sign_in.pages import browser_of
from revivatech.kit.errors import InvalidInput, Refusal, TooMany
from revivatech.kit.i18n import translations
from revivatech.kit.network import network_of
from revivatech.web.context import context_of
from revivatech.web.openapi import OPEN
from revivatech.web.pages import language_of
from revivatech.web.request import Request
from revivatech.web.responses import see_other

SHOWN_AGAIN = ("email", "first_name", "last_name", "phone")
PATHS: dict[tuple[Realm, Kind], str] = {
    ("customer", "verify_email"): "/customer/resend-verification",
    ("customer", "reset_password"): "/customer/forgot-password",
    ("customer", "sign_in"): "/customer/sign-in/link",
    ("staff", "sign_in"): "/staff/sign-in/link",
}
LONGEST_TOKEN = 200
# A hint follows the typing, every half second at most.
MOST_HINTS_A_MINUTE = 120


# ------------------------------------------------------------------ registering


@get("/customer/register", include_in_schema=False, security=OPEN)
async def registration_form(request: Request) -> Response[Any]:
    """The form to make an account, or word that the shop makes them."""
    if "sent" in request.query_params:
        return await _sent(request, "register")
    return await _register_page(request)


@post("/customer/register", status_code=200, include_in_schema=False, security=OPEN)
async def register(request: Request) -> Response[Any]:
    """Begin an account, or show the form again with what is wrong."""
    context = context_of(request)
    form = await request.form()
    new = NewAccount(
        email=forms.typed(form, "email"),
        password=forms.typed(form, "password"),
        first_name=forms.typed(form, "first_name"),
        last_name=forms.typed(form, "last_name"),
        phone=forms.typed(form, "phone") or None,
        language=language_of(request),
        accepts_terms=forms.typed(form, "accept_terms") == "1",
    )
    wanted = forms.wanted(forms.typed(form, "next"))
    try:
        proof = forms.typed(form, "proof_of_work")[: LONGEST_PROOF + 1]
        await registration.register(context.db, context.settings, new, client_of(request), proof)
    except (InvalidInput, TooMany, RegistrationClosed) as refusal:
        fields = forms.shown_again(form, *SHOWN_AGAIN)
        return await _register_page(request, refusal=refusal, fields=fields, accepted=new.accepts_terms, wanted=wanted)
    return see_other("/customer/register?sent=1" + _and_next(wanted))


async def _register_page(
    request: Request,
    *,
    refusal: Refusal | None = None,
    fields: dict[str, str] | None = None,
    accepted: bool = False,
    wanted: str | None = None,
) -> Response[Any]:
    context = context_of(request)
    return await context.pages.render(
        request,
        "accounts/registration/register.html",
        is_open=context.settings.registration,
        fields=fields or dict.fromkeys(SHOWN_AGAIN, ""),
        accepted=accepted,
        next=_next(request) if wanted is None else wanted,
        home_url="/customer/sign-in",
        **forms.why(refusal, language_of(request)),
    )


@post("/customer/password-strength", status_code=200, include_in_schema=False, security=OPEN)
async def password_strength(request: Request) -> Response[Any]:
    """A few words on the password that is being typed; nothing of it is kept."""
    context = context_of(request)
    network = network_of(client_of(request).address or "")
    await throttle.count(context.db, context.settings, "hints to", network, most=MOST_HINTS_A_MINUTE, seconds=60)
    form = await request.form()
    password = forms.typed(form, "password")[: LONGEST + 1]
    own = [forms.typed(form, name)[:255] for name in ("email", "first_name", "last_name")]
    two_factor = forms.typed(form, "two_factor") == "1"
    known = await known_of(context.db, *own)
    strength = await strength_of(password, known, two_factor=two_factor) if password else None
    language = language_of(request)
    return await context.pages.render(
        request,
        "accounts/registration/strength.html",
        strength=strength,
        problem=translations(language).gettext(strength.problem) if strength and strength.problem else "",
    )


# ------------------------------------------------------------------ asking for a mail


@get("/customer/forgot-password", include_in_schema=False, security=OPEN)
async def forgot_password_form(request: Request) -> Response[Any]:
    """The form for who has forgotten their password."""
    return await _request_page(request, "reset_password")


@post("/customer/forgot-password", status_code=200, include_in_schema=False, security=OPEN)
async def forgot_password(request: Request) -> Response[Any]:
    """Have a link mailed that sets a new password, if the address has an account."""
    return await _ask(request, "reset_password")


@get("/customer/resend-verification", include_in_schema=False, security=OPEN)
async def resend_form(request: Request) -> Response[Any]:
    """The form for who lost the mail that confirms their address."""
    return await _request_page(request, "verify_email")


@post("/customer/resend-verification", status_code=200, include_in_schema=False, security=OPEN)
async def resend(request: Request) -> Response[Any]:
    """Have the link mailed again that confirms the address, if an account waits for it."""
    return await _ask(request, "verify_email")


async def ask_for_sign_in_link(request: Request) -> Response[Any]:
    """Have a link mailed that signs in, if the address has an account."""
    return await _ask(request, "sign_in")


async def sign_in_link_form(request: Request) -> Response[Any]:
    """The form to ask for a link that signs in."""
    refusal = None if context_of(request).settings.sign_in_links else SignInLinksOff()
    return await _request_page(request, "sign_in", refusal=refusal)


async def _ask(request: Request, kind: Kind) -> Response[Any]:
    context = context_of(request)

    async def ask(email: str, asker: Asker, wanted: str) -> None:
        await mail_requests.ask(context.db, context.settings, kind, email, asker, wanted=wanted)

    return await ask_by_form(request, "customer", kind, ask)


async def ask_by_form(
    request: Request, realm: Realm, kind: Kind, ask: Callable[[str, Asker, str], Awaitable[None]]
) -> Response[Any]:
    """Ask for the mail as the form says, and lead to the page that says what comes next; or show the form again."""
    form = await request.form()
    email, wanted = forms.typed(form, "email"), forms.wanted(forms.typed(form, "next"))
    asker = Asker(
        browser_of(request),
        previous=forms.typed(form, "previous")[:LONGEST_TOKEN],
        proof=forms.typed(form, "proof_of_work")[: LONGEST_PROOF + 1],
    )
    try:
        await ask(email, asker, wanted)
    except (InvalidInput, TooMany, SignInLinksOff) as refusal:
        fields = forms.shown_again(form, "email")
        return await request_page(
            request, realm, kind, refusal=refusal, email=fields["email"], previous=asker.previous, wanted=wanted
        )
    return see_other(f"{PATHS[realm, kind]}?sent=1" + _and_next(wanted))


async def _request_page(request: Request, kind: Kind, *, refusal: Refusal | None = None) -> Response[Any]:
    return await request_page(request, "customer", kind, refusal=refusal)


async def request_page(
    request: Request,
    realm: Realm,
    kind: Kind,
    *,
    refusal: Refusal | None = None,
    email: str = "",
    previous: str = "",
    wanted: str | None = None,
) -> Response[Any]:
    """Show the form that asks for a mail, or what comes next once it was sent."""
    if "sent" in request.query_params and refusal is None:
        return await _sent(request, kind, realm)
    return await context_of(request).pages.render(
        request,
        "accounts/registration/ask.html",
        realm=realm,
        kind=kind,
        action=PATHS[realm, kind],
        email=email,
        previous=previous,
        next=_next(request) if wanted is None else wanted,
        home_url=f"/{realm}/sign-in",
        **forms.why(refusal, language_of(request)),
    )


async def _sent(request: Request, kind: str, realm: Realm = "customer") -> Response[Any]:
    """Say that a mail is on its way, if it is: the same for every address."""
    return await context_of(request).pages.render(
        request,
        "accounts/registration/sent.html",
        realm=realm,
        kind=kind,
        next=_next(request),
        home_url=f"/{realm}/sign-in",
    )


def _next(request: Request) -> str:
    return forms.wanted(request.query_params.get("next"))


def _and_next(wanted: str) -> str:
    return f"&next={quote(wanted, safe='/')}" if wanted else ""


handlers: Sequence[HTTPRouteHandler] = [
    registration_form,
    register,
    password_strength,
    forgot_password_form,
    forgot_password,
    resend_form,
    resend,
]
