"""A colleague's own account: how they are called, how they read, their password."""

from collections.abc import Sequence
from typing import Any

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler

from revivatech.accounts.contracts import TooManyFailures
from revivatech.accounts.profile import time_zones
from revivatech.accounts.sessions.client import client_of
from revivatech.accounts.staff_accounts import passwords, profile, service
from revivatech.accounts.staff_accounts.profile import OwnFacts
from revivatech.accounts.two_factor.reauthentication import NO_CURRENT_PASSWORD, ProofNeeded
from revivatech.kit.actor import StaffActor
from revivatech.kit.errors import FieldError, InvalidInput, Refusal
from revivatech.kit.i18n import marked
from revivatech.web.access import EVERY_ROLE
from revivatech.web.context import context_of
from revivatech.web.forms import Fields, fields_of, missing, why
from revivatech.web.pages import language_of
from revivatech.web.request import Request
from revivatech.web.responses import see_other

NO_NEW_PASSWORD = marked("Enter a new password.")
FIELDS = {"firstName": "first_name", "lastName": "last_name", "currentPassword": "current_password"}


@get("/staff/account", include_in_schema=False, opt=EVERY_ROLE)
async def account(request: Request) -> Response[Any]:
    """Return how the colleague is called, and how they read."""
    actor = await context_of(request).authenticator.staff(request)
    return await _account(request, actor, saved="saved" in request.query_params)


@post("/staff/account", status_code=200, include_in_schema=False, opt=EVERY_ROLE)
async def write_account(request: Request) -> Response[Any]:
    """Keep what was typed, or show the form again with why not."""
    context = context_of(request)
    actor = await context.authenticator.staff(request)
    form = fields_of(await request.form())
    names = ("first_name", "last_name", "language", "timezone")
    typed = {name: form[name] for name in names}
    try:
        await profile.write(context.db, actor, OwnFacts(**typed))
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
    context = context_of(request)
    frame = await context.pages.frame(request, actor)
    language = language_of(request, frame.viewer)
    async with context.db.read() as reader:
        person = await service.one(reader, actor.id)
    facts = typed or {name: getattr(person, name) for name in ("first_name", "last_name", "language", "timezone")}
    return await context.pages.render(
        request,
        "accounts/staff_account.html",
        viewer=actor,
        person=person,
        facts=facts,
        zones=await time_zones.options(language, facts["timezone"] or person.timezone),
        saved=saved,
        **why(refusal, language, FIELDS),
    )


@get("/staff/account/password", include_in_schema=False, opt=EVERY_ROLE)
async def password_form(request: Request) -> Response[Any]:
    """The form to change the own password."""
    actor = await context_of(request).authenticator.staff(request)
    return await _password(request, actor, saved="saved" in request.query_params)


@post("/staff/account/password", status_code=200, include_in_schema=False, opt=EVERY_ROLE)
async def change_password(request: Request) -> Response[Any]:
    """Change the password, or show the form again with why not; nothing of a password comes back."""
    context = context_of(request)
    actor = await context.authenticator.staff(request)
    form = fields_of(await request.form())
    try:
        with missing(form, {"current_password": NO_CURRENT_PASSWORD}) as problems:
            twice(form)
        problems.finish()
        await passwords.change(
            context.db, context.settings, actor, form["current_password"], form["password"], client_of(request)
        )
    except (InvalidInput, ProofNeeded, TooManyFailures) as refusal:
        return await _password(request, actor, refusal=refusal)
    return see_other("/staff/account/password?saved=1")


async def _password(
    request: Request, actor: StaffActor, *, refusal: Refusal | None = None, saved: bool = False
) -> Response[Any]:
    context = context_of(request)
    frame = await context.pages.frame(request, actor)
    language = language_of(request, frame.viewer)
    return await context.pages.render(
        request,
        "accounts/staff_password.html",
        viewer=actor,
        saved=saved,
        **why(refusal, language, FIELDS),
    )


def twice(form: Fields) -> str:
    """Return the new password, which was typed twice alike. Raises InvalidInput."""
    password, again = form["password"], form["password_again"]
    if not password:
        raise InvalidInput(NO_NEW_PASSWORD, errors=[FieldError("password", NO_NEW_PASSWORD)])
    if password != again:
        problem = marked("The two passwords are not the same.")
        raise InvalidInput(problem, errors=[FieldError("password_again", problem)])
    return password


handlers: Sequence[HTTPRouteHandler] = [
    account,
    write_account,
    password_form,
    change_password,
]
