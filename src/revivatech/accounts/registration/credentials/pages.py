"""Another password, another e-mail address: both with proof."""

from collections.abc import Sequence
from typing import Any

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler

from revivatech.accounts.registration import (
    email_change,
    forms,
    password_change,
    queries,
)
from revivatech.accounts.registration.queries import Joined
from revivatech.accounts.secrets.password_rules import require_length
from revivatech.accounts.sessions.client import client_of
from revivatech.accounts.two_factor.reauthentication import (
    NO_CURRENT_PASSWORD,
    OwnProof,
    ProofNeeded,
    require_typed,
)
from revivatech.kit.actor import CustomerActor
from revivatech.kit.email import checked_email
from revivatech.kit.errors import InvalidInput, NotSignedIn, Problems, Refusal, TooMany
from revivatech.web.context import context_of
from revivatech.web.forms import fields_of, missing
from revivatech.web.pages import language_of
from revivatech.web.request import Request
from revivatech.web.responses import see_other

PASSWORD_PAGE = "/customer/account/password"  # noqa: S105 - a path
EMAIL_PAGE = "/customer/account/email"


@get(PASSWORD_PAGE, include_in_schema=False)
async def password_form(request: Request) -> Response[Any]:
    """The form for another password."""
    return await _page(request, "password")


@post(PASSWORD_PAGE, status_code=200, include_in_schema=False)
async def change_password(request: Request) -> Response[Any]:
    """Change the password, or show the form again with what is wrong."""
    context = context_of(request)
    actor = (await context.authenticator.customer(request)).actor
    form = fields_of(await request.form())
    account = await _account(request, actor)
    try:
        with missing(form, {"current_password": NO_CURRENT_PASSWORD}) as problems:
            require_length(form["password"], two_factor=account.two_factor_enabled)
        problems.finish()
        await password_change.change(
            context.db, context.settings, actor, form["current_password"], form["password"], client_of(request)
        )
    except (ProofNeeded, InvalidInput, TooMany) as refusal:
        return await _page(request, "password", refusal=refusal)
    return see_other(f"{PASSWORD_PAGE}?saved=1")


@get(EMAIL_PAGE, include_in_schema=False)
async def email_form(request: Request) -> Response[Any]:
    """The form for another e-mail address."""
    return await _page(request, "email")


@post(EMAIL_PAGE, status_code=200, include_in_schema=False)
async def change_email(request: Request) -> Response[Any]:
    """Have the new address confirmed by mail, or show the form again with what is wrong."""
    context = context_of(request)
    actor = (await context.authenticator.customer(request)).actor
    form = await request.form()
    email, own = forms.typed(form, "email"), OwnProof.of(form)
    try:
        with Problems() as problems:
            checked_email(email)
        with problems:
            await require_typed(context.db, "customer", actor.id, own)
        problems.finish()
        await email_change.ask(
            context.db,
            context.settings,
            actor,
            email,
            password=own.password,
            code=own.code,
            client=client_of(request),
        )
    except (ProofNeeded, InvalidInput, TooMany) as refusal:
        return await _page(request, "email", refusal=refusal, email=forms.shown_again(form, "email")["email"])
    return see_other(f"{EMAIL_PAGE}?sent=1")


async def _page(request: Request, name: str, *, refusal: Refusal | None = None, email: str = "") -> Response[Any]:
    context = context_of(request)
    actor = (await context.authenticator.customer(request)).actor
    frame = await context.pages.frame(request, actor)
    return await context.pages.render(
        request,
        f"accounts/registration/{name}.html",
        viewer=actor,
        account=await _account(request, actor),
        email=email,
        saved=refusal is None and ("saved" in request.query_params or "sent" in request.query_params),
        **forms.why(refusal, language_of(request, frame.viewer)),
    )


async def _account(request: Request, actor: CustomerActor) -> Joined:
    async with context_of(request).db.read() as reader:
        account = await queries.read(reader, actor.id)
    if account is None:
        raise NotSignedIn("The account is gone.")
    return account


handlers: Sequence[HTTPRouteHandler] = [password_form, change_password, email_form, change_email]
