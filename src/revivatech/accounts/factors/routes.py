"""Second factors, passkeys and the second step of a sign-in, as JSON; for customers and for staff."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from litestar import delete, get, patch, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from revivatech.accounts import signin
from revivatech.accounts.contracts import CustomerSignIn, Realm, SecondStep, StaffSignIn
from revivatech.accounts.factors import passkeys, second_step, service
from revivatech.accounts.factors.contracts import (
    LONGEST_CODE,
    Enrolment,
    FactorState,
    PasskeyOptions,
    PasskeyView,
    RecoveryCodes,
)
from revivatech.accounts.passwords import LONGEST
from revivatech.accounts.routes import access_tokens, client_of, repair_counts
from revivatech.accounts.sealed import LENGTH as TOKEN_LENGTH
from revivatech.kit.actor import CustomerActor, StaffActor
from revivatech.kit.paging import Page
from revivatech.kit.structs import Body
from revivatech.web.client import client_address
from revivatech.web.openapi import OPEN, problems
from revivatech.web.portal import portal_of
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


class SecondStepAnswer(Body, frozen=True):
    """The challenge of POST /auth/login, and a code of the app or a recovery code."""

    challenge_token: Annotated[str, Meta(max_length=TOKEN_LENGTH)]
    code: Code = ""
    recovery_code: Annotated[str, Meta(max_length=LONGEST_CODE)] = ""


class PasskeyQuestion(Body, frozen=True):
    """The challenge of POST /auth/login where the passkey is the second factor; without it, it is both."""

    challenge_token: Annotated[str, Meta(max_length=TOKEN_LENGTH)] = ""


class PasskeyAnswer(Body, frozen=True):
    """What navigator.credentials.get answered, as JSON; with the challenge where it is the second factor."""

    credential: dict[str, Any]
    challenge_token: Annotated[str, Meta(max_length=TOKEN_LENGTH)] = ""


class NewPasskey(Body, frozen=True):
    """What navigator.credentials.create answered, as JSON, and what to call it."""

    credential: dict[str, Any]
    name: Annotated[str, Meta(min_length=1, max_length=passkeys.LONGEST_NAME)]


class PasskeyName(Body, frozen=True):
    """What to call a passkey."""

    name: Annotated[str, Meta(min_length=1, max_length=passkeys.LONGEST_NAME)]


def realm_of(request: Request) -> Realm:
    """Whose half of the portal the address belongs to."""
    return "staff" if request.url.path.startswith(("/api/staff/", "/staff/")) else "customer"


async def actor_of(request: Request) -> CustomerActor | StaffActor:
    """Who is signed in there. Raises NotSignedIn and TooMany."""
    door = portal_of(request).door
    return await door.staff(request) if realm_of(request) == "staff" else (await door.customer(request)).actor


# ------------------------------------------------------------------ the second step


@post(
    "/api/customer/auth/login/2fa", status_code=200, tags=["Sign-in"], security=OPEN, responses=problems(401, 422, 429)
)
async def customer_second_step(request: Request, data: JSONBody[SecondStepAnswer]) -> CustomerSignIn | SecondStep:
    """Finish a sign-in. After five wrong codes the challenge is over; a code works once."""
    portal = portal_of(request)
    arrival = await second_step.finish_client(
        portal.db, portal.settings, access_tokens(request), "customer", _answer(data), client_of(request)
    )
    return await signin.customer_answer(portal.db, arrival, repair_counts(request))


@post("/api/staff/auth/login/2fa", status_code=200, tags=["Staff"], security=OPEN, responses=problems(401, 422, 429))
async def staff_second_step(request: Request, data: JSONBody[SecondStepAnswer]) -> StaffSignIn | SecondStep:
    """Finish a sign-in. After five wrong codes the challenge is over; a code works once."""
    portal = portal_of(request)
    arrival = await second_step.finish_client(
        portal.db, portal.settings, access_tokens(request), "staff", _answer(data), client_of(request)
    )
    return await signin.staff_answer(portal.db, arrival)


@post(
    ["/api/customer/auth/passkey/options", "/api/staff/auth/passkey/options"],
    status_code=200,
    tags=["Sign-in"],
    security=OPEN,
    responses=problems(401, 404, 409, 422),
)
async def passkey_options(request: Request, data: JSONBody[PasskeyQuestion | None] = None) -> PasskeyOptions:
    """What navigator.credentials.get takes, good for five minutes and one answer."""
    portal = portal_of(request)
    if data is not None and data.challenge_token:
        return await passkeys.second_step_options(portal.db, portal.settings, realm_of(request), data.challenge_token)
    return await passkeys.sign_in_options(portal.settings, realm_of(request))


@post(
    "/api/customer/auth/passkey/verify",
    status_code=200,
    tags=["Sign-in"],
    security=OPEN,
    responses=problems(401, 409, 422),
)
async def customer_passkey(request: Request, data: JSONBody[PasskeyAnswer]) -> CustomerSignIn | SecondStep:
    """Sign in with a passkey, which is both factors at once."""
    portal = portal_of(request)
    arrival = await passkeys.arrive_client_by_passkey(
        portal.db,
        portal.settings,
        access_tokens(request),
        "customer",
        data.credential,
        client_of(request),
        challenge_token=data.challenge_token,
    )
    return await signin.customer_answer(portal.db, arrival, repair_counts(request))


@post(
    "/api/staff/auth/passkey/verify",
    status_code=200,
    tags=["Staff"],
    security=OPEN,
    responses=problems(401, 409, 422),
)
async def staff_passkey(request: Request, data: JSONBody[PasskeyAnswer]) -> StaffSignIn | SecondStep:
    """Sign in with a passkey, which is both factors at once."""
    portal = portal_of(request)
    arrival = await passkeys.arrive_client_by_passkey(
        portal.db,
        portal.settings,
        access_tokens(request),
        "staff",
        data.credential,
        client_of(request),
        challenge_token=data.challenge_token,
    )
    return await signin.staff_answer(portal.db, arrival)


# ------------------------------------------------------------------ the authenticator app


@get(["/api/customer/profile/2fa", "/api/staff/profile/2fa"], tags=TAGS, responses=problems(401, 429))
async def factor_state(request: Request) -> FactorState:
    """Whether two-step sign-in is on, and how many recovery codes are left."""
    portal, actor = portal_of(request), await actor_of(request)
    async with portal.db.read() as reader:
        return await service.state(reader, portal.settings, realm_of(request), actor.id)


@post(
    ["/api/customer/profile/2fa/enable", "/api/staff/profile/2fa/enable"],
    status_code=200,
    tags=TAGS,
    responses=problems(401, 403, 422, 429),
)
async def enable(request: Request, data: JSONBody[Proof | None] = None) -> Enrolment:
    """A fresh secret, shown this once; it counts when a code of it was given within 15 minutes."""
    portal, actor = portal_of(request), await actor_of(request)
    return await service.enable(
        portal.db,
        portal.settings,
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
)
async def verify(request: Request, data: JSONBody[Verification]) -> RecoveryCodes:
    """Turn two-step sign-in on by a code of the new app; the recovery codes are shown this once."""
    portal, actor = portal_of(request), await actor_of(request)
    return await service.verify(
        portal.db,
        portal.settings,
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
)
async def disable(request: Request, data: JSONBody[TurningOff | None] = None) -> None:
    """Turn two-step sign-in off, with the password and a code.

    A password that is long enough only beside a second factor is answered with 422 `new_password_needed`.
    """
    portal, actor = portal_of(request), await actor_of(request)
    await service.disable(
        portal.db,
        portal.settings,
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
)
async def recovery_codes(request: Request, data: JSONBody[Proof | None] = None) -> RecoveryCodes:
    """Ten fresh recovery codes in place of the old ones, shown this once."""
    portal, actor = portal_of(request), await actor_of(request)
    return await service.new_recovery_codes(
        portal.db,
        portal.settings,
        realm_of(request),
        actor.id,
        password=data.password if data else "",
        code=data.code if data else "",
        client=client_of(request),
    )


# ------------------------------------------------------------------ passkeys


@get(["/api/customer/profile/passkeys", "/api/staff/profile/passkeys"], tags=TAGS, responses=problems(401, 403, 429))
async def own_passkeys(request: Request) -> Page[PasskeyView]:
    """The own passkeys, the oldest first; at most 20."""
    portal, actor = portal_of(request), await actor_of(request)
    async with portal.db.read() as reader:
        return Page(await passkeys.list_of(reader, realm_of(request), actor.id))


@post(
    ["/api/customer/profile/passkeys/options", "/api/staff/profile/passkeys/options"],
    status_code=200,
    tags=TAGS,
    responses=problems(401, 403, 409, 422, 429),
)
async def new_passkey_options(request: Request, data: JSONBody[Proof | None] = None) -> PasskeyOptions:
    """What navigator.credentials.create takes, good for five minutes in this session."""
    portal, actor = portal_of(request), await actor_of(request)
    return await passkeys.begin_adding(
        portal.db,
        portal.settings,
        realm_of(request),
        actor.id,
        actor.session_id,
        password=data.password if data else "",
        code=data.code if data else "",
        address=client_address(request),
    )


@post(
    ["/api/customer/profile/passkeys", "/api/staff/profile/passkeys"],
    status_code=201,
    tags=TAGS,
    responses=problems(401, 403, 409, 422, 429),
)
async def add_passkey(request: Request, data: JSONBody[NewPasskey]) -> PasskeyView:
    """Keep a passkey that the device has made."""
    portal, actor = portal_of(request), await actor_of(request)
    return await passkeys.add(
        portal.db,
        portal.settings,
        realm_of(request),
        actor.id,
        actor.session_id,
        name=data.name,
        credential=data.credential,
        client=client_of(request),
    )


@patch(
    ["/api/customer/profile/passkeys/{passkey_id:uuid}", "/api/staff/profile/passkeys/{passkey_id:uuid}"],
    tags=TAGS,
    responses=problems(401, 403, 404, 422, 429),
)
async def rename_passkey(request: Request, passkey_id: FromPath[UUID], data: JSONBody[PasskeyName]) -> PasskeyView:
    """Give a passkey another name."""
    portal, actor = portal_of(request), await actor_of(request)
    return await passkeys.rename(portal.db, realm_of(request), actor.id, passkey_id, data.name)


@delete(
    ["/api/customer/profile/passkeys/{passkey_id:uuid}", "/api/staff/profile/passkeys/{passkey_id:uuid}"],
    status_code=204,
    tags=TAGS,
    responses=problems(401, 403, 404, 422, 429),
)
async def remove_passkey(request: Request, passkey_id: FromPath[UUID], data: JSONBody[Proof | None] = None) -> None:
    """Have a passkey open nothing any more, with the password and, where one is on, the second factor."""
    portal, actor = portal_of(request), await actor_of(request)
    await passkeys.remove(
        portal.db,
        portal.settings,
        realm_of(request),
        actor.id,
        passkey_id,
        password=data.password if data else "",
        code=data.code if data else "",
        client=client_of(request),
    )


def _answer(data: SecondStepAnswer) -> second_step.Answer:
    return second_step.Answer(data.challenge_token, data.code, data.recovery_code)


handlers: Sequence[HTTPRouteHandler] = [
    customer_second_step,
    staff_second_step,
    passkey_options,
    customer_passkey,
    staff_passkey,
    factor_state,
    enable,
    verify,
    disable,
    recovery_codes,
    own_passkeys,
    new_passkey_options,
    add_passkey,
    rename_passkey,
    remove_passkey,
]
