"""The authenticator app and the recovery codes, as JSON; for customers and for staff."""

from collections.abc import Sequence
from typing import Annotated

from litestar import delete, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody
from msgspec import Meta

from revivatech.accounts.secrets.passwords import LONGEST
from revivatech.accounts.sessions.client import client_of, realm_of
from revivatech.accounts.two_factor import service
from revivatech.accounts.two_factor.contracts import (
    LONGEST_CODE,
    Enrolment,
    FactorState,
    RecoveryCodes,
)
from revivatech.kit.actor import CustomerActor, StaffActor
from revivatech.kit.structs import Body
from revivatech.web.access import EVERY_ROLE
from revivatech.web.client_address import client_address
from revivatech.web.context import context_of
from revivatech.web.openapi import problems
from revivatech.web.request import Request

TAGS = ["Second factor"]

Code = Annotated[str, Meta(max_length=LONGEST_CODE, description="A code of the app; blanks do not matter.")]
Password = Annotated[str, Meta(max_length=LONGEST)]


class Proof(Body, frozen=True):
    """The password, and a code of the app or a recovery code where a second factor is on."""

    password: Password = ""
    code: Code = ""


class TurningOff(Body, frozen=True):
    """The password and a code; a password of fewer than 15 characters needs a new one in its place."""

    password: Password = ""
    code: Code = ""
    new_password: Password = ""


class Verification(Body, frozen=True):
    """A code of the new app; where a second factor is on already, one of the present app or a recovery code too."""

    code: Code
    current_code: Code = ""


async def actor_of(request: Request) -> CustomerActor | StaffActor:
    """Return who is signed in there. Raises NotSignedIn and TooMany."""
    authenticator = context_of(request).authenticator
    return (
        await authenticator.staff(request)
        if realm_of(request) == "staff"
        else (await authenticator.customer(request)).actor
    )


@get(["/api/customer/profile/2fa", "/api/staff/profile/2fa"], tags=TAGS, responses=problems(401, 429), opt=EVERY_ROLE)
async def factor_state(request: Request) -> FactorState:
    """Return whether two-step sign-in is on, and how many recovery codes are left."""
    context, actor = context_of(request), await actor_of(request)
    async with context.db.read() as reader:
        return await service.state(reader, context.settings, realm_of(request), actor.id)


@post(
    ["/api/customer/profile/2fa/enable", "/api/staff/profile/2fa/enable"],
    status_code=200,
    tags=TAGS,
    responses=problems(401, 403, 422, 429),
    opt=EVERY_ROLE,
)
async def enable(request: Request, data: JSONBody[Proof | None] = None) -> Enrolment:
    """A fresh secret, shown this once; it counts when a code of it was given within 15 minutes."""
    context, actor = context_of(request), await actor_of(request)
    return await service.enable(
        context.db,
        context.settings,
        realm_of(request),
        actor.id,
        password=data.password if data else "",
        address=client_address(request),
    )


@post(
    ["/api/customer/profile/2fa/verify", "/api/staff/profile/2fa/verify"],
    status_code=200,
    tags=TAGS,
    responses=problems(401, 403, 409, 422, 429),
    opt=EVERY_ROLE,
)
async def verify(request: Request, data: JSONBody[Verification]) -> RecoveryCodes:
    """Turn two-step sign-in on by a code of the new app; the recovery codes are shown this once."""
    context, actor = context_of(request), await actor_of(request)
    return await service.verify(
        context.db,
        context.settings,
        realm_of(request),
        actor.id,
        actor.session_id,
        code=data.code,
        current_code=data.current_code,
        client=client_of(request),
    )


@delete(
    ["/api/customer/profile/2fa", "/api/staff/profile/2fa"],
    status_code=204,
    tags=TAGS,
    responses=problems(401, 403, 409, 422, 429),
    opt=EVERY_ROLE,
)
async def disable(request: Request, data: JSONBody[TurningOff | None] = None) -> None:
    """Turn two-step sign-in off, with the password and a code.

    A password that is long enough only beside a second factor is answered with 422 `new_password_needed`.
    """
    context, actor = context_of(request), await actor_of(request)
    await service.disable(
        context.db,
        context.settings,
        realm_of(request),
        actor.id,
        actor.session_id,
        password=data.password if data else "",
        code=data.code if data else "",
        new_password=data.new_password if data else "",
        client=client_of(request),
    )


@post(
    ["/api/customer/profile/2fa/recovery-codes", "/api/staff/profile/2fa/recovery-codes"],
    status_code=200,
    tags=TAGS,
    responses=problems(401, 403, 409, 422, 429),
    opt=EVERY_ROLE,
)
async def recovery_codes(request: Request, data: JSONBody[Proof | None] = None) -> RecoveryCodes:
    """Ten fresh recovery codes in place of the old ones, shown this once."""
    context, actor = context_of(request), await actor_of(request)
    return await service.new_recovery_codes(
        context.db,
        context.settings,
        realm_of(request),
        actor.id,
        password=data.password if data else "",
        code=data.code if data else "",
        client=client_of(request),
    )


handlers: Sequence[HTTPRouteHandler] = [
    factor_state,
    enable,
    verify,
    disable,
    recovery_codes,
]
