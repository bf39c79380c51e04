"""The second step of signing in, and passkeys in its place, as JSON."""

from collections.abc import Sequence
from typing import Annotated, Any

from litestar import post
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody
from msgspec import Meta

from revivatech.accounts.contracts import CustomerSignIn, SecondStep, StaffSignIn
from revivatech.accounts.secrets.signed_ids import LENGTH as TOKEN_LENGTH
from revivatech.accounts.sessions.client import access_tokens, client_of, realm_of
from revivatech.accounts.sign_in import service as signin
from revivatech.accounts.sign_in.routes import repair_counts
from revivatech.accounts.sign_in.second_step import service as second_step
from revivatech.accounts.two_factor import passkeys
from revivatech.accounts.two_factor.contracts import LONGEST_CODE, PasskeyOptions
from revivatech.accounts.two_factor.routes import Code
from revivatech.kit.structs import Body
from revivatech.web.context import context_of
from revivatech.web.openapi import OPEN, problems
from revivatech.web.request import Request


class SecondStepAnswer(Body, frozen=True):
    """The challenge of POST /auth/login, and a code of the app or a recovery code."""

    challenge_token: Annotated[str, Meta(max_length=TOKEN_LENGTH)]
    code: Code = ""
    recovery_code: Annotated[str, Meta(max_length=LONGEST_CODE)] = ""


class PasskeyQuestion(Body, frozen=True):
    """The challenge of POST /auth/login where the passkey is the second factor; without it, it is both."""

    challenge_token: Annotated[str, Meta(max_length=TOKEN_LENGTH)] = ""


class PasskeyAnswer(Body, frozen=True):
    """The answer of navigator.credentials.get, as JSON; with the challenge where it is the second factor."""

    credential: dict[str, Any]
    challenge_token: Annotated[str, Meta(max_length=TOKEN_LENGTH)] = ""


@post(
    "/api/customer/auth/login/2fa",
    status_code=200,
    tags=["Sign-in"],
    security=OPEN,
    responses=problems(401, 422, 429),
)
async def customer_second_step(request: Request, data: JSONBody[SecondStepAnswer]) -> CustomerSignIn | SecondStep:
    """Finish a sign-in. After five wrong codes the challenge is over; a code works once."""
    context = context_of(request)
    arrival = await second_step.finish_client(
        context.db, context.settings, access_tokens(request), "customer", _answer(data), client_of(request)
    )
    return await signin.customer_answer(context.db, arrival, repair_counts(request))


@post(
    "/api/staff/auth/login/2fa",
    status_code=200,
    tags=["Staff"],
    security=OPEN,
    responses=problems(401, 422, 429),
)
async def staff_second_step(request: Request, data: JSONBody[SecondStepAnswer]) -> StaffSignIn | SecondStep:
    """Finish a sign-in. After five wrong codes the challenge is over; a code works once."""
    context = context_of(request)
    arrival = await second_step.finish_client(
        context.db, context.settings, access_tokens(request), "staff", _answer(data), client_of(request)
    )
    return await signin.staff_answer(context.db, arrival)


@post(
    ["/api/customer/auth/passkey/options", "/api/staff/auth/passkey/options"],
    status_code=200,
    tags=["Sign-in"],
    security=OPEN,
    responses=problems(401, 404, 409, 422),
)
async def passkey_options(request: Request, data: JSONBody[PasskeyQuestion | None] = None) -> PasskeyOptions:
    """Return what navigator.credentials.get takes, good for five minutes and one answer."""
    context = context_of(request)
    if data is not None and data.challenge_token:
        return await passkeys.second_step_options(context.db, context.settings, realm_of(request), data.challenge_token)
    return await passkeys.sign_in_options(context.settings, realm_of(request))


@post(
    "/api/customer/auth/passkey/verify",
    status_code=200,
    tags=["Sign-in"],
    security=OPEN,
    responses=problems(401, 409, 422),
)
async def customer_passkey(request: Request, data: JSONBody[PasskeyAnswer]) -> CustomerSignIn | SecondStep:
    """Sign in with a passkey, which is both factors at once."""
    context = context_of(request)
    arrival = await passkeys.arrive_client_by_passkey(
        context.db,
        context.settings,
        access_tokens(request),
        "customer",
        data.credential,
        client_of(request),
        challenge_token=data.challenge_token,
    )
    return await signin.customer_answer(context.db, arrival, repair_counts(request))


@post(
    "/api/staff/auth/passkey/verify",
    status_code=200,
    tags=["Staff"],
    security=OPEN,
    responses=problems(401, 409, 422),
)
async def staff_passkey(request: Request, data: JSONBody[PasskeyAnswer]) -> StaffSignIn | SecondStep:
    """Sign in with a passkey, which is both factors at once."""
    context = context_of(request)
    arrival = await passkeys.arrive_client_by_passkey(
        context.db,
        context.settings,
        access_tokens(request),
        "staff",
        data.credential,
        client_of(request),
        challenge_token=data.challenge_token,
    )
    return await signin.staff_answer(context.db, arrival)


def _answer(data: SecondStepAnswer) -> second_step.Answer:
    return second_step.Answer(data.challenge_token, data.code, data.recovery_code)


handlers: Sequence[HTTPRouteHandler] = [
    customer_second_step,
    staff_second_step,
    passkey_options,
    customer_passkey,
    staff_passkey,
]
