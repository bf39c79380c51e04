"""Joining and coming back, as JSON."""

from collections.abc import Sequence

from litestar import post, put
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody

from revivatech.accounts.contracts import CustomerSignIn, SecondStep
from revivatech.accounts.registration import (
    email_change,
    invitation,
    mail_requests,
    password_change,
    recovery,
    registration,
    sign_in_link,
    verification,
)
from revivatech.accounts.registration.contracts import Kind, NewAccount
from revivatech.accounts.registration.mail_requests import Asker
from revivatech.accounts.registration.schemas import (
    Address,
    EmailChange,
    Link,
    LinkAndPassword,
    PasswordChange,
    Register,
    Taken,
)
from revivatech.accounts.sessions.client import access_tokens, client_of
from revivatech.accounts.sign_in import service as signin
from revivatech.accounts.sign_in.routes import repair_counts
from revivatech.web.context import context_of
from revivatech.web.openapi import OPEN, problems
from revivatech.web.pages import language_of
from revivatech.web.request import Request

TAKEN = Taken("Thank you. If there is something to do, a mail is on its way.")


@post(
    "/api/customer/auth/register",
    status_code=202,
    tags=["Sign-in"],
    security=OPEN,
    responses=problems(403, 422, 429),
)
async def register(request: Request, data: JSONBody[Register]) -> Taken:
    """Begin an account. The answer is the same for every address; what follows is in a mail to it."""
    context = context_of(request)
    new = NewAccount(
        email=data.email,
        password=data.password,
        first_name=data.first_name,
        last_name=data.last_name,
        phone=data.phone,
        language=data.language or language_of(request),
        accepts_terms=data.accept_terms,
    )
    await registration.register(context.db, context.settings, new, client_of(request), data.proof_of_work)
    return TAKEN


@post(
    "/api/customer/auth/verify-email",
    status_code=204,
    tags=["Sign-in"],
    security=OPEN,
    responses=problems(410, 422),
)
async def verify_email(request: Request, data: JSONBody[Link]) -> None:
    """Confirm the address of an account. Signing in is another step."""
    context = context_of(request)
    await verification.verify(context.db, context.settings, data.token, client_of(request))


@post(
    "/api/customer/auth/resend-verification",
    status_code=202,
    tags=["Sign-in"],
    security=OPEN,
    responses=problems(422, 429),
)
async def resend_verification(request: Request, data: JSONBody[Address]) -> Taken:
    """Have the link that confirms an address mailed again. The answer is the same for every address."""
    return await _ask(request, "verify_email", data)


@post(
    "/api/customer/auth/forgot-password",
    status_code=202,
    tags=["Sign-in"],
    security=OPEN,
    responses=problems(422, 429),
)
async def forgot_password(request: Request, data: JSONBody[Address]) -> Taken:
    """Have a link mailed that sets a new password. The answer is the same for every address."""
    return await _ask(request, "reset_password", data)


@post(
    "/api/customer/auth/reset-password",
    status_code=204,
    tags=["Sign-in"],
    security=OPEN,
    responses=problems(410, 422),
)
async def reset_password(request: Request, data: JSONBody[LinkAndPassword]) -> None:
    """Set a new password by the link of a mail. Every session ends; nobody is signed in by it."""
    context = context_of(request)
    await recovery.reset(context.db, context.settings, data.token, data.password, client_of(request))


@post(
    "/api/customer/auth/accept-invitation",
    status_code=204,
    tags=["Sign-in"],
    security=OPEN,
    responses=problems(410, 422),
)
async def accept_invitation(request: Request, data: JSONBody[LinkAndPassword]) -> None:
    """Make the account that the shop has begun one's own, with its repairs."""
    context = context_of(request)
    await invitation.accept(context.db, context.settings, data.token, data.password, client_of(request))


@post(
    "/api/customer/auth/sign-in-link",
    status_code=202,
    tags=["Sign-in"],
    security=OPEN,
    responses=problems(403, 422, 429),
)
async def ask_for_sign_in_link(request: Request, data: JSONBody[Address]) -> Taken:
    """Have a link mailed that signs in, once, for 15 minutes. The answer is the same for every address."""
    return await _ask(request, "sign_in", data)


@post(
    "/api/customer/auth/sign-in-link/use",
    status_code=200,
    tags=["Sign-in"],
    security=OPEN,
    responses=problems(401, 403, 410, 422),
)
async def use_sign_in_link(request: Request, data: JSONBody[Link]) -> CustomerSignIn | SecondStep:
    """Begin a session by the link of a mail; where a second factor is on, a challenge comes instead."""
    context = context_of(request)
    arrival = await sign_in_link.enter_client(
        context.db, context.settings, access_tokens(request), data.token, client_of(request)
    )
    return await signin.customer_answer(context.db, arrival, repair_counts(request))


@post(
    "/api/customer/auth/confirm-email",
    status_code=204,
    tags=["Profile"],
    security=OPEN,
    responses=problems(409, 410, 422),
)
async def confirm_email(request: Request, data: JSONBody[Link]) -> None:
    """Make the new address, at which the link was read, the account's."""
    context = context_of(request)
    await email_change.confirm(context.db, context.settings, data.token, client_of(request))


@put("/api/customer/profile/password", tags=["Profile"], responses=problems(401, 403, 422, 429))
async def change_password(request: Request, data: JSONBody[PasswordChange]) -> Taken:
    """Change the password; every other session ends, and the owner is told by mail."""
    context = context_of(request)
    admitted = await context.authenticator.customer(request)
    await password_change.change(
        context.db, context.settings, admitted.actor, data.current_password, data.password, client_of(request)
    )
    return Taken("The password was changed.")


@post("/api/customer/profile/email", status_code=202, tags=["Profile"], responses=problems(401, 403, 422, 429))
async def change_email(request: Request, data: JSONBody[EmailChange]) -> Taken:
    """Have a link mailed to the new address that makes it the account's; the old one is told, and stays until then."""
    context = context_of(request)
    admitted = await context.authenticator.customer(request)
    await email_change.ask(
        context.db,
        context.settings,
        admitted.actor,
        data.email,
        password=data.password,
        code=data.code,
        client=client_of(request),
    )
    return TAKEN


async def _ask(request: Request, kind: Kind, data: Address) -> Taken:
    context = context_of(request)
    asker = Asker(client_of(request), data.previous_token, data.proof_of_work)
    await mail_requests.ask(context.db, context.settings, kind, data.email, asker)
    return TAKEN


handlers: Sequence[HTTPRouteHandler] = [
    register,
    verify_email,
    resend_verification,
    forgot_password,
    reset_password,
    accept_invitation,
    ask_for_sign_in_link,
    use_sign_in_link,
    confirm_email,
    change_password,
    change_email,
]
