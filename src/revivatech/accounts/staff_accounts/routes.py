"""A staff member's own account as JSON."""

from collections.abc import Sequence
from typing import Annotated

from litestar import post, put
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody
from msgspec import Meta

from revivatech.accounts.contracts import SecondStep, StaffProfile, StaffSignIn
from revivatech.accounts.directory import account_summary
from revivatech.accounts.registration.mail_requests import Asker
from revivatech.accounts.registration.schemas import Address, Link
from revivatech.accounts.secrets.passwords import LONGEST
from revivatech.accounts.sessions.client import access_tokens, client_of
from revivatech.accounts.sign_in import service as signin
from revivatech.accounts.staff_accounts import (
    mail_requests,
    passwords,
    profile,
    sign_in_link,
)
from revivatech.accounts.staff_accounts.profile import OwnFacts
from revivatech.accounts.staff_accounts.queries.accounts import StaffKind
from revivatech.kit.i18n import Language
from revivatech.kit.structs import Body
from revivatech.web.access import EVERY_ROLE
from revivatech.web.context import context_of
from revivatech.web.openapi import OPEN, problems
from revivatech.web.request import Request


class OwnBody(Body, frozen=True):
    """A colleague's name, language and zone; role and address are another's to change."""

    first_name: Annotated[str, Meta(min_length=1, max_length=100)]
    last_name: Annotated[str, Meta(max_length=100)]
    language: Language
    timezone: Annotated[str, Meta(max_length=50, description="IANA name, such as Europe/Lisbon.")]


class PasswordBody(Body, frozen=True):
    """The password so far, and the one from now on."""

    current_password: Annotated[str, Meta(max_length=LONGEST)]
    password: Annotated[str, Meta(max_length=LONGEST)]


class ResetBody(Body, frozen=True):
    """The token of the link in the mail, and the password from now on."""

    token: Annotated[str, Meta(max_length=200)]
    password: Annotated[str, Meta(max_length=LONGEST)]


@put("/api/staff/profile", tags=["Staff"], responses=problems(401, 422, 429), opt=EVERY_ROLE)
async def write_profile(request: Request, data: JSONBody[OwnBody]) -> StaffProfile:
    """Change the own name, language and time zone."""
    context = context_of(request)
    actor = await context.authenticator.staff(request)
    await profile.write(context.db, actor, OwnFacts(data.first_name, data.last_name, data.language, data.timezone))
    async with context.db.read() as reader:
        return await account_summary.staff_profile(reader, actor.id)


@put(
    "/api/staff/profile/password",
    status_code=204,
    tags=["Staff"],
    responses=problems(401, 403, 422, 429),
    opt=EVERY_ROLE,
)
async def change_password(request: Request, data: JSONBody[PasswordBody]) -> None:
    """Change the own password; every other session ends, and a mail says so."""
    context = context_of(request)
    actor = await context.authenticator.staff(request)
    await passwords.change(
        context.db, context.settings, actor, data.current_password, data.password, client_of(request)
    )


@post(
    "/api/staff/auth/forgot-password",
    status_code=202,
    tags=["Staff"],
    security=OPEN,
    responses=problems(422, 429),
)
async def forgot_password(request: Request, data: JSONBody[Address]) -> None:
    """Mail a link to choose a new password. The answer is the same for every address."""
    await _ask(request, "reset_password", data)


@post(
    "/api/staff/auth/sign-in-link",
    status_code=202,
    tags=["Staff"],
    security=OPEN,
    responses=problems(403, 422, 429),
)
async def ask_for_sign_in_link(request: Request, data: JSONBody[Address]) -> None:
    """Mail a link that signs in, once, for 15 minutes. The answer is the same for every address."""
    await _ask(request, "sign_in", data)


@post(
    "/api/staff/auth/sign-in-link/use",
    status_code=200,
    tags=["Staff"],
    security=OPEN,
    responses=problems(401, 403, 410, 422),
)
async def use_sign_in_link(request: Request, data: JSONBody[Link]) -> StaffSignIn | SecondStep:
    """Begin a session by the link of a mail; where a second factor is on, a challenge comes instead."""
    context = context_of(request)
    arrival = await sign_in_link.enter_client(
        context.db, context.settings, access_tokens(request), data.token, client_of(request)
    )
    return await signin.staff_answer(context.db, arrival)


@post(
    "/api/staff/auth/reset-password",
    status_code=204,
    tags=["Staff"],
    security=OPEN,
    responses=problems(410, 422),
)
async def reset_password(request: Request, data: JSONBody[ResetBody]) -> None:
    """Set a new password by the link of a mail, which works once; every session ends, and none begins."""
    context = context_of(request)
    await passwords.reset(context.db, context.settings, data.token, data.password, client_of(request))


async def _ask(request: Request, kind: StaffKind, data: Address) -> None:
    context = context_of(request)
    asker = Asker(client_of(request), data.previous_token, data.proof_of_work)
    await mail_requests.ask(context.db, context.settings, kind, data.email, asker)


handlers: Sequence[HTTPRouteHandler] = [
    write_profile,
    change_password,
    forgot_password,
    reset_password,
    ask_for_sign_in_link,
    use_sign_in_link,
]
